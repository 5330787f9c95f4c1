// Frames that the library encrypts end to end: SFrameTransform on both sides of whole connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::sframe_test {
namespace {

using test::audio_frame;
using test::Latch;
using test::Pair;
using test::prefer;
using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;
using Bytes = std::vector<std::uint8_t>;

const Bytes kKey(16, 7), kOther(16, 8);

template <class F>
auto on_loop(F call) {
  return EventLoop::shared()->run(call).get(20s);
}

/// One peer sends to the other what nobody else can read.
struct Call {
  Call(const char* kind, std::string_view codec, SFrameTransformOptions options = {})
      : track(MediaStreamTrack::create(kind)),
        encrypts(std::make_shared<SFrameTransform>(options)),
        decrypts(std::make_shared<SFrameTransform>(options)) {
    const auto transceiver = pair.offerer.addTransceiver(track);
    prefer(transceiver, codec);
    sender = transceiver->sender();
    sender->transform(encrypts);
    track->onkeyframerequest = [this] { asked.set(); };
    pair.offerer.onconnectionstatechange = [this] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
    decrypts->onerror = [this](const SFrameTransformErrorEvent& event) {
      errors.push_back(event);
      failed.set();
    };
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) {
      receiver = event.receiver;
      event.receiver->transform(decrypts);
      event.track->onvideoframe = [this](const RTCEncodedVideoFrame& frame) {
        types.push_back(frame.type);
        take(frame.data);
      };
      event.track->onaudioframe = [this](const RTCEncodedAudioFrame& frame) { take(frame.data); };
    };
  }
  void take(const Bytes& data) {
    received.push_back(data);
    if (received.size() == wanted) done.set();
  }
  void connect() {
    on_loop([this] { return negotiated(); });
    ASSERT_TRUE(connected.wait());
    ASSERT_NE(receiver, nullptr);
  }
  Promise<void> negotiated() { co_await pair.negotiate(); }
  void set_keys(const Bytes& key, std::uint64_t id) const {
    decrypts->setEncryptionKey(key, id).get(20s);
    encrypts->setEncryptionKey(key, id).get(20s);
  }

  Latch connected, asked, done, failed;
  std::size_t wanted = 1;
  std::vector<Bytes> received;
  std::vector<RTCEncodedVideoFrameType> types;
  std::vector<SFrameTransformErrorEvent> errors;
  std::shared_ptr<MediaStreamTrack> track;
  std::shared_ptr<SFrameTransform> encrypts, decrypts;
  std::shared_ptr<RTCRtpSender> sender;
  std::shared_ptr<RTCRtpReceiver> receiver;
  Pair pair;
};

TEST(SFrameTransform, BringsVideoOverWithEverySuite) {
  using enum SFrameCipherSuite;
  for (const auto suite : {AES_128_CTR_HMAC_SHA256_80, AES_128_CTR_HMAC_SHA256_64, AES_128_CTR_HMAC_SHA256_32,
                           AES_128_GCM_SHA256_128, AES_256_GCM_SHA512_128}) {
    Call call("video", "video/VP8", {.cipherSuite = suite});
    call.wanted = 5;
    call.set_keys(kKey, 1);
    call.connect();
    ASSERT_TRUE(call.asked.wait());
    for (std::uint32_t i = 0; i < 5; ++i) call.track->write(vp8_frame(i == 0 ? Key : Delta, 3000, i));
    ASSERT_TRUE(call.done.wait()) << to_string(suite);
    for (std::uint32_t i = 0; i < 5; ++i)
      EXPECT_EQ(call.received[i], vp8_frame(i == 0 ? Key : Delta, 3000, i).data) << to_string(suite);
    EXPECT_THAT(call.types, testing::ElementsAre(Key, Delta, Delta, Delta, Delta));
    EXPECT_TRUE(call.errors.empty());
  }
}

/// Parameter sets, a message that is nobody's business, and a slice.
RTCEncodedVideoFrame h264_frame(RTCEncodedVideoFrameType type, std::uint32_t number) {
  RTCEncodedVideoFrame frame;
  frame.type = type;
  const auto add = [&](Bytes unit) {
    frame.data.insert(frame.data.end(), {0, 0, 0, 1});
    frame.data.insert(frame.data.end(), unit.begin(), unit.end());
  };
  if (type == Key) {
    add({0x67, 0x42, 0xE0, 0x1F, 0xDA, 0x02, 0x80, 0xF7, 0xE5, 0x40});
    add({0x68, 0xCE, 0x38, 0x80});
    add({0x06, 0x05, 0x11, 0x22, 0x80});
  }
  Bytes slice(4000, static_cast<std::uint8_t>(number + 4));
  slice[0] = type == Key ? 0x65 : 0x41;
  slice[1] = 0x88;
  add(slice);
  return frame;
}

