// RTCDTMFSender over whole connections: webrtc-pc section 7.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using testing::ElementsAre;
using namespace std::chrono_literals;

/// One peer sends audio to the other.
struct ToneCall {
  ToneCall() {
    transceiver = pair.offerer.addTransceiver(track);
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) {
      event.track->ontone = [this](const ToneEvent& heard_tone) {
        heard += heard_tone.tone;
        if (heard.size() == wanted) all_heard.set();
      };
    };
    pair.offerer.onconnectionstatechange = [this] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
    dtmf().ontonechange = [this](const RTCDTMFToneChangeEvent& event) {
      changes.push_back(event.tone + "/" + dtmf().toneBuffer());
      if (event.tone.empty()) over.set();
    };
  }
  RTCDTMFSender& dtmf() { return *transceiver->sender()->dtmf(); }
  void connect() {
    EventLoop::shared()->run([this] { return negotiated(); }).get(20s);
    ASSERT_TRUE(connected.wait());
  }
  Promise<void> negotiated() { co_await pair.negotiate(); }

  std::string heard;
  std::vector<std::string> changes;
  std::size_t wanted = 0;
  Latch connected, over, all_heard;
  std::shared_ptr<MediaStreamTrack> track = MediaStreamTrack::create("audio");
  std::shared_ptr<RTCRtpTransceiver> transceiver;
  Pair pair;
};

TEST(Dtmf, ThePeerHearsTheKeysInOrder) {
  ToneCall call;
  call.wanted = 6;
  call.connect();
  ASSERT_TRUE(call.dtmf().canInsertDTMF());
  call.dtmf().insertDTMF("15d#*0", 40, 30);
  ASSERT_TRUE(call.over.wait());
  ASSERT_TRUE(call.all_heard.wait());
  EXPECT_EQ(call.heard, "15D#*0");
  EXPECT_THAT(call.changes, ElementsAre("1/5D#*0", "5/D#*0", "D/#*0", "#/*0", "*/0", "0/", "/"));
}

TEST(Dtmf, SoundGoesOnAfterATone) {
  ToneCall call;
  Latch sound;
  call.wanted = 1;
  call.pair.answerer.addEventListener<"track">([&](const RTCTrackEvent& event) {
    event.track->onaudioframe = [&](const RTCEncodedAudioFrame& frame) {
      EXPECT_EQ(frame.metadata.mimeType, "audio/opus");
      if (frame.data == test::audio_frame(60, 2).data) sound.set();
    };
  });
  call.connect();
  call.track->write(test::audio_frame(60, 1));
  call.dtmf().insertDTMF("7", 40, 30);
  ASSERT_TRUE(call.over.wait());
  call.track->write(test::audio_frame(60, 2));
  EXPECT_TRUE(sound.wait());
  ASSERT_TRUE(call.all_heard.wait());
  EXPECT_EQ(call.heard, "7");
}

TEST(Dtmf, TonesAreReplacedAndStopped) {
  ToneCall call;
  call.connect();
  call.dtmf().addEventListener<"tonechange">([&](const RTCDTMFToneChangeEvent& event) {
    if (event.tone == "3") call.dtmf().insertDTMF("");
  });
  EventLoop::shared()->run([&] {
    call.dtmf().insertDTMF("1,2", 40, 30);
    call.dtmf().insertDTMF("3,4", 40, 30);  // instead, and played by the same task
    EXPECT_EQ(call.dtmf().toneBuffer(), "3,4");
  });
  ASSERT_TRUE(call.over.wait());
  EXPECT_THAT(call.changes, ElementsAre("3/,4", "/"));
}

TEST(Dtmf, RefusesWhatCannotBePlayed) {
  ToneCall call;
  EXPECT_FALSE(call.dtmf().canInsertDTMF());
  EXPECT_THROW(call.dtmf().insertDTMF("1"), InvalidStateError);
  EXPECT_THROW(call.dtmf().insertDTMF("x"), InvalidStateError);  // the state comes first
  call.connect();
  EXPECT_THROW(call.dtmf().insertDTMF("12x"), InvalidCharacterError);
  EXPECT_EQ(call.dtmf().toneBuffer(), "");

  call.transceiver->sender()->replaceTrack(nullptr).get(20s);
  EXPECT_FALSE(call.dtmf().canInsertDTMF());
  call.transceiver->sender()->replaceTrack(call.track).get(20s);
  EXPECT_TRUE(call.dtmf().canInsertDTMF());

  auto parameters = EventLoop::shared()->run([&] {
    auto changed = call.transceiver->sender()->getParameters();
    changed.encodings[0].active = false;
    return call.transceiver->sender()->setParameters(std::move(changed));
  });
  parameters.get(20s);
  EXPECT_FALSE(call.dtmf().canInsertDTMF());

  call.pair.offerer.close();
  EXPECT_FALSE(call.dtmf().canInsertDTMF());
  EXPECT_THROW(call.dtmf().insertDTMF("1"), InvalidStateError);
}

TEST(Dtmf, NeedsItsFormatAndTheDirection) {
  ToneCall call;
  std::vector<RTCRtpCodec> opus;
  const auto known = RTCRtpSender::getCapabilities("audio");
  for (const RTCRtpCodec& codec : known->codecs)
    if (codec.mimeType == "audio/opus") opus.push_back(codec);
  call.transceiver->setCodecPreferences(opus);
  call.connect();
  EXPECT_FALSE(call.dtmf().canInsertDTMF());

  ToneCall other;
  other.transceiver->direction(RTCRtpTransceiverDirection::RecvOnly);
  const auto channel = other.pair.offerer.createDataChannel("so that there is a transport");
  other.connect();
  EXPECT_FALSE(other.dtmf().canInsertDTMF());
}

TEST(Dtmf, BelongsToSendersOfAudio) {
  RTCPeerConnection connection;
  const auto audio = connection.addTransceiver("audio"), video = connection.addTransceiver("video");
  EXPECT_EQ(video->sender()->dtmf(), nullptr);
  ASSERT_NE(audio->sender()->dtmf(), nullptr);
  EXPECT_EQ(audio->sender()->dtmf(), audio->sender()->dtmf());
}

}  // namespace
}  // namespace parley
