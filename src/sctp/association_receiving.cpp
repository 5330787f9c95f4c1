#include <usrsctp.h>

#include <algorithm>
#include <cstring>

#include "base/reactor.hpp"
#include "sctp/association_impl.hpp"

namespace parley::sctp {
namespace {

constexpr std::size_t kReadSize = 256 << 10;

/// Where messages are read into: one buffer per thread, and another one for whoever reads inside a reader's callback.
class ReadBuffer {
 public:
  ReadBuffer() : bytes_(std::exchange(spare, {})) {
    if (bytes_.empty()) bytes_.resize(kReadSize);
  }
  ~ReadBuffer() { spare = std::move(bytes_); }
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;
  std::span<std::uint8_t> span() { return bytes_; }

 private:
  static thread_local Bytes spare;
  Bytes bytes_;
};
thread_local Bytes ReadBuffer::spare;

/// A notification is a struct that may be followed by a list. (Not an optional: that cannot hold a flexible array.)
template <class T>
bool read_head(ByteView bytes, T& head) {
  if (bytes.size() < sizeof head) return false;
  std::memcpy(&head, bytes.data(), sizeof head);
  return true;
}

}  // namespace

void Association::Impl::read_all() {
  if (reading) return;  // a handler gave us a packet: the loop that called it goes on
  reading = true;
  ReadBuffer buffer;
  while (!paused && socket.is_open()) {
    const Socket::Received received = socket.read(buffer.span());
    const ByteView bytes = ByteView(buffer.span()).first(received.size);
    using Kind = Socket::Received::Kind;
    if (received.kind == Kind::Nothing) break;
    if (received.kind == Kind::Data) read_data(received, bytes);
    if (received.kind == Kind::Notification) read_notification(received, bytes);
    if (received.kind == Kind::End)
      ended(received.error == 0 ? std::nullopt : std::optional(sctp_failure(std::strerror(received.error), 0)));
  }
  reading = false;
}

void Association::Impl::read_data(const Socket::Received& received, ByteView bytes) {
  unread = 0;
  const Assembly::Piece piece{.stream = received.stream,
                              .unordered = received.unordered,
                              .sequence = received.sequence,
                              .last = received.end_of_message,
                              .bytes = bytes};
  if (assembly.is_whole(piece)) return handler->on_sctp_message(received.stream, received.ppid, bytes);
  switch (assembly.add(piece)) {
    case Assembly::Outcome::More:
      break;
    case Assembly::Outcome::TooLong:
      return handler->on_sctp_message_too_long(received.stream);
    case Assembly::Outcome::Whole: {
      const Bytes whole = assembly.take();
      return handler->on_sctp_message(received.stream, received.ppid, whole);
    }
  }
  if (assembly.overflowed()) ended(sctp_failure("the peer keeps too many messages incomplete", 0));
}

/// With RFC 8260 many messages can be incomplete at once and fill the receive buffer before any of them reaches the
/// size from which on the library hands over pieces: then nobody could go on. So it hands over every piece when much
/// has come in and nothing could be read.
void Association::Impl::avoid_standstill() {
  const bool wanted = unread > config.receive_buffer / 4 || (eager && assembly.total() > 0);
  if (wanted == eager || paused) return;
  eager = wanted;
  socket.set_partial_delivery_point(eager ? 1 : config.receive_buffer / 2);
}

void Association::Impl::count_packet(std::size_t size) {
  large_in_turn = large_in_turn || size > config.mtu;
  if (packets_in_turn++ > 0) return;
  loop.reactor().at_turn_end([weak = self] {
    const auto impl = weak.lock();
    if (!impl) return;
    const bool changed =
        impl->sack_pace.after_turn(std::exchange(impl->packets_in_turn, 0), std::exchange(impl->large_in_turn, false));
    if (changed && impl->state == State::Connected) impl->socket.set_sack_frequency(impl->sack_pace.packets());
  });
}

void Association::Impl::read_notification(const Socket::Received& received, ByteView bytes) {
  notification.insert(notification.end(), bytes.begin(), bytes.end());
  if (!received.end_of_message) return;
  sctp_notification::sctp_tlv head{};
  if (read_head(notification, head)) {
    switch (head.sn_type) {
      case SCTP_ASSOC_CHANGE:
        association_changed();
        break;
      case SCTP_STREAM_RESET_EVENT:
        streams_reset();
        break;
      case SCTP_PARTIAL_DELIVERY_EVENT:
        delivery_abandoned();
        break;
      default:
        break;
    }
  }
  notification.clear();
}

void Association::Impl::association_changed() {
  sctp_assoc_change change;
  if (!read_head(notification, change)) return;
  switch (change.sac_state) {
    case SCTP_COMM_UP: {
      const ByteView features = ByteView(notification).subspan(sizeof change);
      const auto has = [&](std::uint8_t feature) { return std::count(features.begin(), features.end(), feature) > 0; };
      interleaving = has(SCTP_ASSOC_SUPPORTS_INTERLEAVING);
      partial_reliability = has(SCTP_ASSOC_SUPPORTS_PR);
      resets = has(SCTP_ASSOC_SUPPORTS_RE_CONFIG);
      outgoing_streams = change.sac_outbound_streams;
      incoming_streams = change.sac_inbound_streams;
      fragment_size = socket.fragment_size();
      state = State::Connected;
      handler->on_sctp_connected(std::min(outgoing_streams, incoming_streams));
      if (state == State::Connected && std::exchange(wanted_room, 0) > 0) handler->on_sctp_writable();
      return;
    }
    case SCTP_SHUTDOWN_COMP:
      return ended(std::nullopt);
    case SCTP_RESTART:
      return ended(sctp_failure("the peer restarted the association", 0));
    case SCTP_CANT_STR_ASSOC:
      return ended(sctp_failure("the association could not be set up", change.sac_error));
    case SCTP_COMM_LOST:
      return ended(sctp_failure(
          notification.size() > sizeof change ? "the peer aborted the association" : "the association was lost",
          change.sac_error));
    default:
      return;
  }
}

void Association::Impl::streams_reset() {
  sctp_stream_reset_event event;
  if (!read_head(notification, event)) return;
  const Bytes list(notification.begin() + static_cast<std::ptrdiff_t>(sizeof event), notification.end());
  const bool incoming = (event.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0;
  const bool refused = (event.strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) != 0;
  if (incoming && refused) return;  // about requests that we never make
  const auto report = [&](std::uint16_t id) {
    if (state == State::Closed) return;
    const StreamId stream(id);
    if (incoming) {
      assembly.abandon(stream, std::nullopt);
      handler->on_sctp_incoming_reset(stream);
    } else {
      // Refused or not, this is over: without a reset the numbering goes on where it was, on both sides.
      handler->on_sctp_outgoing_reset(stream);
    }
  };
  for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
    std::uint16_t id;
    std::memcpy(&id, list.data() + i, sizeof id);
    report(id);
  }
  // RFC 6525 section 4.1: no list means all streams.
  if (list.empty())
    for (unsigned id = 0; id < (incoming ? incoming_streams : outgoing_streams); ++id)
      report(static_cast<std::uint16_t>(id));
}

void Association::Impl::delivery_abandoned() {
  sctp_pdapi_event event{};
  if (!read_head(notification, event)) return;
  assembly.abandon(StreamId(static_cast<std::uint16_t>(event.pdapi_stream)),
                   static_cast<std::uint16_t>(event.pdapi_seq));
}

}  // namespace parley::sctp
