// A mirror: the program sends every visitor's picture and sound back, without looking at them.
//   mirror [PORT]
#include <iostream>
#include <memory>
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
    // What arrives is sent: a remote track is a source like any other. When the visitor's browser asks for a key frame,
    // it is asked for one itself.
    peerConnection.ontrack = [this](const RTCTrackEvent& event) {
      std::cout << "a visitor's " << event.track->kind() << std::endl;
      peerConnection.addTrack(event.track, event.streams.at(0));
    };
    answerOffers(peerConnection, *signalingChannel);
  }

  RTCPeerConnection peerConnection;
  std::shared_ptr<SignalingChannel> signalingChannel;
  const CloseFirst closeFirst{peerConnection};
};

int main(int argc, char** argv) try {
  const int port = argc > 1 ? std::stoi(argv[1]) : 8000;
  const auto loop = EventLoop::shared();
  std::vector<std::unique_ptr<Visitor>> visitors;  // touched on the loop only
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) {
    Visitor* const visitor = visitors.emplace_back(std::make_unique<Visitor>(event)).get();
    // The page keeps its WebSocket open for as long as it is there.
    visitor->signalingChannel->onclose = [&visitors, visitor] {
      std::erase_if(visitors, [&](const auto& each) { return each.get() == visitor; });
    };
  };
  std::cout << "Open " << server.page_url() << " in a browser. Ctrl-D ends." << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  server.close();
  loop->run([&] { visitors.clear(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
