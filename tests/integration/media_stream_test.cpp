// MediaStream and MediaStreamTrack by themselves, and tracks whose source is a peer: Media Capture and Streams
// section 4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::settle;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(MediaStreamTrack, OfTheProgramIsLiveEnabledAndNotMuted) {
  const auto track = MediaStreamTrack::create("audio", "microphone");
  EXPECT_EQ(track->kind(), "audio");
  EXPECT_EQ(track->label(), "microphone");
  EXPECT_THAT(track->id(), SizeIs(36));
  EXPECT_NE(track->id(), MediaStreamTrack::create("audio")->id());
  EXPECT_TRUE(track->enabled());
  EXPECT_FALSE(track->muted());
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Live);
  EXPECT_THROW(MediaStreamTrack::create("text"), TypeError);
  EXPECT_THROW(MediaStreamTrack::create(""), TypeError);
}

TEST(MediaStreamTrack, StopIsForGoodAndSilent) {
  bool ended = false;
  const auto track = MediaStreamTrack::create("video");
  track->onended = [&] { ended = true; };
  track->stop();
  track->stop();
  settle();
  EXPECT_FALSE(ended);
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Ended);
  track->enabled(false);
  EXPECT_FALSE(track->enabled());
  // It may be added to a connection, which it gives nothing.
  RTCPeerConnection pc(test::on_loopback());
  EXPECT_EQ(pc.addTrack(track)->track(), track);
}

TEST(MediaStreamTrack, CloneHasTheSameSourceAndALifeOfItsOwn) {
  const auto track = MediaStreamTrack::create("audio", "line in");
  track->enabled(false);
  const auto clone = track->clone();
  EXPECT_NE(clone->id(), track->id());
  EXPECT_EQ(clone->kind(), "audio");
  EXPECT_EQ(clone->label(), "line in");
  EXPECT_FALSE(clone->enabled());
  clone->enabled(true);
  EXPECT_FALSE(track->enabled());
  clone->stop();
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Live);
  EXPECT_EQ(clone->clone()->readyState(), MediaStreamTrackState::Ended);
  // A clone is another track: both have senders of one connection.
  RTCPeerConnection pc(test::on_loopback());
  EXPECT_NE(pc.addTrack(track), pc.addTrack(track->clone()));
}

TEST(MediaStream, KeepsTracksOnceInTheirOrder) {
  int told = 0;
  const auto audio = MediaStreamTrack::create("audio"), video = MediaStreamTrack::create("video");
  const auto stream = MediaStream::create({video, audio, video});
  stream->onaddtrack = [&] { ++told; };
  stream->onremovetrack = [&] { ++told; };
  EXPECT_THAT(stream->getTracks(), ElementsAre(video, audio));
  EXPECT_THAT(stream->getAudioTracks(), ElementsAre(audio));
  EXPECT_THAT(stream->getVideoTracks(), ElementsAre(video));
  EXPECT_EQ(stream->getTrackById(audio->id()), audio);
  EXPECT_EQ(stream->getTrackById("nothing"), nullptr);
  stream->addTrack(audio);
  stream->removeTrack(MediaStreamTrack::create("audio"));
  EXPECT_THAT(stream->getTracks(), ElementsAre(video, audio));
  stream->removeTrack(video);
  EXPECT_THAT(stream->getTracks(), ElementsAre(audio));
  EXPECT_THROW(stream->addTrack(nullptr), TypeError);
  EXPECT_THROW(stream->removeTrack(nullptr), TypeError);
  settle();
  EXPECT_EQ(told, 0) << "what the program does is no news to it";
}

TEST(MediaStream, IsActiveWhileATrackIsLive) {
  EXPECT_FALSE(MediaStream::create()->active());
  const auto one = MediaStreamTrack::create("audio"), other = MediaStreamTrack::create("video");
  const auto stream = MediaStream::create({one, other});
  EXPECT_TRUE(stream->active());
  one->stop();
  EXPECT_TRUE(stream->active());
  other->stop();
  EXPECT_FALSE(stream->active());
}

TEST(MediaStream, CloneHasClonesOfItsTracks) {
  const auto track = MediaStreamTrack::create("video");
  const auto stream = MediaStream::create({track});
  const auto clone = stream->clone();
  EXPECT_NE(clone->id(), stream->id());
  ASSERT_THAT(clone->getTracks(), SizeIs(1));
  EXPECT_NE(clone->getTracks()[0]->id(), track->id());
  clone->getTracks()[0]->stop();
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Live);
}

