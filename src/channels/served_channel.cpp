#include "channels/served_channel.hpp"

#include "parley/errors.hpp"

namespace parley::channels {

ServedChannel::ServedChannel(std::shared_ptr<EventLoop> loop, std::shared_ptr<MainContext> context,
                             std::shared_ptr<std::atomic<int>> connections, SoupWebsocketConnection* connection)
    : SignalingChannel(std::move(loop)),
      context_(std::move(context)),
      connections_(std::move(connections)),
      socket_(std::make_shared<Socket>(sink())) {
  ++*connections_;
  Socket::adopt(socket_, connection);
}

ServedChannel::~ServedChannel() {
  Socket::leave(socket_, *context_);
  --*connections_;
}

void ServedChannel::send(const nlohmann::json& message) {
  if (state() == State::Closed) throw InvalidStateError("the signaling channel is closed");
  Socket::send(socket_, *context_, message);
}

void ServedChannel::close() {
  closed(ClosedBy::Us);
  context_->post([socket = socket_] { socket->close(); });
}

}  // namespace parley::channels
