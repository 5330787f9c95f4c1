// Messages into the stack.
//
// A message goes in whole or not at all, but for huge ones: those go in pieces, one message at a time. More would be
// possible where the peer interleaves, but the stack's scheduler stops as soon as it comes to a begun message of which
// it has sent all it has, and with many of them it hardly ever starts.
#include <algorithm>
#include <cerrno>

#include "base/reactor.hpp"
#include "sctp/association_impl.hpp"

namespace parley::sctp {
namespace {

/// The pieces of huge messages.
constexpr std::size_t kPiece = 64 << 10;
/// Messages inside the stack.
constexpr std::size_t kMaxMessages = 8192;
/// How often a huge message is looked after.
constexpr auto kNudge = 20ms;
/// At this round trip and below the least send buffer is enough.
constexpr auto kNear = 25ms;

std::uint32_t send_limit(const Config& config, Duration round_trip) {
  const double wanted = config.send_buffer * (round_trip / std::chrono::duration<double>(kNear));
  const double most = std::max(config.send_buffer, config.far_send_buffer);
  return static_cast<std::uint32_t>(std::clamp(wanted, static_cast<double>(config.send_buffer), most));
}

}  // namespace

/// Above this a message is huge.
std::size_t Association::Impl::huge() const { return config.send_buffer / 2; }

SendResult Association::Impl::send(const MessageInfo& info, ByteView& rest) {
  if (state == State::Closed) return SendResult::Failed;
  if (state != State::Connected) return block(0);
  if (info.stream.get() >= outgoing_streams) return SendResult::Failed;
  const bool begun = open_message == info.stream;
  const bool pieces = begun || rest.size() > huge();
  if (open_message && !begun && (pieces || !interleaving)) {
    wanted_room = std::max<std::size_t>(wanted_room, 1);
    return SendResult::Busy;
  }
  ticker->touch();
  MessageInfo possible = info;
  if (!partial_reliability) possible.reliability = {.ordered = info.reliability.ordered};
  if (interleaving && !begun && !solo.may_begin(info.stream, alone(possible, rest.size()))) {
    wants_idle = true;
    return block(0);
  }
  if (pieces) return send_pieces(possible, rest);
  if (!has_room(rest.size())) return block(rest.size());
  return put(possible, rest, rest.size());
}

/// See Solo.
bool Association::Impl::alone(const MessageInfo& info, std::size_t size) const {
  return (info.reliability.max_retransmits || info.reliability.max_packet_life_time) && size > fragment_size;
}

SendResult Association::Impl::send_pieces(const MessageInfo& info, ByteView& rest) {
  for (;;) {
    const std::size_t size = std::min(rest.size(), kPiece);
    if (!has_room(size)) return block(size);
    const SendResult result = put(info, rest, size);
    if (result != SendResult::Partial) return result;
    if (!nudging) nudge();
    if (interleaving) return SendResult::Partial;
  }
}

/// The first `size` bytes of `rest`, for which there is room.
SendResult Association::Impl::put(const MessageInfo& info, ByteView& rest, std::size_t size) {
  if (interleaving && open_message != info.stream) solo.begun(info.stream, alone(info, rest.size()));
  const long taken = socket.send(info, rest.first(size), size == rest.size());
  if (taken < 0) {
    if (interleaving && open_message != info.stream) solo.refused();
    const bool full = taken == -EWOULDBLOCK || taken == -EAGAIN || taken == -EMSGSIZE;
    return full ? block(size) : SendResult::Failed;
  }
  const auto bytes = static_cast<std::size_t>(taken);
  room -= std::min(room, bytes);
  ledger.add(bytes);
  rest = rest.subspan(bytes);
  if (rest.empty()) {
    open_message.reset();
    return SendResult::Sent;
  }
  open_message = info.stream;
  return bytes < size ? block(size - bytes) : SendResult::Partial;
}

SendResult Association::Impl::block(std::size_t size) {
  wanted_room = std::max(size, std::size_t{1});
  return SendResult::WouldBlock;
}

bool Association::Impl::has_room(std::size_t size) {
  if (size > room || ledger.messages() >= kMaxMessages) look_at_backlog();
  return size <= room && ledger.messages() < kMaxMessages;
}

void Association::Impl::look_at_backlog() {
  const Socket::Backlog backlog = socket.backlog();
  const std::uint32_t bytes = backlog.bytes, limit = send_limit(config, backlog.round_trip);
  room = limit - std::min(limit, bytes);
  ledger.settle(bytes);
  if (bytes == 0) solo.emptied();
}

/// After a packet came.
void Association::Impl::keep_margin(ByteView packet) {
  const TimePoint now = Clock::now();
  if (!margin.due(now)) return;
  margin.ask(socket.stats().smoothed_rtt, now);
  socket.wake();
  if (const auto answer = margin.answer(packet)) socket.input(*answer);
}

/// After a packet came: is there what was asked for, and enough to be worth the effort?
void Association::Impl::offer_room() {
  look_at_backlog();
  if (wants_idle && !solo.idle()) return;
  if (room < std::max<std::size_t>(wanted_room, config.send_buffer / 4) || ledger.messages() > kMaxMessages / 4 * 3)
    return;
  wanted_room = 0;
  wants_idle = false;
  handler->on_sctp_writable();
}

/// When the stack has come to the end of what it has of a begun message, it may rest although other streams have data
/// and nothing is on its way that would wake it. For as long as a message is open we see to that.
void Association::Impl::nudge() {
  nudging = open_message.has_value() && state == State::Connected;
  if (!nudging) return;
  const Socket::Backlog backlog = socket.backlog();
  if (backlog.bytes > 0 && backlog.in_flight == 0) socket.wake();
  nudge_timer = loop.reactor().after(kNudge, [this] { nudge(); });
}

void Association::Impl::reset(std::span<const StreamId> streams) {
  if (state != State::Connected) return;
  for (const StreamId stream : streams) {
    if (stream.get() >= outgoing_streams) continue;
    if (resets) {
      waiting_resets.push_back(stream);
    } else {
      // A peer without RFC 6525: neither side can reset, so the stream's life ends without.
      later([stream](Impl& impl) {
        impl.handler->on_sctp_outgoing_reset(stream);
        if (impl.state != State::Closed) impl.handler->on_sctp_incoming_reset(stream);
      });
    }
  }
  if (waiting_resets.empty()) return;
  ticker->touch();
  retry_resets();
}

void Association::Impl::retry_resets() {
  // EALREADY: another request is under way; its answer is a packet, after which we come here again.
  if (socket.reset(waiting_resets) == 0) waiting_resets.clear();
}

}  // namespace parley::sctp
