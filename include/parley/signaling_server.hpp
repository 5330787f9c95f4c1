#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/signaling_channel.hpp"

namespace parley {

namespace channels {
class MainContext;
class Listener;
}  // namespace channels

/// What a SignalingServer serves, and where.
struct SignalingServerOptions {
  /// The address to listen at.
  std::string address = "127.0.0.1";
  /// 0: any that is free.
  std::uint16_t port = 0;
  /// WebSockets are accepted at all paths that begin with this one, which ends in "/".
  std::string path = "/signaling/";
  /// A folder whose files are served at all other paths, "/" being its index.html. Empty: none.
  std::string folder{};
  /// Where handlers run, also those of the channels. nullptr: the current loop, else EventLoop::shared().
  std::shared_ptr<EventLoop> loop{};
  /// As in WebSocketOptions.
  GMainContext* context = nullptr;
};

/// Somebody has connected. Keep the channel: it closes when the last owner lets go of it.
struct SignalingConnectionEvent {
  /// The server's end. Messages wait until it has a handler for them.
  std::shared_ptr<SignalingChannel> channel;
  /// The path that was asked for: tells one room from another.
  std::string path;
};

/// The events of a SignalingServer, and what they carry.
using SignalingServerEvents = EventTarget<EventType<"connection", SignalingConnectionEvent>>;

/// An HTTP server for development, examples and tests: serves a page, and makes a SignalingChannel of every WebSocket
/// that the page (or a WebSocketSignalingChannel) opens. Plain HTTP, any origin, no accounts, and libsoup's server is
/// not made for hostile clients: do not put it on the open internet. Needs the component `signaling`.
class PARLEY_EXPORT SignalingServer : public SignalingServerEvents {
 public:
  /// More connections than this at a time are turned away.
  static constexpr int kMaxConnections = 256;

  /// Throws NetworkError if it cannot listen there, TypeError if address, path or folder make no sense.
  explicit SignalingServer(const SignalingServerOptions& options = {});
  /// As close().
  ~SignalingServer();

  /// Where it listens.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:8000/": what to open in the browser.
  [[nodiscard]] std::string page_url() const;
  /// "ws://127.0.0.1:8000/signaling/".
  [[nodiscard]] std::string signaling_url() const;

  /// Accepts no more connections; no handler runs afterwards. The channels there are live on. Idempotent. Any thread.
  void close();

  /// A page or program has connected.
  EventHandler<SignalingConnectionEvent> onconnection{list<"connection">()};

 private:
  SignalingServerOptions options_;
  std::uint16_t port_ = 0;
  std::shared_ptr<channels::MainContext> context_;
  std::shared_ptr<channels::Listener> listener_;
};

}  // namespace parley
