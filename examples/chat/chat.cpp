// A program that people talk with in the browser: it serves the page, and every page that is opened is a connection.
//   chat [PORT]
#include <iostream>
#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <parley/signaling_server.hpp>
#include <string>
#include <vector>

#include "common/answer_offers.hpp"
#include "common/exchange_candidates.hpp"
#include "common/watch_connection.hpp"

using namespace parley;

/// Somebody who has opened the page: we are the callee.
struct Visitor {
  explicit Visitor(const SignalingConnectionEvent& event) : signalingChannel(event.channel) {
    exchangeCandidates(peerConnection, *signalingChannel);
    answerOffers(peerConnection, *signalingChannel);
  }

  RTCPeerConnection peerConnection;
  std::shared_ptr<SignalingChannel> signalingChannel;
  std::shared_ptr<RTCDataChannel> chat;
  const CloseFirst closeFirst{peerConnection};
};

/// The visitors. Lives on the loop, like their handlers.
class Room {
 public:
  void welcome(const SignalingConnectionEvent& event) {
    const auto& visitor = visitors_.emplace_back(std::make_unique<Visitor>(event));
    Visitor* self = visitor.get();
    self->peerConnection.ondatachannel = [this, self](const RTCDataChannelEvent& opened) {
      self->chat = opened.channel;
      self->chat->onmessage = [this, self](const MessageEvent& message) {
        std::cout << "> " << message.text() << std::endl;
        say(std::string(message.text()), self);
      };
      self->chat->send(visitors_.size() == 1
                           ? "Hello from C++. You are alone here with me."
                           : "Hello from C++. You are " + std::to_string(visitors_.size()) + " visitors now.");
    };
    // The page keeps its WebSocket open for as long as it is there.
    self->signalingChannel->onclose = [this, self] { forget(self); };
  }

  /// To everybody but the one who said it.
  void say(const std::string& text, const Visitor* from = nullptr) {
    for (const auto& visitor : visitors_)
      if (visitor.get() != from && visitor->chat && visitor->chat->readyState() == RTCDataChannelState::Open)
        visitor->chat->send(text);
  }
  void clear() { visitors_.clear(); }

 private:
  void forget(const Visitor* visitor) {
    std::erase_if(visitors_, [&](const auto& each) { return each.get() == visitor; });
  }
  std::vector<std::unique_ptr<Visitor>> visitors_;
};

int main(int argc, char** argv) try {
  const int port = argc > 1 ? std::stoi(argv[1]) : 8000;
  const auto loop = EventLoop::shared();
  Room room;
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) { room.welcome(event); };
  std::cout << "Open " << server.page_url() << " in a browser, and type. Ctrl-D ends." << std::endl;
  for (std::string line; std::getline(std::cin, line);) loop->run([&] { room.say(line); });
  server.close();
  loop->run([&] { room.clear(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
