#include "sctp/path_size.hpp"

#include "sctp/chunks.hpp"

namespace parley::sctp {
namespace {

bool is_data(ChunkType type) { return type == ChunkType::Data || type == ChunkType::IData; }
/// RFC 1982: `a` is a later number than `b`.
bool later(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }
std::uint32_t first_word(ByteView chunk) {
  ByteReader reader(chunk.subspan(4));
  return reader.number<std::uint32_t>().value_or(0);
}

}  // namespace

PathSize::PathSize(std::size_t base, std::size_t large, Random& random) : base_(base), large_(large), random_(random) {}

void PathSize::sent(ByteView packet, TimePoint now) {
  if (large_ <= base_) return;
  each_chunk(packet, [&](ChunkType type, ByteView chunk) {
    if (header_.empty() && (is_data(type) || type == ChunkType::Sack))
      header_.assign(packet.begin(), packet.begin() + kCommonHeader);
    if (state_ != State::Large) return false;
    const bool gives_up = type == ChunkType::ForwardTsn || type == ChunkType::IForwardTsn;
    if (gives_up && now - proved_ >= kTrust) probe();
    if (is_data(type)) note_data(first_word(chunk), packet.size() > base_, now);
    return !is_data(type);
  });
}

void PathSize::note_data(std::uint32_t tsn, bool large, TimePoint now) {
  if (!last_tsn_ || later(tsn, *last_tsn_)) {
    const bool all_arrived = !last_tsn_ || (acknowledged_ && !later(*last_tsn_, *acknowledged_));
    if (all_arrived) progress_ = now;
    last_tsn_ = tsn;
  } else if (large && now - progress_ >= kSilence) {
    probe();
  }
}

void PathSize::acknowledged(std::uint32_t tsn, TimePoint now) {
  if (acknowledged_ && !later(tsn, *acknowledged_)) return;
  acknowledged_ = tsn;
  progress_ = now;
}

/// From the beginning, with small packets until it is answered.
void PathSize::probe() {
  state_ = State::Probing;
  probes_ = 0;
  probe_.reset();
}

void PathSize::path_changed() {
  if (peer_takes_large_) probe();
}

ByteView PathSize::received(ByteView packet, TimePoint now) {
  if (large_ <= base_) return packet;
  arrived_ += packet.size();
  ByteView ours;  // an answer to a heartbeat that the stack knows nothing of
  each_chunk(packet, [&](ChunkType type, ByteView chunk) {
    if (type == ChunkType::Sack && state_ == State::Large) acknowledged(first_word(chunk), now);
    if (type == ChunkType::Heartbeat || type == ChunkType::HeartbeatAck) {
      const auto heartbeat = read_heartbeat(chunk);
      if (heartbeat && take(*heartbeat, type == ChunkType::HeartbeatAck, now) && ours.empty()) ours = chunk;
    }
    return !is_data(type);
  });
  if (ours.empty()) return packet;
  // The length of these is a multiple of 4.
  rest_.assign(packet.data(), ours.data());
  rest_.insert(rest_.end(), ours.data() + ours.size(), packet.data() + packet.size());
  return rest_;
}

/// True: nobody else need look at it.
bool PathSize::take(const Heartbeat& heartbeat, bool answer, TimePoint now) {
  if (!answer) {
    if (heartbeat.kind == Heartbeat::Kind::Takes && heartbeat.size >= large_ && !peer_takes_large_) {
      peer_takes_large_ = true;
      probe();
    }
    return false;  // the stack sends it back
  }
  if (told_ && heartbeat.id == *told_) heard_ = true;
  if (state_ == State::Probing && probe_ && heartbeat.id == *probe_) {
    state_ = State::Large;
    proved_ = progress_ = now;
    last_tsn_.reset();
    acknowledged_.reset();
  }
  return true;
}

std::optional<PathSize::Output> PathSize::next(TimePoint now) {
  if (header_.empty()) return std::nullopt;
  const auto make = [&](Heartbeat::Kind kind, std::optional<std::uint64_t>& id) {
    id = random_.u64();
    const Heartbeat heartbeat{.kind = kind, .size = static_cast<std::uint32_t>(large_), .id = *id};
    return Output{write_heartbeat(header_, heartbeat), kind == Heartbeat::Kind::Probe};
  };
  if (!heard_ && arrived_ >= tell_at_) {
    tell_at_ = arrived_ * 2;
    return make(Heartbeat::Kind::Takes, told_);
  }
  if (state_ == State::Waiting && now >= due_) probe();
  if (state_ != State::Probing || (probe_ && now < due_)) return std::nullopt;
  if (probes_ == kProbes) {
    state_ = State::Waiting;
    due_ = now + kRaiseTime;
    return std::nullopt;
  }
  ++probes_;
  due_ = now + kProbeTime;
  return make(Heartbeat::Kind::Probe, probe_);
}

std::optional<TimePoint> PathSize::deadline() const {
  if (state_ == State::Waiting || (state_ == State::Probing && probe_)) return due_;
  return std::nullopt;
}

}  // namespace parley::sctp
