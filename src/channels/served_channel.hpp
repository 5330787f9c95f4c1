#pragma once

#include <atomic>
#include <memory>

#include "channels/main_context.hpp"
#include "channels/socket.hpp"
#include "parley/signaling_channel.hpp"

namespace parley::channels {

/// The server's end of a WebSocket. `connections` counts those that live.
class ServedChannel final : public SignalingChannel {
 public:
  /// In the context.
  ServedChannel(std::shared_ptr<EventLoop> loop, std::shared_ptr<MainContext> context,
                std::shared_ptr<std::atomic<int>> connections, SoupWebsocketConnection* connection);
  ~ServedChannel() override;
  void send(const nlohmann::json& message) override;
  void close() override;

 private:
  std::shared_ptr<MainContext> context_;
  std::shared_ptr<std::atomic<int>> connections_;
  std::shared_ptr<Socket> socket_;
};

}  // namespace parley::channels
