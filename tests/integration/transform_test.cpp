// Encoded frames in the program's hands: WebRTC Encoded Transform.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <thread>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::transform_test {
namespace {

using test::audio_frame;
using test::Latch;
using test::Pair;
using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;
using Out = RTCRtpScriptTransformer;

template <class F>
auto on_loop(F call) {
  return EventLoop::shared()->run(call).get(20s);
}

/// One peer sends to the other, and knows when the other can hear it.
struct Call {
  explicit Call(const char* kind) : track(MediaStreamTrack::create(kind)) {
    transceiver = pair.offerer.addTransceiver(track);
    if (track->kind() == "video") {
      std::vector<RTCRtpCodec> codecs;
      const auto known = RTCRtpSender::getCapabilities("video");
      for (const RTCRtpCodec& codec : known->codecs)
        if (codec.mimeType == "video/VP8" || codec.mimeType == "video/rtx") codecs.push_back(codec);
      transceiver->setCodecPreferences(codecs);
    }
    track->onkeyframerequest = [this] { asked.set(); };
    pair.offerer.onconnectionstatechange = [this] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) {
      receiver = event.receiver;
      event.track->onvideoframe = [this](const RTCEncodedVideoFrame& frame) { take(frame.data); };
      event.track->onaudioframe = [this](const RTCEncodedAudioFrame& frame) { take(frame.data); };
    };
  }
  void take(const std::vector<std::uint8_t>& data) {
    received.push_back(data);
    if (received.size() == wanted) done.set();
  }
  void connect() {
    on_loop([this] { return negotiated(); });
    ASSERT_TRUE(connected.wait());
    ASSERT_NE(receiver, nullptr);
  }
  Promise<void> negotiated() { co_await pair.negotiate(); }
  RTCRtpSender& sender() { return *transceiver->sender(); }

  Latch connected, asked, done;
  std::size_t wanted = 1;
  std::vector<std::vector<std::uint8_t>> received;
  std::shared_ptr<MediaStreamTrack> track;
  std::shared_ptr<RTCRtpTransceiver> transceiver;
  std::shared_ptr<RTCRtpReceiver> receiver;
  Pair pair;
};

/// Encryption of a counter's kind: the same once more is the way back.
void aes(std::vector<std::uint8_t>& data, std::uint8_t key, std::size_t clear) {
  const std::array<std::uint8_t, 16> key_bytes{key}, counter{1};
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  ASSERT_EQ(EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key_bytes.data(), counter.data()), 1);
  int size = 0;
  ASSERT_EQ(EVP_EncryptUpdate(context.get(), data.data() + clear, &size, data.data() + clear,
                              static_cast<int>(data.size() - clear)),
            1);
}

std::size_t clear_bytes(const RTCEncodedVideoFrame& frame) { return frame.type == Key ? 10 : 3; }

/// Between the transforms, frames are not what they were: a third party without the key sees that.
TEST(Transform, EncryptsVideoEndToEnd) {
  Call call("video");
  call.wanted = 10;
  std::vector<RTCEncodedVideoFrame> encrypted;
  call.sender().transform([](RTCEncodedVideoFrame frame, const Out& out) {
    aes(frame.data, 7, clear_bytes(frame));
    out.write(std::move(frame));
  });
  call.pair.answerer.addEventListener<"track">([&](const RTCTrackEvent& event) {
    event.receiver->transform([&](RTCEncodedVideoFrame frame, const Out& out) {
      encrypted.push_back(frame);
      aes(frame.data, 7, clear_bytes(frame));
      out.write(std::move(frame));
    });
  });
  call.connect();
  ASSERT_TRUE(call.asked.wait());
  for (std::uint32_t i = 0; i < 10; ++i) call.track->write(vp8_frame(i == 0 ? Key : Delta, 3000, i));
  ASSERT_TRUE(call.done.wait());
  for (std::uint32_t i = 0; i < 10; ++i) {
    const auto plain = vp8_frame(i == 0 ? Key : Delta, 3000, i);
    EXPECT_EQ(call.received[i], plain.data);
    EXPECT_NE(encrypted[i].data, plain.data);
    EXPECT_EQ(encrypted[i].type, plain.type);
    EXPECT_EQ(encrypted[i].getMetadata().mimeType, "video/VP8");
  }
}

