#pragma once

#include <libsoup/soup.h>

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "channels/gobject.hpp"
#include "parley/signaling_channel.hpp"

namespace parley::channels {

class MainContext;

/// The WebSocket of a signaling channel, whichever end it is. Lives in a MainContext and is touched only there; it
/// stays alive while the connection does.
class Socket {
 public:
  explicit Socket(SignalingChannel::Sink sink) : sink_(std::move(sink)) {}
  ~Socket() { drop(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Connects to a server. `message` asks for it.
  static void connect(const std::shared_ptr<Socket>& self, ObjectPtr<SoupMessage> message, const std::string& protocol);
  /// Takes over a connection that is there.
  static void adopt(const std::shared_ptr<Socket>& self, SoupWebsocketConnection* connection);

  /// Sends a message, from any thread. Before there is a connection, messages wait for it. Throws OperationError when
  /// too many do.
  static void send(const std::shared_ptr<Socket>& self, MainContext& context, const nlohmann::json& message);
  /// Sends what waits, says goodbye, and ends when the other end has answered or for five seconds has not.
  void close();
  /// Ends now.
  void drop();

  /// The channel is gone: says goodbye and ends, without waiting for the other end's. Any thread.
  static void leave(const std::shared_ptr<Socket>& self, MainContext& context);

 private:
  static void on_connected(GObject* session, GAsyncResult* result, gpointer self);
  static void on_message(SoupWebsocketConnection* connection, int type, GBytes* message, gpointer self);
  static void on_error(SoupWebsocketConnection* connection, GError* error, gpointer self);
  static void on_closed(SoupWebsocketConnection* connection, gpointer self);
  [[nodiscard]] bool is_open() const;
  void send_text(std::string text);

  SignalingChannel::Sink sink_;
  ObjectPtr<SoupSession> session_;
  ObjectPtr<GCancellable> connecting_;
  ObjectPtr<SoupWebsocketConnection> connection_;
  std::vector<gulong> listeners_;  // of connection_'s signals
  std::deque<std::string> waiting_;
  std::atomic<std::size_t> queued_bytes_ = 0;  // on their way to libsoup; any thread
  bool closing_ = false;
};

}  // namespace parley::channels
