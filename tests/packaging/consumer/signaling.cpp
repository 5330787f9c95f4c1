// The same for the component: a WebSocket to a server in the same program.
#include <parley/signaling_server.hpp>
#include <parley/stdio_signaling.hpp>
#include <parley/websocket_signaling.hpp>

#include <chrono>
#include <cstdio>

using namespace parley;
using namespace std::chrono_literals;

int main() try {
  const PromiseResolver<std::string> heard;
  std::shared_ptr<SignalingChannel> kept;
  SignalingServer server;
  server.onconnection = [&](const SignalingConnectionEvent& event) {
    kept = event.channel;
    kept->onmessage = [heard](const nlohmann::json& message) { heard.resolve(message.at("offer").get<std::string>()); };
  };
  WebSocketSignalingChannel client(server.signaling_url());
  client.send({{"offer", "hello"}});
  const std::string text = heard.promise().get(30s);
  server.close();
  const StdioSignalingChannel stdio;
  std::printf("heard %s\n", text.c_str());
  return text == "hello" ? 0 : 1;
} catch (const DOMException& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