TEST(Transform, EncryptsSoundBothWaysAndTellsOfFrames) {
  std::array<Latch, 2> done;
  std::array<std::shared_ptr<MediaStreamTrack>, 2> tracks{MediaStreamTrack::create("audio"),
                                                          MediaStreamTrack::create("audio")};
  std::optional<RTCEncodedAudioFrameMetadata> told, arrived;
  std::array<Latch, 2> connected;
  Pair pair;
  std::array<RTCPeerConnection*, 2> peers{&pair.offerer, &pair.answerer};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto cipher = [&, i](RTCEncodedAudioFrame frame, const Out& out) {
      if (i == 0) told = frame.getMetadata();
      for (std::uint8_t& byte : frame.data) byte ^= 0x5A;
      out.write(std::move(frame));
    };
    peers[i]->addTrack(tracks[i])->transform(cipher);
    peers[i]->onconnectionstatechange = [&, i] {
      if (peers[i]->connectionState() == RTCPeerConnectionState::Connected) connected[i].set();
    };
    peers[i]->ontrack = [&, i](const RTCTrackEvent& event) {
      event.receiver->transform([&, i](RTCEncodedAudioFrame frame, const Out& out) {
        if (i == 1) arrived = frame.getMetadata();
        for (std::uint8_t& byte : frame.data) byte ^= 0x5A;
        out.write(std::move(frame));
      });
      event.track->onaudioframe = [&, i](const RTCEncodedAudioFrame& frame) {
        EXPECT_EQ(frame.data, audio_frame(60, static_cast<std::uint32_t>(i)).data);
        done[i].set();
      };
    };
  }
  const auto negotiated = [&]() -> Promise<void> { co_await pair.negotiate(); };
  on_loop(negotiated);
  for (Latch& one : connected) ASSERT_TRUE(one.wait());
  tracks[0]->write(audio_frame(60, 1));
  tracks[1]->write(audio_frame(60, 0));
  ASSERT_TRUE(done[0].wait());
  ASSERT_TRUE(done[1].wait());
  // What the sender's handler is told is what the packets have.
  ASSERT_TRUE(told && arrived);
  EXPECT_EQ(told->mimeType, "audio/opus");
  EXPECT_EQ(told->synchronizationSource, arrived->synchronizationSource);
  EXPECT_EQ(told->payloadType, arrived->payloadType);
}

TEST(Transform, DropsAddsAndDelaysFrames) {
  Call call("audio");
  call.wanted = 3;
  std::optional<std::pair<RTCEncodedAudioFrame, Out>> kept;
  int count = 0;
  call.sender().transform([&](RTCEncodedAudioFrame frame, Out out) {
    ++count;
    if (count == 1) return;  // dropped
    if (count == 2) {
      kept.emplace(std::move(frame), std::move(out));
      return;
    }
    out.write(frame);
    out.write(std::move(frame));
  });
  call.connect();
  for (std::uint32_t i = 0; i < 3; ++i) call.track->write(audio_frame(60, i));
  EventLoop::shared()->run([] {});
  ASSERT_TRUE(kept);
  std::thread([&] { kept->second.write(std::move(kept->first)); }).join();  // later, from anywhere
  ASSERT_TRUE(call.done.wait());
  EXPECT_THAT(call.received,
              testing::ElementsAre(audio_frame(60, 2).data, audio_frame(60, 2).data, audio_frame(60, 1).data));
}

TEST(Transform, MayBeACoroutine) {
  Call call("audio");
  call.sender().transform([loop = EventLoop::shared()](RTCEncodedAudioFrame frame, Out out) -> Promise<void> {
    co_await loop->delay(1ms);
    frame.data.push_back(1);
    out.write(std::move(frame));
  });
  call.connect();
  call.track->write(audio_frame(60, 1));
  ASSERT_TRUE(call.done.wait());
  EXPECT_EQ(call.received[0].size(), 61U);
}

TEST(Transform, WhatItThrowsIsReportedAndTheNextFrameGoesOn) {
  std::string where;
  set_unhandled_error_hook([&](const std::exception_ptr&, const char* place) { where = place; });
  Call call("audio");
  int count = 0;
  call.sender().transform([&](RTCEncodedAudioFrame frame, const Out& out) {
    if (++count == 1) throw DataError("not mine");
    out.write(std::move(frame));
  });
  call.connect();
  call.track->write(audio_frame(60, 1));
  call.track->write(audio_frame(60, 2));
  ASSERT_TRUE(call.done.wait());
  EXPECT_EQ(call.received[0], audio_frame(60, 2).data);
  EXPECT_EQ(where, "transform");
  set_unhandled_error_hook(nullptr);
}

