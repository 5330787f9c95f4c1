#include "channels/socket.hpp"

#include <array>

#include "channels/main_context.hpp"
#include "parley/errors.hpp"

namespace parley::channels {
namespace {

using Shared = std::shared_ptr<Socket>;

/// Dispatches of the context that a goodbye is given to leave: as many as can be without waiting.
constexpr int kGoodbyeRounds = 64;
constexpr std::size_t kMaxQueuedBytes = 4 << 20;
constexpr guint kPingSeconds = 15;

Shared& shared(gpointer data) { return *static_cast<Shared*>(data); }
void release(gpointer data, GClosure*) { delete static_cast<Shared*>(data); }

}  // namespace

void Socket::connect(const Shared& self, ObjectPtr<SoupMessage> message, const std::string& protocol) {
  if (self->closing_) return;
  self->session_.reset(soup_session_new());
  // Compression would let a small message become a very large one.
  soup_session_remove_feature_by_type(self->session_.get(), SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  self->connecting_.reset(g_cancellable_new());
  std::string name = protocol;
  std::array<char*, 2> protocols = {name.empty() ? nullptr : name.data(), nullptr};
  soup_session_websocket_connect_async(self->session_.get(), message.get(), nullptr, protocols.data(),
                                       G_PRIORITY_DEFAULT, self->connecting_.get(), on_connected, new Shared(self));
}

void Socket::on_connected(GObject* session, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Shared> owner(&shared(data));
  const Shared& self = *owner;
  GError* raw = nullptr;
  ObjectPtr<SoupWebsocketConnection> connection(
      soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &raw));
  const ErrorPtr error(raw);
  self->connecting_.reset();
  if (connection) {
    adopt(self, connection.get());
    if (self->closing_) self->close();
    return;
  }
  if (self->closing_) return;
  self->sink_.failed(std::string("cannot connect: ") + error->message);
  self->sink_.closed();
}

void Socket::adopt(const Shared& self, SoupWebsocketConnection* connection) {
  self->connection_.reset(SOUP_WEBSOCKET_CONNECTION(g_object_ref(connection)));
  soup_websocket_connection_set_max_incoming_payload_size(connection, SignalingChannel::kMaxMessageBytes);
  // A peer whose network is gone says nothing: TCP notices by what it does not acknowledge.
  soup_websocket_connection_set_keepalive_interval(connection, kPingSeconds);
  // Each closure keeps the socket alive; drop() ends them.
  const auto listen = [&](const char* signal, GCallback callback) {
    self->listeners_.push_back(
        g_signal_connect_data(connection, signal, callback, new Shared(self), release, GConnectFlags{}));
  };
  listen("message", G_CALLBACK(on_message));
  listen("error", G_CALLBACK(on_error));
  listen("closed", G_CALLBACK(on_closed));
  self->sink_.opened();
  while (!self->waiting_.empty()) {
    std::string text = std::move(self->waiting_.front());
    self->waiting_.pop_front();
    self->send_text(std::move(text));
  }
}

void Socket::on_message(SoupWebsocketConnection*, int, GBytes* message, gpointer data) {
  gsize size = 0;
  const auto* bytes = static_cast<const char*>(g_bytes_get_data(message, &size));
  shared(data)->sink_.received(std::string_view(bytes, size));
}

void Socket::on_error(SoupWebsocketConnection*, GError* error, gpointer data) {
  shared(data)->sink_.failed(error->message);
}

void Socket::on_closed(SoupWebsocketConnection*, gpointer data) {
  const Shared self = shared(data);
  self->sink_.closed();
  self->drop();
}

bool Socket::is_open() const {
  return connection_ && soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN;
}

void Socket::send(const Shared& self, MainContext& context, const nlohmann::json& message) {
  std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (self->queued_bytes_.fetch_add(text.size()) + text.size() > kMaxQueuedBytes) {
    self->queued_bytes_ -= text.size();
    throw OperationError("more is sent than the signaling channel can carry");
  }
  context.post([self, text = std::move(text)]() mutable { self->send_text(std::move(text)); });
}

void Socket::send_text(std::string text) {
  if (!connection_ && !closing_) return waiting_.push_back(std::move(text));
  queued_bytes_ -= text.size();
  if (is_open()) soup_websocket_connection_send_text(connection_.get(), text.c_str());
}

void Socket::close() {
  closing_ = true;
  if (connecting_ && waiting_.empty()) g_cancellable_cancel(connecting_.get());
  if (is_open()) soup_websocket_connection_close(connection_.get(), SOUP_WEBSOCKET_CLOSE_NORMAL, nullptr);
}

void Socket::drop() {
  closing_ = true;
  waiting_.clear();
  const auto session = std::move(session_);
  const auto connection = std::move(connection_);
  for (const gulong listener : std::exchange(listeners_, {})) g_signal_handler_disconnect(connection.get(), listener);
}

void Socket::leave(const Shared& self, MainContext& context) {
  context.run_last([&context, ours = context.is_ours(), self] {
    self->waiting_.clear();
    self->close();
    if (!ours) return;  // ends by itself, as long as the caller's context runs; `context` may be gone already
    while (self->connecting_) context.iterate(MainContext::Wait::Yes);
    for (int i = 0; i < kGoodbyeRounds && context.iterate(MainContext::Wait::No); ++i) continue;
    self->drop();
  });
}

}  // namespace parley::channels
