// The callee: answers an offer and, once the peers are connected, says "pong" to every "ping", until the caller leaves.
//   answer                 signaling over standard input and output
//   answer ws://HOST/PATH  signaling over a WebSocket
#include <parley/json.hpp>
#include <parley/parley.hpp>

#include "common/exchange_candidates.hpp"
#include "common/say.hpp"
#include "common/signaling.hpp"
#include "common/watch_connection.hpp"

using namespace parley;
using nlohmann::json;

void answerCall(RTCPeerConnection& peerConnection, SignalingChannel& signalingChannel) {
  signalingChannel.addEventListener<"message">([&](const json& message) -> Promise<void> {
    if (message.contains("offer")) {
      say("offer received");
      co_await peerConnection.setRemoteDescription(message["offer"].get<RTCSessionDescriptionInit>());
      const auto answer = co_await peerConnection.createAnswer();
      co_await peerConnection.setLocalDescription(answer);
      signalingChannel.send({{"answer", answer}});
      say("answer sent");
    }
  });
}

/// "pong" for "ping", on every channel the caller opens; `finished` when one closes.
void playPingPong(RTCPeerConnection& peerConnection, const PromiseResolver<void>& finished) {
  peerConnection.addEventListener<"datachannel">([finished](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [channel = event.channel.get()](const MessageEvent& message) {
      std::string text(message.text());
      say("hears: " + text);
      if (text.starts_with("ping")) text.replace(0, 4, "pong");
      say("says: " + text);
      channel->send(text);
    };
    event.channel->onclose = [finished] { finished.resolve(); };
  });
}

int main(int argc, char** argv) try {
  RTCPeerConnection peerConnection;
  const auto signalingChannel = open_signaling_channel(argc > 1 ? argv[1] : nullptr);
  const CloseFirst closeFirst{peerConnection};

  const PromiseResolver<void> finished;
  // In one task of the loop: an offer that comes between two handlers would be lost to the second.
  EventLoop::shared()->run([&] {
    exchangeCandidates(peerConnection, *signalingChannel);
    watchConnection(peerConnection, *signalingChannel, finished);
    playPingPong(peerConnection, finished);
    answerCall(peerConnection, *signalingChannel);
  });
  finished.promise().get();
  say("done");
  return 0;
} catch (const std::exception& error) {
  say(error.what());
  return 1;
}