/// A track of the peer and two clones of it, of which the program stops one.
class RemoteTrack : public testing::Test {
 protected:
  RemoteTrack() {
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) {
      track = event.track;
      clone = track->clone();
      stopped = track->clone();
      stopped->stop();
      for (const auto& [one, name] :
           {std::pair(track, "track"), std::pair(clone, "clone"), std::pair(stopped, "stopped")}) {
        one->onmute = [this, name = std::string(name)] { events.push_back(name + " mute"); };
        one->onunmute = [this, name = std::string(name)] { events.push_back(name + " unmute"); };
        one->onended = [this, name = std::string(name)] { events.push_back(name + " ended"); };
      }
      clone->onaudioframe = [this] { heard.set(); };
    };
    pair.offerer.addTrack(sent);
    EventLoop::shared()->run([this] { return pair.negotiate(); }).get(20s);
  }
  std::vector<std::string> events;
  Latch heard;
  std::shared_ptr<MediaStreamTrack> sent = MediaStreamTrack::create("audio"), track, clone, stopped;
  Pair pair;
};

TEST_F(RemoteTrack, HasTheLabelOfOneAndIsMutedUntilMediaArrives) {
  ASSERT_TRUE(track);
  EXPECT_EQ(track->label(), "remote audio");
  EXPECT_NE(track->id(), sent->id());
  EXPECT_TRUE(track->muted());
  EXPECT_TRUE(clone->muted());
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Live);
}

TEST_F(RemoteTrack, AndItsClonesFollowTheirSource) {
  ASSERT_TRUE(track);
  for (std::uint32_t i = 0; i < 2000 && !heard.is_set(); ++i) {
    sent->write(test::audio_frame(80, i));
    EventLoop::shared()->delay(10ms).get();
  }
  ASSERT_TRUE(heard.is_set());
  EXPECT_THAT(events, ElementsAre("track unmute", "clone unmute"));
  events.clear();
  pair.offerer.getTransceivers().at(0)->direction(RTCRtpTransceiverDirection::Inactive);
  EventLoop::shared()->run([this] { return pair.negotiate(); }).get(20s);
  EXPECT_THAT(events, ElementsAre("track mute", "clone mute"));
  EXPECT_TRUE(clone->muted());
  events.clear();
  track->stop();
  EXPECT_EQ(clone->readyState(), MediaStreamTrackState::Live);
  pair.answerer.close();
  EXPECT_THAT(events, ElementsAre("clone ended"));
  EXPECT_EQ(clone->readyState(), MediaStreamTrackState::Ended);
}

/// Whoever signals over a data channel has an offer applied in a task, before which the first packet of media may come.
TEST(MediaStreamTrack, StaysMutedIfItsFirstPacketIsBehindTheOfferThatEndsIt) {
  const auto near = EventLoop::create(), far = EventLoop::create();
  const auto sent = MediaStreamTrack::create("audio", {}, near);
  std::shared_ptr<MediaStreamTrack> track;
  std::vector<std::string> events;
  std::optional<RTCSessionDescription> offer;
  Latch open, busy, free, applied;
  Pair pair(test::on_loopback(near), test::on_loopback(far));
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    track = event.track;
    track->onmute = [&] { events.emplace_back("mute"); };
    track->onunmute = [&] { events.emplace_back("unmute"); };
  };
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&] {
      pair.answerer.setRemoteDescription(*offer).then([&] { applied.set(); });
      busy.set();
      (void)free.wait();  // what comes meanwhile is read before the description is applied
    };
  };
  pair.offerer.addTrack(sent);
  const auto channel = pair.offerer.createDataChannel("signaling");
  channel->onopen = [&] { open.set(); };
  pair.negotiate().get(20s);
  ASSERT_TRUE(open.wait());
  pair.offerer.getTransceivers().at(0)->direction(RTCRtpTransceiverDirection::Inactive);
  pair.offerer.setLocalDescription().get(20s);
  far->run([&offer, made = pair.offerer.localDescription()] { offer = made; });  // where it is read
  channel->send("there is an offer");
  ASSERT_TRUE(busy.wait());
  sent->write(test::audio_frame(80, 1));
  near->delay(100ms).get(20s);
  free.set();
  ASSERT_TRUE(applied.wait());
  settle(*far);
  EXPECT_TRUE(track->muted());
  EXPECT_THAT(events, IsEmpty());
}

}  // namespace
}  // namespace parley
