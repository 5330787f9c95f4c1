// The callee: decodes picture and tone, and says how much of them has arrived.
//   receive-card                 signaling over standard input and output
//   receive-card ws://HOST/PATH  signaling over a WebSocket
#include <parley/av/audio_codecs.hpp>
#include <parley/av/video_decoder.hpp>
#include <parley/json.hpp>
#include <parley/parley.hpp>

#include "common/answer_offers.hpp"
#include "common/exchange_candidates.hpp"
#include "common/say.hpp"
#include "common/signaling.hpp"
#include "common/watch_connection.hpp"
#include "test-card/card.hpp"

using namespace parley;
using nlohmann::json;

/// What has arrived and could be decoded.
struct Arrived {
  int pictures = 0, sounds = 0;
  int width = 0, height = 0;
  card::Pitch pitch;
  av::VideoDecoder videoDecoder{"video/VP8"};
  av::AudioDecoder audioDecoder;

  void take(const RTCEncodedVideoFrame& frame) {
    for (const av::Picture& picture : videoDecoder.decode(frame)) {
      ++pictures;
      width = picture.width;
      height = picture.height;
    }
  }
  void take(const RTCEncodedAudioFrame& frame) {
    pitch.hear(audioDecoder.decode(frame));
    ++sounds;
  }
};

void receiveAll(RTCPeerConnection& peerConnection, Arrived& arrived, const PromiseResolver<void>& finished) {
  peerConnection.ontrack = [&arrived](const RTCTrackEvent& event) {
    event.track->onvideoframe = [&arrived](const RTCEncodedVideoFrame& frame) { arrived.take(frame); };
    event.track->onaudioframe = [&arrived](const RTCEncodedAudioFrame& frame) { arrived.take(frame); };
  };
  peerConnection.ondatachannel = [&arrived, finished](const RTCDataChannelEvent& opened) {
    opened.channel->onmessage = [channel = opened.channel.get(),
                                 &arrived](const MessageEvent& message) -> Promise<void> {
      const json sent = json::parse(message.text());
      const int pictures = sent.at("pictures"), sounds = sent.at("sounds");
      // The last frames may be behind the message.
      for (int i = 0; i < 50 && (arrived.pictures < pictures || arrived.sounds < sounds); ++i)
        co_await EventLoop::shared()->delay(std::chrono::milliseconds(20));
      const std::string text = std::to_string(arrived.pictures) + " of " + std::to_string(pictures) + " pictures (" +
                               std::to_string(arrived.width) + "x" + std::to_string(arrived.height) + ") and " +
                               std::to_string(arrived.sounds) + " of " + std::to_string(sounds) +
                               " pieces of sound have arrived; the tone has " + std::to_string(arrived.pitch.value()) +
                               " Hz";
      say("says: " + text);
      channel->send(text);
    };
    opened.channel->onclose = [finished] { finished.resolve(); };
  };
}

int main(int argc, char** argv) try {
  Arrived arrived;
  RTCPeerConnection peerConnection;
  const auto signalingChannel = open_signaling_channel(argc > 1 ? argv[1] : nullptr);
  const CloseFirst closeFirst{peerConnection};

  const PromiseResolver<void> finished;
  // In one task of the loop: an offer that comes between two handlers would be lost to the second.
  EventLoop::shared()->run([&] {
    exchangeCandidates(peerConnection, *signalingChannel);
    watchConnection(peerConnection, *signalingChannel, finished);
    receiveAll(peerConnection, arrived, finished);
    answerOffers(peerConnection, *signalingChannel);
  });
  finished.promise().get();
  say("done");
  return 0;
} catch (const std::exception& error) {
  say(error.what());
  return 1;
}
