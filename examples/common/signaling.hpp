// Which signaling channel an example program uses: the one thing that WebRTC leaves to the program.
#pragma once

#include <memory>
#include <parley/signaling_channel.hpp>
#include <parley/stdio_signaling.hpp>
#include <parley/websocket_signaling.hpp>
#include <string>

/// "ws://…": that WebSocket; nothing: standard input and output, which then carry messages and nothing else.
inline std::shared_ptr<parley::SignalingChannel> open_signaling_channel(const char* url) {
  if (url != nullptr) return std::make_shared<parley::WebSocketSignalingChannel>(url);
  return std::make_shared<parley::StdioSignalingChannel>();
}