TEST(Transform, IsReplacedAndTakenAway) {
  Call call("audio");
  call.wanted = 2;
  std::optional<Out> old;
  const auto captured = std::make_shared<int>(1);
  call.sender().transform([&, captured](const RTCEncodedAudioFrame&, const Out& out) { old = out; });
  call.connect();
  call.track->write(audio_frame(60, 1));
  call.sender().transform([](RTCEncodedAudioFrame frame, const Out& out) {
    frame.data[0] = 99;
    out.write(std::move(frame));
  });
  EXPECT_EQ(captured.use_count(), 1);
  ASSERT_TRUE(old);
  old->write(audio_frame(60, 7));  // is dropped
  call.track->write(audio_frame(60, 2));
  call.sender().transform(std::nullopt);
  EXPECT_EQ(call.sender().transform(), std::nullopt);
  call.track->write(audio_frame(60, 3));
  ASSERT_TRUE(call.done.wait());
  EXPECT_EQ(call.received[0][0], 99);
  EXPECT_EQ(call.received[1], audio_frame(60, 3).data);
}

TEST(Transform, BelongsToOneSenderOrReceiver) {
  RTCPeerConnection connection;
  const auto audio = connection.addTransceiver("audio"), video = connection.addTransceiver("video");
  const RTCRtpScriptTransform any([](auto frame, const Out& out) { out.write(std::move(frame)); });
  const RTCRtpScriptTransform pictures([](const RTCEncodedVideoFrame&, const Out&) {});
  EXPECT_THROW(audio->sender()->transform(pictures), TypeError);
  audio->sender()->transform(any);
  audio->sender()->transform(any);  // nothing new
  EXPECT_EQ(audio->sender()->transform(), RTCRtpTransform(any));
  EXPECT_EQ(audio->receiver()->transform(), std::nullopt);
  EXPECT_THROW(audio->receiver()->transform(any), InvalidStateError);
  EXPECT_THROW(video->sender()->transform(any), InvalidStateError);
  video->sender()->transform(pictures);
  video->sender()->transform(std::nullopt);
  EXPECT_THROW(video->sender()->transform(pictures), InvalidStateError);  // it was in use
}

TEST(Transform, IsLetGoOfWhenTheConnectionCloses) {
  const auto captured = std::make_shared<int>(1);
  RTCPeerConnection connection;
  const auto transceiver = connection.addTransceiver("audio");
  transceiver->sender()->transform([captured](const RTCEncodedAudioFrame&, const Out&) {});
  transceiver->receiver()->transform([captured](const RTCEncodedAudioFrame&, const Out&) {});
  EXPECT_EQ(captured.use_count(), 3);
  connection.close();
  EXPECT_EQ(captured.use_count(), 1);
}

TEST(Transform, AsksForKeyFrames) {
  Call call("video");
  std::vector<std::string> order;
  std::optional<Out> sending, receiving;
  Latch first, key;
  call.sender().transform([&](RTCEncodedVideoFrame frame, const Out& out) {
    if (!sending) sending = out;
    order.emplace_back(to_string(frame.type));
    out.write(std::move(frame));
  });
  call.pair.answerer.addEventListener<"track">([&](const RTCTrackEvent& event) {
    event.receiver->transform([&](const RTCEncodedVideoFrame&, const Out& out) {
      receiving = out;
      first.set();
    });
  });
  call.connect();
  ASSERT_TRUE(call.asked.wait());
  call.track->write(vp8_frame(Key, 1000, 0));
  ASSERT_TRUE(first.wait());
  EXPECT_THROW(on_loop([&] { return sending->generateKeyFrame("no rid"); }), TypeError);
  EXPECT_THROW(on_loop([&] { return sending->generateKeyFrame("other"); }), NotFoundError);
  EXPECT_THROW(on_loop([&] { return sending->sendKeyFrameRequest(); }), InvalidStateError);
  EXPECT_THROW(on_loop([&] { return receiving->generateKeyFrame(); }), InvalidStateError);
  on_loop([&] { return receiving->sendKeyFrameRequest(); });

  Latch asked_again;
  call.track->onkeyframerequest = [&] { asked_again.set(); };
  const auto promise = EventLoop::shared()->run(
      [&] { return sending->generateKeyFrame().then([&] { order.emplace_back("generated"); }); });
  ASSERT_TRUE(asked_again.wait());
  call.track->write(vp8_frame(Delta, 1000, 1));
  call.track->write(vp8_frame(Key, 1000, 2));
  promise.get(20s);
  EXPECT_THAT(order, testing::ElementsAre("key", "delta", "key", "generated"));
  call.pair.offerer.close();
  EXPECT_THROW(on_loop([&] { return sending->generateKeyFrame(); }), InvalidStateError);
}

}  // namespace
}  // namespace parley::transform_test
