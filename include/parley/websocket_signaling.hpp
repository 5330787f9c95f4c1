#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "parley/export.hpp"
#include "parley/signaling_channel.hpp"

namespace parley {

namespace channels {
class MainContext;
class Socket;
}  // namespace channels

/// How a WebSocketSignalingChannel does its work.
struct WebSocketOptions {
  /// Where handlers run. nullptr: the current loop, else EventLoop::shared().
  std::shared_ptr<EventLoop> loop{};
  /// The GLib main context that does the input and output. Somebody has to iterate it, in a thread whose default
  /// context it is (g_main_context_push_thread_default), as GIO demands. nullptr: one of the channel's own, with a
  /// thread that ends with the channel.
  GMainContext* context = nullptr;
  /// Sec-WebSocket-Protocol, if the server wants one.
  std::string protocol{};
};

/// The client's end of a WebSocket (RFC 6455) as a signaling channel: each text message is one JSON text. What cannot
/// be connected, or breaks, is an `error` event followed by `close`; nothing is tried again. A message of more than
/// kMaxMessageBytes closes the channel. Needs the component `signaling`.
class PARLEY_EXPORT WebSocketSignalingChannel final : public SignalingChannel {
 public:
  /// `url` as in "ws://localhost:8000/signaling", or wss:. Throws SyntaxError if it is not of that form, as the
  /// browser's WebSocket.
  explicit WebSocketSignalingChannel(const std::string& url, const WebSocketOptions& options = {});
  /// As close(), without waiting for the server.
  ~WebSocketSignalingChannel() override;

  /// Before the channel is open, messages wait. Throws InvalidStateError once closed, OperationError when more than 4
  /// MiB would wait.
  void send(const nlohmann::json& message) override;
  void close() override;

 private:
  std::shared_ptr<channels::MainContext> context_;
  std::shared_ptr<channels::Socket> socket_;
};

}  // namespace parley
