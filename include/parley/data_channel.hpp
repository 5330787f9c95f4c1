#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parley/dtls_transport.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/priority.hpp"
#include "parley/promise.hpp"

namespace parley {

namespace api {
struct DataChannelCore;
}

/// webrtc-pc section 6.2.
enum class RTCDataChannelState { Connecting, Open, Closing, Closed };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCDataChannelState state);

/// webrtc-pc section 6.2.1.
struct RTCDataChannelInit {
  /// Messages arrive in the order in which they were sent.
  bool ordered = true;
  /// How long a message is retransmitted, in milliseconds. Not together with maxRetransmits.
  std::optional<std::uint16_t> maxPacketLifeTime{};
  /// How often a message is retransmitted.
  std::optional<std::uint16_t> maxRetransmits{};
  /// The application's name for what it speaks on the channel; at most 65535 bytes of UTF-8, as the label.
  std::string protocol{};
  /// Both peers create the channel themselves, with the same id; nothing is announced.
  bool negotiated = false;
  /// 0 to 65534. Needed if negotiated, ignored otherwise.
  std::optional<std::uint16_t> id{};
  /// How much of what the connection's channels may send together is this one's while others send, too: as many bytes
  /// as another of the same priority, twice as many as one of the next lower. What SCTP has taken keeps its order, so
  /// the difference shows where messages queue. The peer sees it and sends accordingly. webrtc-priority section 3.
  RTCPriorityType priority = RTCPriorityType::Low;
};

/// The message that arrived on a data channel. The bytes belong to the event, which lives until the handler returns or,
/// if the handler is a coroutine, until that is done: after a co_await, ask the event for them anew.
class PARLEY_EXPORT MessageEvent {
 public:
  /// For the dispatcher.
  MessageEvent(bool text, std::span<const std::byte> bytes) : text_(text), view_(bytes) {}

  /// JavaScript's `event.data`: a string or an ArrayBuffer.
  [[nodiscard]] std::variant<std::string_view, std::span<const std::byte>> data() const {
    if (text_) return text();
    return bytes();
  }
  /// Whether it was sent as text; else as bytes.
  [[nodiscard]] bool is_text() const { return text_; }
  /// The payload as UTF-8, whichever kind it is.
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(view_.data()), view_.size()}; }
  /// The payload, whichever kind it is.
  [[nodiscard]] std::span<const std::byte> bytes() const { return view_; }

  /// For the dispatcher: a handler is not done with the event, but its bytes are about to be reused.
  void retain();

 private:
  bool text_;
  std::span<const std::byte> view_;
  std::vector<std::byte> owned_;
};

/// The events of an RTCDataChannel, and what they carry.
using RTCDataChannelEvents =
    EventTarget<EventType<"open", Event>, EventType<"message", MessageEvent>, EventType<"bufferedamountlow", Event>,
                EventType<"error", RTCErrorEvent>, EventType<"closing", Event>, EventType<"close", Event>>;

