#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/json.hpp"

namespace parley {

/// What went wrong with a signaling channel: a sentence for a human.
struct SignalingErrorEvent {
  /// What went wrong, for humans.
  std::string message;
};

/// The events of a SignalingChannel, and what they carry.
using SignalingChannelEvents = EventTarget<EventType<"open", Event>, EventType<"message", nlohmann::json>,
                                           EventType<"error", SignalingErrorEvent>, EventType<"close", Event>>;

/// The way in which two peers exchange descriptions and candidates before they are connected. WebRTC leaves it to the
/// application: derive from this class, implement send() and close(), and call opened(), received(), failed() and
/// closed() as things happen. Handlers run on the channel's event loop, which should be the peer connection's.
///
/// Nothing is lost between the making of the channel and the first handler: `open`, messages (up to kMaxWaitingBytes),
/// the last errors and `close` wait for a handler of their kind, and `close` waits for the messages before it. They
/// wait for the first handler only: on another thread than the loop's, add several within one `loop()->run(…)`, as if
/// JavaScript ran there, so that no message comes between two of them.
class PARLEY_EXPORT SignalingChannel : public SignalingChannelEvents {
 public:
  /// Open once messages can be sent; it never goes back.
  enum class State { Connecting, Open, Closed };
  /// A longer text is no message but an attack; received() treats it as an error.
  static constexpr std::size_t kMaxMessageBytes = 1 << 20;
  /// What arrives while so much waits to be handled is dropped, with an `error` event for the first of it.
  static constexpr std::size_t kMaxWaitingBytes = 16 << 20;
  /// Who closes it.
  enum class ClosedBy { Peer, Us };
  class Sink;

  /// `loop` nullptr: the current loop, else EventLoop::shared().
  explicit SignalingChannel(std::shared_ptr<EventLoop> loop = nullptr);
  virtual ~SignalingChannel();

  /// Sends one message. Any thread. Throws InvalidStateError once closed; before the channel is open, messages wait. An
  /// implementation may throw OperationError when too much waits to be sent.
  virtual void send(const nlohmann::json& message) = 0;
  /// Ends the channel; `close` is fired. Idempotent. Any thread.
  virtual void close() = 0;

  /// What it is at the moment. Any thread.
  [[nodiscard]] State state() const;
  /// Where handlers run.
  [[nodiscard]] const std::shared_ptr<EventLoop>& loop() const;

  /// Messages go out from now on.
  EventHandler<Event> onopen{list<"open">()};
  /// A message has arrived.
  EventHandler<nlohmann::json> onmessage{list<"message">()};
  /// Something went wrong; `close` follows if it cannot go on.
  EventHandler<SignalingErrorEvent> onerror{list<"error">()};
  /// The channel has closed. Handlers are dropped afterwards.
  EventHandler<Event> onclose{list<"close">()};

 protected:
  // For implementations. Any thread; the events are queued on the loop in the order of these calls.
  /// For implementations: it is open. Any thread.
  void opened();
  /// A text as it came from outside. What is not JSON, or too long, or nested too deeply, becomes an `error` event.
  void received(std::string_view text);
  /// For implementations: a message has come. Any thread.
  void received(nlohmann::json message);
  /// For implementations: something went wrong. Any thread.
  void failed(std::string message);
  /// By the peer: messages that wait for a handler are still delivered before `close` is fired. By us: they are
  /// dropped.
  void closed(ClosedBy by = ClosedBy::Peer);
  /// For implementations whose input may outlive the channel.
  [[nodiscard]] Sink sink() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

/// The same five functions as a value, for the threads and callbacks of an implementation: they may outlive the
/// channel, after which the functions do nothing.
class PARLEY_EXPORT SignalingChannel::Sink {
 public:
  /// As SignalingChannel's.
  void opened() const;
  /// A message as text; what is no JSON becomes an `error`.
  void received(std::string_view text) const;
  /// As SignalingChannel's.
  void received(nlohmann::json message) const;
  /// As SignalingChannel's.
  void failed(std::string message) const;
  /// The channel has closed.
  void closed(ClosedBy by = ClosedBy::Peer) const;

 private:
  friend class SignalingChannel;
  explicit Sink(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  void deliver(nlohmann::json message, std::size_t bytes) const;
  [[nodiscard]] bool admit(std::size_t bytes) const;
  std::shared_ptr<Core> core_;
};

/// Two channels inside one process: what is sent on one arrives at the other. For tests, and for two connections in one
/// program. The first lives on `first_loop`, the second on `second_loop` (nullptr: the
/// current loop, else EventLoop::shared()).
PARLEY_EXPORT std::pair<std::shared_ptr<SignalingChannel>, std::shared_ptr<SignalingChannel>> make_signaling_pair(
    const std::shared_ptr<EventLoop>& first_loop = nullptr, const std::shared_ptr<EventLoop>& second_loop = nullptr);

}  // namespace parley
