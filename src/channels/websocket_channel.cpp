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
  channels::ObjectPtr<SoupMessage> message(websocket ? soup_message_new(SOUP_METHOD_GET, url.c_str()) : nullptr);
  if (!message) throw SyntaxError("not the URL of a WebSocket: " + url);
  return message;
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
