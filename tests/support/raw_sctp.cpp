#include "support/raw_sctp.hpp"

#include <algorithm>
#include <utility>

#include "sctp/packet.hpp"

namespace parley::test {
namespace {

constexpr std::uint32_t kOurTag = 0x5a5a5a5a;
constexpr std::size_t kPacket = 1150;
/// Bytes under way: few enough for the socket buffers between us.
constexpr std::size_t kBurst = 64 << 10;
constexpr Duration kPatience = 200ms;

constexpr std::uint8_t kData = 0, kInit = 1, kInitAck = 2, kSack = 3, kHeartbeat = 4, kHeartbeatAck = 5, kAbort = 6,
                       kCookieEcho = 10, kCookieAck = 11, kIData = 0x40, kReconfig = 0x82;

void pad(Bytes& bytes) {
  while (bytes.size() % 4 != 0) bytes.push_back(0);
}

bool later(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

Bytes make_chunk(std::uint8_t type, std::uint8_t flags, ByteView body) {
  Bytes out;
  ByteWriter(out).number(type).number(flags).number(static_cast<std::uint16_t>(body.size() + 4)).bytes(body);
  pad(out);
  return out;
}

}  // namespace

void RawSctp::receive(ByteView packet) {
  ByteReader reader(packet);
  reader.take(12);
  for (;;) {
    const auto type = reader.number<std::uint8_t>();
    reader.number<std::uint8_t>();
    const auto length = reader.number<std::uint16_t>();
    if (!length || *length < 4) break;
    const auto body = reader.take(*length - 4u);
    if (!body) break;
    reader.take(std::min<std::size_t>(-*length & 3, reader.remaining()));
    take_chunk(*type, *body);
  }
  if (std::exchange(sack_due_, false) && options_.acknowledges) acknowledge();
}

void RawSctp::take_chunk(std::uint8_t type, ByteView body) {
  switch (type) {
    case kInit:
      return take_init(body);
    case kCookieEcho:
      connected_ = true;
      chunk(kCookieAck, 0, {});
      return fill();
    case kData:
    case kIData:
      return take_data(body);
    case kSack:
      return take_sack(body);
    case kHeartbeat:
      if (options_.acknowledges) chunk(kHeartbeatAck, 0, body);
      return;
    case kReconfig:
      return take_reconfig(body);
    case kAbort:
      aborted_ = true;
      return;
    default:
      return;
  }
}

void RawSctp::take_init(ByteView body) {
  if (!options_.connects) return;
  ByteReader reader(body);
  tag_ = reader.number<std::uint32_t>().value_or(0);
  their_window_ = reader.number<std::uint32_t>().value_or(0);
  reader.number<std::uint32_t>();  // the numbers of streams
  received_tsn_ = reader.number<std::uint32_t>().value_or(0) - 1;
  interleaves_ = options_.interleaving;
  Bytes extensions{0x82, 0xC0};
  if (interleaves_) extensions.insert(extensions.end(), {0x40, 0xC2});
  Bytes answer;
  ByteWriter out(answer);
  out.number(kOurTag)
      .number(std::max(options_.window, 1500u))
      .number(options_.streams)
      .number(options_.streams)
      .number(next_tsn_);
  out.number(std::uint16_t{7}).number(std::uint16_t{8}).number(std::uint32_t{0x636f6f6b});  // a cookie
  out.number(std::uint16_t{0xC000}).number(std::uint16_t{4});                               // FORWARD TSN
  out.number(std::uint16_t{0x8008}).number(static_cast<std::uint16_t>(4 + extensions.size())).bytes(extensions);
  pad(answer);
  chunk(kInitAck, 0, answer);
}

void RawSctp::take_data(ByteView body) {
  const auto tsn = ByteReader(body).number<std::uint32_t>();
  if (!tsn) return;
  sack_due_ = true;
  if (!later(*tsn, received_tsn_) || !beyond_.emplace(*tsn, true).second) return;
  ++data_received_;
  while (beyond_.erase(received_tsn_ + 1) > 0) ++received_tsn_;
}

void RawSctp::acknowledge() {
  Bytes body;
  ByteWriter(body).number(received_tsn_).number(options_.window).number(std::uint32_t{0});
  chunk(kSack, 0, body);
}

void RawSctp::take_sack(ByteView body) {
  ByteReader reader(body);
  const auto cumulative = reader.number<std::uint32_t>();
  their_window_ = reader.number<std::uint32_t>().value_or(0);
  if (!cumulative) return;
  while (!under_way_.empty() && !later(under_way_.front().tsn, *cumulative)) {
    under_way_bytes_ -= under_way_.front().chunk.size();
    under_way_.pop_front();
    progress_ = Clock::now();
  }
  fill();
}

/// Says yes to every request (RFC 6525 section 4.4), which is all that the other side wants to know.
void RawSctp::take_reconfig(ByteView body) {
  ByteReader reader(body);
  const auto type = reader.number<std::uint16_t>();
  reader.number<std::uint16_t>();
  const auto sequence = reader.number<std::uint32_t>();
  if (!sequence || *type == 16) return;
  ++resets_received_;
  Bytes answer;
  ByteWriter(answer).number(std::uint16_t{16}).number(std::uint16_t{12}).number(*sequence).number(std::uint32_t{1});
  chunk(kReconfig, 0, answer);
}

void RawSctp::send(const Data& data) {
  Bytes body;
  ByteWriter out(body);
  // Fragments of one message share its number.
  std::uint32_t& sequence = sequences_[{data.stream, interleaves_ && data.unordered}];
  const std::uint32_t number = sequence;
  if (data.last) ++sequence;
  out.number(next_tsn_).number(data.stream);
  if (interleaves_) {
    out.number(std::uint16_t{0}).number(number).number(data.first ? data.ppid : std::uint32_t{1});
  } else {
    out.number(static_cast<std::uint16_t>(number)).number(data.ppid);
  }
  out.bytes(data.payload);
  const unsigned flags = (data.last ? 1u : 0u) | (data.first ? 2u : 0u) | (data.unordered ? 4u : 0u);
  waiting_.push_back({next_tsn_++, make_chunk(interleaves_ ? kIData : kData, static_cast<std::uint8_t>(flags), body)});
  if (waiting_.size() == 1) fill();
}

void RawSctp::fill() {
  if (!connected_) return;
  const std::size_t from = under_way_.size();
  while (!waiting_.empty() && under_way_bytes_ < kBurst) {
    under_way_bytes_ += waiting_.front().chunk.size();
    under_way_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  if (under_way_.size() > from) transmit(from);
}

void RawSctp::transmit(std::size_t from) {
  progress_ = Clock::now();
  Bytes chunks;
  for (std::size_t i = from; i < under_way_.size(); ++i) {
    const Bytes& one = under_way_[i].chunk;
    if (!chunks.empty() && chunks.size() + one.size() > kPacket) {
      send_chunks(chunks);
      chunks.clear();
    }
    chunks.insert(chunks.end(), one.begin(), one.end());
  }
  if (!chunks.empty()) send_chunks(chunks);
}

void RawSctp::advance(TimePoint now) {
  if (!under_way_.empty() && now - progress_ > kPatience) transmit(0);
}

void RawSctp::reset(std::span<const std::uint16_t> streams) {
  Bytes body;
  ByteWriter out(body);
  out.number(std::uint16_t{13}).number(static_cast<std::uint16_t>(16 + 2 * streams.size()));
  out.number(next_reset_++).number(std::uint32_t{0}).number(next_tsn_ - 1);
  for (const std::uint16_t stream : streams) {
    out.number(stream);
    for (const bool unordered : {false, true}) sequences_.erase({stream, unordered});  // they begin anew
  }
  pad(body);
  chunk(kReconfig, 0, body);
}

void RawSctp::chunk(std::uint8_t type, std::uint8_t flags, ByteView body) {
  send_chunks(make_chunk(type, flags, body));
}

void RawSctp::send_chunks(ByteView chunks) {
  Bytes packet;
  ByteWriter(packet).number(std::uint16_t{5000}).number(std::uint16_t{5000}).number(tag_).number(std::uint32_t{0});
  packet.insert(packet.end(), chunks.begin(), chunks.end());
  sctp::write_checksum(packet);
  output_(packet);
}

Bytes dcep_open(std::size_t label_size, std::size_t protocol_size) {
  Bytes out;
  ByteWriter(out)
      .number(std::uint8_t{3})
      .number(std::uint8_t{0})
      .number(std::uint16_t{256})
      .number(std::uint32_t{0})
      .number(static_cast<std::uint16_t>(label_size))
      .number(static_cast<std::uint16_t>(protocol_size));
  out.resize(out.size() + label_size, 'l');
  out.resize(out.size() + protocol_size, 'p');
  return out;
}

}  // namespace parley::test
