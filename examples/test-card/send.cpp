// The caller: draws a picture and makes a tone, encodes both, and sends them for a few seconds.
//   send-card                 signaling over standard input and output
//   send-card ws://HOST/PATH  signaling over a WebSocket
#include <parley/av/audio_codecs.hpp>
#include <parley/av/video_encoder.hpp>
#include <parley/json.hpp>
#include <parley/parley.hpp>

#include "common/exchange_candidates.hpp"
#include "common/make_call.hpp"
#include "common/say.hpp"
#include "common/signaling.hpp"
#include "common/watch_connection.hpp"
#include "test-card/card.hpp"

using namespace parley;
using nlohmann::json;

constexpr int kPictures = 75, kSounds = 150;  // three seconds of both

Promise<void> sendPictures(std::shared_ptr<MediaStreamTrack> track) {
  const auto loop = EventLoop::shared();
  av::VideoEncoder encoder({.mimeType = "video/VP8", .frame_rate = 25});
  encoder.follow(track);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kPictures; ++i) {
    if (auto frame = encoder.encode(card::picture(i))) track->write(std::move(*frame));
    co_await loop->delay(start + (i + 1) * card::kPictureTime - std::chrono::steady_clock::now());
  }
}

Promise<void> sendTone(std::shared_ptr<MediaStreamTrack> track) {
  const auto loop = EventLoop::shared();
  av::AudioEncoder encoder;
  encoder.follow(track);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kSounds; ++i) {
    for (auto& frame : encoder.encode(card::tone(i))) track->write(std::move(frame));
    co_await loop->delay(start + (i + 1) * card::kSoundTime - std::chrono::steady_clock::now());
  }
}

/// When the channel opens, both sides can send. Then everything is sent, and the other side is asked what has arrived.
void sendAll(RTCPeerConnection& peerConnection, const PromiseResolver<void>& finished) {
  const auto video = MediaStreamTrack::create("video"), audio = MediaStreamTrack::create("audio");
  const auto stream = MediaStream::create({video, audio});
  for (const auto& track : {video, audio}) peerConnection.addTrack(track, stream);
  const auto channel = peerConnection.createDataChannel("count");
  channel->onopen = [channel = channel.get(), video, audio]() -> Promise<void> {
    say("sends a moving picture and a tone of " + std::to_string(card::kTone) + " Hz for three seconds");
    const auto pictures = sendPictures(video), sounds = sendTone(audio);
    co_await pictures;
    co_await sounds;
    channel->send(json{{"pictures", kPictures}, {"sounds", kSounds}}.dump());
  };
  channel->onmessage = [finished](const MessageEvent& message) {
    say("is told: " + std::string(message.text()));
    finished.resolve();
  };
  channel->onclose = [finished] { finished.reject(NetworkError("the other side has left")); };
}

int main(int argc, char** argv) try {
  RTCPeerConnection peerConnection({.bundlePolicy = RTCBundlePolicy::MaxBundle});
  const auto signalingChannel = open_signaling_channel(argc > 1 ? argv[1] : nullptr);
  const CloseFirst closeFirst{peerConnection};

  const PromiseResolver<void> finished;
  exchangeCandidates(peerConnection, *signalingChannel);
  watchConnection(peerConnection, *signalingChannel, finished);
  sendAll(peerConnection, finished);
  makeCall(peerConnection, *signalingChannel).get();
  finished.promise().get();
  say("done");
  return 0;
} catch (const std::exception& error) {
  say(error.what());
  return 1;
}
