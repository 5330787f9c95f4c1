// Both peers change their connection whenever they like, and agree (perfect negotiation). The words that may be typed
// are in README.md.
//   negotiation [PORT]                 serves a page, and is the peer of who opens it
//   negotiation ws://… polite|impolite  the peer of whoever else is at that WebSocket
#include <iostream>
#include <memory>
#include <parley/parley.hpp>
#include <parley/perfect_negotiator.hpp>
#include <parley/signaling_server.hpp>
#include <parley/websocket_signaling.hpp>
#include <string>

using namespace parley;

void say(const std::string& text) { std::cout << text << std::endl; }

/// One side of a connection. Its descriptions are the negotiator's business alone. Lives on the loop.
class Peer {
 public:
  Peer(const std::shared_ptr<SignalingChannel>& channel, Politeness politeness)
      : negotiator_(peerConnection_, channel, politeness) {
    peerConnection_.onconnectionstatechange = [this] {
      if (peerConnection_.connectionState() == RTCPeerConnectionState::Connected) say("Peers connected!");
    };
    peerConnection_.onsignalingstatechange = [this] {
      if (peerConnection_.signalingState() == RTCSignalingState::Stable) say("agreed on " + agreement());
    };
    peerConnection_.ontrack = [](const RTCTrackEvent& event) { say("the other side sends " + event.track->kind()); };
    peerConnection_.ondatachannel = [this](const RTCDataChannelEvent& event) { listen(event.channel); };
    negotiator_.onerror = [](const NegotiationErrorEvent& event) { say("negotiation: " + event.message); };
  }

  void change(const std::string& what) {
    if (what == "audio" || what == "video") {
      peerConnection_.addTrack(MediaStreamTrack::create(what));
    } else if (what == "channel") {
      const auto channel = peerConnection_.createDataChannel("channel");
      listen(channel);
      channel->onopen = [channel = channel.get()] { channel->send("hello"); };
    } else if (what == "restart") {
      peerConnection_.restartIce();
    } else {
      say("audio, video, channel or restart?");
    }
  }

 private:
  [[nodiscard]] std::string agreement() const {
    std::string directions;
    for (const auto& transceiver : peerConnection_.getTransceivers())
      if (const auto direction = transceiver->currentDirection())
        directions += transceiver->receiver()->track()->kind() + " " + std::string(to_string(*direction)) + ", ";
    return directions + (peerConnection_.sctp() ? "channels" : "no channels");
  }
  void listen(const std::shared_ptr<RTCDataChannel>& channel) {
    channel->onmessage = [](const MessageEvent& message) { say("hears: " + std::string(message.text())); };
  }

  RTCPeerConnection peerConnection_;
  PerfectNegotiator negotiator_;
};

int main(int argc, char** argv) try {
  const std::string where = argc > 1 ? argv[1] : "8000";
  const auto loop = EventLoop::shared();
  std::unique_ptr<Peer> peer;  // the last visitor's
  std::unique_ptr<SignalingServer> server;
  if (where.starts_with("ws")) {
    const bool polite = argc > 2 && std::string(argv[2]) == "polite";
    loop->run([&] {
      peer = std::make_unique<Peer>(std::make_shared<WebSocketSignalingChannel>(where),
                                    polite ? Politeness::Polite : Politeness::Impolite);
    });
  } else {
    server = std::make_unique<SignalingServer>(
        SignalingServerOptions{.port = static_cast<std::uint16_t>(std::stoi(where)), .folder = EXAMPLE_PAGE});
    server->onconnection = [&](const SignalingConnectionEvent& event) {
      peer = std::make_unique<Peer>(event.channel, Politeness::Polite);
    };
    say("Open " + server->page_url() + " in a browser. Ctrl-D ends.");
  }
  for (std::string line; std::getline(std::cin, line);)
    loop->run([&] { peer ? peer->change(line) : say("Nobody is there yet."); });
  if (server) server->close();
  loop->run([&] { peer.reset(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