TEST(SFrameTransform, LeavesKeyFramesOfH264KeyFrames) {
  Call call("video", "video/H264");
  call.wanted = 4;
  call.set_keys(kKey, 1);
  std::set<std::uint32_t> key_frames;  // by their timestamps
  call.connect();
  call.receiver->track()->onrtp = [&](const RTCRtpPacket& packet) {
    if (packet.beginsKeyFrame) key_frames.insert(packet.timestamp);
  };
  ASSERT_TRUE(call.asked.wait());
  for (std::uint32_t i = 0; i < 4; ++i) call.track->write(h264_frame(i % 2 == 0 ? Key : Delta, i));
  ASSERT_TRUE(call.done.wait());
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(call.received[i], h264_frame(i % 2 == 0 ? Key : Delta, i).data);
  EXPECT_THAT(call.types, testing::ElementsAre(Key, Delta, Key, Delta));
  EXPECT_EQ(key_frames.size(), 2U);  // so a server in between knows them, too
}

TEST(SFrameTransform, BringsSoundOverAndNobodyElseHearsIt) {
  Call call("audio", "audio/opus", {.cipherSuite = SFrameCipherSuite::AES_128_CTR_HMAC_SHA256_32});
  call.set_keys(kKey, 1);
  std::optional<RTCRtpPacket> seen;
  call.connect();
  call.receiver->track()->onrtp = [&](const RTCRtpPacket& packet) { seen = packet; };
  call.track->write(audio_frame(60, 1));
  ASSERT_TRUE(call.done.wait());
  EXPECT_EQ(call.received[0], audio_frame(60, 1).data);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->payload.size(), 60U + 1 + 4);
  EXPECT_NE(Bytes(seen->payload.begin() + 1, seen->payload.begin() + 61), audio_frame(60, 1).data);
}

TEST(SFrameTransform, TellsOfFramesThatAnotherKeyHasEncrypted) {
  Call call("video", "video/VP8");
  call.encrypts->setEncryptionKey(kKey, 1).get(20s);
  call.decrypts->setEncryptionKey(kOther, 1).get(20s);
  call.connect();
  ASSERT_TRUE(call.asked.wait());
  call.track->write(vp8_frame(Key, 3000, 1));
  ASSERT_TRUE(call.failed.wait());
  // With the right key it goes on.
  call.decrypts->setEncryptionKey(kKey, 1).get(20s);
  call.track->write(vp8_frame(Key, 3000, 2));
  ASSERT_TRUE(call.done.wait());
  EXPECT_THAT(call.received, testing::ElementsAre(vp8_frame(Key, 3000, 2).data));
  ASSERT_EQ(call.errors.size(), 1U);
  EXPECT_EQ(call.errors[0].errorType, SFrameTransformErrorEventType::Authentication);
  EXPECT_EQ(call.errors[0].keyID, std::nullopt);
  const auto& frame = std::get<RTCEncodedVideoFrame>(call.errors[0].frame);
  EXPECT_EQ(frame.type, Key);
  EXPECT_GT(frame.data.size(), 3000U);
}

/// What was encrypted before the receiver had its key is missing to those that follow.
TEST(SFrameTransform, GoesOnWithAKeyFrameAfterWhatItCouldNotRead) {
  Call call("video", "video/VP8");
  call.encrypts->setEncryptionKey(kKey, 1).get(20s);
  call.connect();
  ASSERT_TRUE(call.asked.wait());
  std::atomic<bool> again = false;
  call.wanted = 2;
  call.track->write(vp8_frame(Key, 3000, 1));
  ASSERT_TRUE(call.failed.wait());
  call.decrypts->setEncryptionKey(kKey, 1).get(20s);
  call.track->onkeyframerequest = [&] {
    if (again.exchange(true)) return;
    call.track->write(vp8_frame(Key, 3000, 3));
    call.track->write(vp8_frame(Delta, 3000, 4));
  };
  call.track->write(vp8_frame(Delta, 3000, 2));
  ASSERT_TRUE(call.done.wait());
  EXPECT_THAT(call.types, testing::ElementsAre(Key, Delta));
  EXPECT_THAT(call.received, testing::ElementsAre(vp8_frame(Key, 3000, 3).data, vp8_frame(Delta, 3000, 4).data));
}

