#include "channels/main_context.hpp"
#include "channels/socket.hpp"
#include "parley/errors.hpp"
#include "parley/websocket_signaling.hpp"

namespace parley {

using channels::MainContext;
using channels::Socket;

namespace {

channels::ObjectPtr<SoupMessage> request(const std::string& url) {
  const bool websocket = url.starts_with("ws://") || url.starts_with("wss://");
  const std::unique_ptr<GUri, decltype(&g_uri_unref)> uri(
      websocket ? g_uri_parse(url.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr) : nullptr,
      g_uri_unref);
  if (!uri || g_uri_get_host(uri.get()) == nullptr || *g_uri_get_host(uri.get()) == '\0')
    throw SyntaxError("not the URL of a WebSocket: " + url);
  return channels::ObjectPtr<SoupMessage>(soup_message_new_from_uri(SOUP_METHOD_GET, uri.get()));
}

}  // namespace

WebSocketSignalingChannel::WebSocketSignalingChannel(const std::string& url, const WebSocketOptions& options)
    : SignalingChannel(options.loop) {
  auto message = request(url);
  context_ = MainContext::make(options.context);
  socket_ = std::make_shared<Socket>(sink());
  context_->post([socket = socket_, message = std::move(message), protocol = options.protocol]() mutable {
    Socket::connect(socket, std::move(message), protocol);
  });
}

WebSocketSignalingChannel::~WebSocketSignalingChannel() { Socket::leave(socket_, *context_); }

void WebSocketSignalingChannel::send(const nlohmann::json& message) {
  if (state() == State::Closed) throw InvalidStateError("the signaling channel is closed");
  Socket::send(socket_, *context_, message);
}

void WebSocketSignalingChannel::close() {
  closed(ClosedBy::Us);
  context_->post([socket = socket_] { socket->close(); });
}

}  // namespace parley
