#include <cerrno>

#include "sctp/association_impl.hpp"

namespace parley::sctp {
namespace {

/// The library takes less than its free space only piecewise, and wants pieces below its buffer. Also the grain in
/// which interleaved messages take turns.
constexpr std::size_t kPiece = 64 << 10;
/// Messages inside the library. Each costs some hundred bytes beside its own, which the buffer size does not see.
constexpr std::uint32_t kMaxItems = 8192;
/// So many more may go in before the number is looked at again.
constexpr unsigned kUnchecked = 512;

}  // namespace

SendResult Association::Impl::send(const MessageInfo& info, ByteView& rest) {
  if (state == State::Closed) return SendResult::Failed;
  if (state != State::Connected) return block();
  if (info.stream.get() >= outgoing_streams) return SendResult::Failed;
  if (!interleaving && open_message && *open_message != info.stream) {
    wants_room = true;
    return SendResult::Busy;
  }
  if (crowded()) return block();
  ticker->touch();
  MessageInfo possible = info;
  if (!partial_reliability) possible.reliability = {.ordered = info.reliability.ordered};
  return send_pieces(possible, rest);
}

SendResult Association::Impl::send_pieces(const MessageInfo& info, ByteView& rest) {
  for (;;) {
    const bool last = rest.size() <= kPiece;
    const std::size_t size = last ? rest.size() : kPiece;
    const long taken = socket.send(info, rest.first(size), last);
    if (taken < 0)
      return taken == -EWOULDBLOCK || taken == -EAGAIN || taken == -EMSGSIZE ? block() : SendResult::Failed;
    rest = rest.subspan(static_cast<std::size_t>(taken));
    if (rest.empty()) {
      open_message.reset();
      return SendResult::Sent;
    }
    open_message = info.stream;
    if (static_cast<std::size_t>(taken) < size) return block();
    if (interleaving) return SendResult::Partial;
  }
}

SendResult Association::Impl::block() {
  wants_room = true;
  return SendResult::WouldBlock;
}

/// Too many messages inside the library, however small.
bool Association::Impl::crowded() {
  if (++unchecked < kUnchecked) return false;
  if (socket.backlog().items >= kMaxItems) return true;
  unchecked = 0;
  return false;
}

/// After a packet came: is a quarter of the buffer free again?
void Association::Impl::offer_room() {
  const Socket::Backlog backlog = socket.backlog();
  if (backlog.bytes > config.send_buffer / 4 * 3 || backlog.items > kMaxItems / 4 * 3) return;
  wants_room = false;
  handler->on_sctp_writable();
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
