// A program that shows a film: whoever opens the page sees the file from its beginning.
//   play FILE [PORT]
#include <iostream>
#include <memory>
#include <parley/av/file_player.hpp>
#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <parley/signaling_server.hpp>
#include <string>
#include <vector>

#include "common/exchange_candidates.hpp"
#include "common/interrupt.hpp"
#include "common/watch_connection.hpp"

using namespace parley;
using nlohmann::json;

/// Somebody who has opened the page: we are the caller.
struct Visitor {
  Visitor(const SignalingConnectionEvent& event, const std::string& file)
      : player(file, {.at_end = av::FilePlayerOptions::AtEnd::BeginAgain}), signalingChannel(event.channel) {
    exchangeCandidates(peerConnection, *signalingChannel);
    signalingChannel->addEventListener<"message">([this](const json& message) -> Promise<void> {
      if (message.contains("answer"))
        co_await peerConnection.setRemoteDescription(message["answer"].get<RTCSessionDescriptionInit>());
    });
    for (const auto& track : player.stream()->getTracks()) peerConnection.addTrack(track, player.stream());
    call();
  }

  Promise<void> call() {
    const auto offer = co_await peerConnection.createOffer();
    co_await peerConnection.setLocalDescription(offer);
    signalingChannel->send({{"offer", offer}});
  }

  av::FilePlayer player;
  RTCPeerConnection peerConnection;
  std::shared_ptr<SignalingChannel> signalingChannel;
  const CloseFirst closeFirst{peerConnection};
};

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::cerr << "play FILE [PORT]" << std::endl;
    return 2;
  }
  const Interrupt interrupt;
  const std::string file = argv[1];
  const int port = argc > 2 ? std::stoi(argv[2]) : 8000;
  {
    const av::FilePlayer first(file);  // so that a file that cannot be played is told at once
    for (const std::string& codec : {first.video_codec(), first.audio_codec()})
      if (!codec.empty()) std::cout << file << " has " << codec << std::endl;
  }
  const auto loop = EventLoop::shared();
  std::vector<std::unique_ptr<Visitor>> visitors;  // touched on the loop only
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) {
    Visitor* const visitor = visitors.emplace_back(std::make_unique<Visitor>(event, file)).get();
    const auto leaves = [&visitors, visitor] {
      std::erase_if(visitors, [gone = visitor](const auto& each) { return each.get() == gone; });
    };
    // The page keeps its WebSocket open for as long as it is there. A page whose network is gone closes nothing.
    visitor->signalingChannel->onclose = leaves;
    visitor->peerConnection.onconnectionstatechange = [visitor, leaves] {
      const auto state = visitor->peerConnection.connectionState();
      if (state == RTCPeerConnectionState::Connected) visitor->player.play();
      if (state == RTCPeerConnectionState::Failed) leaves();
    };
  };
  std::cout << "Open " << server.page_url() << " in a browser. Ctrl-C ends." << std::endl;
  interrupt.wait_or_end_of_input();
  server.close();
  loop->run([&] { visitors.clear(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
