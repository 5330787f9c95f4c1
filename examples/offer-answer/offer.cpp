// The caller: makes an offer and, once the peers are connected, says "ping" three times.
//   offer                 signaling over standard input and output
//   offer ws://HOST/PATH  signaling over a WebSocket
#include <parley/json.hpp>
#include <parley/parley.hpp>

#include "common/exchange_candidates.hpp"
#include "common/say.hpp"
#include "common/signaling.hpp"
#include "common/watch_connection.hpp"

using namespace parley;
using nlohmann::json;

Promise<void> makeCall(RTCPeerConnection& peerConnection, SignalingChannel& signalingChannel) {
  signalingChannel.addEventListener<"message">([&](const json& message) -> Promise<void> {
    if (message.contains("answer")) {
      say("answer received");
      co_await peerConnection.setRemoteDescription(message["answer"].get<RTCSessionDescriptionInit>());
    }
  });
  const auto offer = co_await peerConnection.createOffer();
  co_await peerConnection.setLocalDescription(offer);
  signalingChannel.send({{"offer", offer}});
  say("offer sent");
}

/// Three pings and their pongs on a channel of our own; `finished` after the last one.
void playPingPong(RTCPeerConnection& peerConnection, const PromiseResolver<void>& finished) {
  const auto channel = peerConnection.createDataChannel("ping-pong");
  channel->onopen = [channel = channel.get()] {
    say("says: ping 1");
    channel->send("ping 1");
  };
  channel->onmessage = [channel = channel.get(), finished, count = 1](const MessageEvent& event) mutable {
    say("hears: " + std::string(event.text()));
    if (count == 3) return finished.resolve();
    const std::string ping = "ping " + std::to_string(++count);
    say("says: " + ping);
    channel->send(ping);
  };
  channel->onclose = [finished] { finished.reject(NetworkError("the other side has left")); };
}

int main(int argc, char** argv) try {
  RTCPeerConnection peerConnection;
  const auto signalingChannel = open_signaling_channel(argc > 1 ? argv[1] : nullptr);
  const CloseFirst closeFirst{peerConnection};

  const PromiseResolver<void> finished;
  exchangeCandidates(peerConnection, *signalingChannel);
  watchConnection(peerConnection, *signalingChannel, finished);
  playPingPong(peerConnection, finished);
  makeCall(peerConnection, *signalingChannel).get();
  finished.promise().get();
  say("done");
  return 0;
} catch (const std::exception& error) {
  say(error.what());
  return 1;
}