TEST(SFrameTransform, TellsOfKeysThatItDoesNotKnowAndOfWhatIsNotEncrypted) {
  Call call("audio", "audio/opus");
  call.encrypts->setEncryptionKey(kKey, 1'000'000).get(20s);
  call.connect();
  call.track->write(audio_frame(60, 1));
  ASSERT_TRUE(call.failed.wait());
  Latch twice;
  call.decrypts->addEventListener<"error">([&] { twice.set(); });
  call.sender->transform(std::nullopt);
  RTCEncodedAudioFrame plain = audio_frame(2, 1);
  plain.data[0] = 0xFF;
  call.track->write(plain);
  ASSERT_TRUE(twice.wait());
  EventLoop::shared()->run([] {});
  ASSERT_EQ(call.errors.size(), 2U);
  EXPECT_EQ(call.errors[0].errorType, SFrameTransformErrorEventType::KeyID);
  EXPECT_EQ(call.errors[0].keyID, 1'000'000U);
  EXPECT_EQ(call.errors[1].errorType, SFrameTransformErrorEventType::Syntax);
  EXPECT_EQ(std::get<RTCEncodedAudioFrame>(call.errors[1].frame).data, plain.data);
  EXPECT_TRUE(call.received.empty());
}

TEST(SFrameTransform, GoesOverToAnotherKey) {
  Call call("audio", "audio/opus");
  call.wanted = 30;
  call.set_keys(kKey, 1);
  call.connect();
  for (std::uint32_t i = 0; i < 30; ++i) {
    if (i % 10 == 9) call.set_keys(i == 9 ? kOther : kKey, i);  // the receiver first
    call.track->write(audio_frame(60, i));
  }
  ASSERT_TRUE(call.done.wait());
  for (std::uint32_t i = 0; i < 30; ++i) EXPECT_EQ(call.received[i], audio_frame(60, i).data);
  EXPECT_TRUE(call.errors.empty());
}

TEST(SFrameTransform, SendsNothingWithoutAKey) {
  Call call("audio", "audio/opus");
  call.connect();
  call.track->write(audio_frame(60, 1));
  EventLoop::shared()->run([] {});
  call.set_keys(kKey, 1);
  call.track->write(audio_frame(60, 2));
  ASSERT_TRUE(call.done.wait());
  EXPECT_EQ(call.received[0], audio_frame(60, 2).data);
  EXPECT_TRUE(call.errors.empty());
}

TEST(SFrameTransform, RefusesAnEmptyKey) {
  SFrameTransform transform;
  EXPECT_THROW(transform.setEncryptionKey({}).get(20s), InvalidModificationError);
}

TEST(SFrameTransform, BelongsToOneSenderOrReceiver) {
  RTCPeerConnection connection;
  const auto audio = connection.addTransceiver("audio"), video = connection.addTransceiver("video");
  const auto transform = std::make_shared<SFrameTransform>();
  audio->sender()->transform(transform);
  audio->sender()->transform(transform);  // nothing new
  EXPECT_EQ(audio->sender()->transform(), RTCRtpTransform(transform));
  EXPECT_THROW(audio->receiver()->transform(transform), InvalidStateError);
  EXPECT_THROW(video->sender()->transform(transform), InvalidStateError);
  audio->sender()->transform(nullptr);
  EXPECT_EQ(audio->sender()->transform(), std::nullopt);
  EXPECT_THROW(audio->sender()->transform(transform), InvalidStateError);  // it was in use
}

TEST(SFrameTransform, IsNotKeptByAConnectionThatIsClosed) {
  RTCPeerConnection connection;
  const auto sender = connection.addTransceiver("audio")->sender();
  connection.close();
  auto transform = std::make_shared<SFrameTransform>();
  const std::weak_ptr<SFrameTransform> weak = transform;
  sender->transform(std::exchange(transform, nullptr));
  EXPECT_TRUE(weak.expired());
}

TEST(SFrameTransform, IsLetGoOfWhenTheConnectionCloses) {
  RTCPeerConnection connection;
  auto transform = std::make_shared<SFrameTransform>();
  transform->onerror = [transform] {};
  const std::weak_ptr<SFrameTransform> weak = transform;
  connection.addTransceiver("audio")->sender()->transform(std::exchange(transform, nullptr));
  EXPECT_FALSE(weak.expired());
  connection.close();
  EXPECT_TRUE(weak.expired());
}

}  // namespace
}  // namespace parley::sframe_test