/// A bidirectional channel of messages: webrtc-pc section 6.2. Any thread may call; events are fired on the
/// connection's loop. The connection keeps the channel alive until it is closed.
///
/// Messages that arrive before there is a `message` handler wait for it: up to 16 MiB, and 64 MiB for all channels of
/// the connection together (128 bytes added for each message). Then the channel fails, with `error` and `close`. So it
/// does when the peer sends a message above NetworkOptions::max_message_size.
class PARLEY_EXPORT RTCDataChannel : public RTCDataChannelEvents {
 public:
  /// The channel's name, the same at both ends.
  [[nodiscard]] const std::string& label() const;
  /// As RTCDataChannelInit says, or the peer who opened the channel.
  [[nodiscard]] bool ordered() const;
  /// Likewise, in milliseconds; absent without a limit.
  [[nodiscard]] std::optional<std::uint16_t> maxPacketLifeTime() const;
  /// Likewise; absent without a limit.
  [[nodiscard]] std::optional<std::uint16_t> maxRetransmits() const;
  /// Likewise; "" if none was named.
  [[nodiscard]] const std::string& protocol() const;
  /// Whether both programs made the channel themselves, with the same id.
  [[nodiscard]] bool negotiated() const;
  /// Absent until the id has been chosen.
  [[nodiscard]] std::optional<std::uint16_t> id() const;
  /// As RTCDataChannelInit says, or the peer who opened the channel.
  [[nodiscard]] RTCPriorityType priority() const;
  /// Never goes back: connecting, open, closing, closed.
  [[nodiscard]] RTCDataChannelState readyState() const;
  /// Bytes of payload passed to send() that SCTP has not taken over yet. Falls between tasks of the loop only.
  [[nodiscard]] std::size_t bufferedAmount() const;
  /// `bufferedamountlow` fires when bufferedAmount falls from above this value to it or below. Initially 0.
  [[nodiscard]] std::size_t bufferedAmountLowThreshold() const;
  /// Sets it, in bytes.
  void bufferedAmountLowThreshold(std::size_t bytes);

  /// Queues a message: text (UTF-8; what is not is repaired with U+FFFD) or bytes. The argument is copied unless it is
  /// an rvalue vector. Never blocks. Throws InvalidStateError unless open, TypeError when the message is larger than
  /// sctp()->maxMessageSize(), OperationError when more than 16 MiB would be queued; 128 bytes are added for each
  /// message, and one of any size can be sent when none is queued.
  void send(std::string_view text);
  /// As send(std::string_view), up to the terminating zero.
  void send(const char* text) { send(std::string_view(text)); }
  /// Bytes.
  void send(std::span<const std::byte> bytes);
  /// Bytes.
  void send(std::span<const std::uint8_t> bytes) { send(std::as_bytes(bytes)); }
  /// Bytes that need not be copied.
  void send(std::vector<std::uint8_t>&& bytes);

  /// send() with back-pressure: resolves as soon as less than kHighWater bytes are queued (128 added for each message),
  /// at once if that is so already. `co_await` it in a loop and memory stays bounded. Rejects with what send() throws,
  /// and with InvalidStateError if the channel closes meanwhile. (Not in W3C.)
  Promise<void> write(std::string_view text);
  /// Bytes.
  Promise<void> write(std::span<const std::byte> bytes);
  /// Bytes.
  Promise<void> write(std::span<const std::uint8_t> bytes) { return write(std::as_bytes(bytes)); }
  /// Bytes that need not be copied.
  Promise<void> write(std::vector<std::uint8_t>&& bytes);
  /// What write() lets through at once, in bytes: 1 MiB.
  static constexpr std::size_t kHighWater = 1 << 20;

  /// Closes the channel after what was sent so far; the peer sees it close. Idempotent.
  void close();

  /// Messages can be sent from now on.
  EventHandler<Event> onopen{list<"open">()};
  /// A message has arrived.
  EventHandler<MessageEvent> onmessage{list<"message">()};
  /// See bufferedAmountLowThreshold().
  EventHandler<Event> onbufferedamountlow{list<"bufferedamountlow">()};
  /// The channel has failed; `close` follows.
  EventHandler<RTCErrorEvent> onerror{list<"error">()};
  /// The peer has begun to close the channel.
  EventHandler<Event> onclosing{list<"closing">()};
  /// The channel has closed. Handlers are dropped afterwards.
  EventHandler<Event> onclose{list<"close">()};

  /// For the library's own use.
  explicit RTCDataChannel(std::shared_ptr<api::DataChannelCore> core);
  ~RTCDataChannel();

 private:
  std::shared_ptr<api::DataChannelCore> core_;
};

/// webrtc-pc section 6.3.
struct RTCDataChannelEvent {
  /// The channel that the peer has opened. Messages wait until it has a handler for them.
  std::shared_ptr<RTCDataChannel> channel;
};

}  // namespace parley
