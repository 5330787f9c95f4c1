// What a description tells of remote tracks and in which order: the last steps of webrtc-pc section 4.4.1.5 and
// "process remote tracks" of section 5.1.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using test::settle;
using namespace std::chrono_literals;
using enum RTCRtpTransceiverDirection;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Track = std::shared_ptr<MediaStreamTrack>;
using Stream = std::shared_ptr<MediaStream>;

/// Writes down what happens at the answerer. What it holds outlives the pair.
class TrackEvents : public testing::Test {
 protected:
  void follow_answerer() {
    RTCPeerConnection& pc = pair.answerer;
    pc.onsignalingstatechange = [this, &pc] { events.emplace_back(to_string(pc.signalingState())); };
    pc.ontrack = [this](const RTCTrackEvent& event) {
      events.emplace_back("track " + event.track->kind());
      tracks.push_back(event);
      for (const Stream& stream : event.streams) {
        streams.push_back(stream);
        stream->onaddtrack = [this](const MediaStreamTrackEvent& e) {
          events.push_back("addtrack " + e.track->kind());
        };
        stream->onremovetrack = [this](const MediaStreamTrackEvent& e) {
          events.push_back("removetrack " + e.track->kind());
        };
      }
      event.track->onmute = [this, kind = event.track->kind()] { events.push_back("mute " + kind); };
      event.track->onunmute = [this] { unmuted.set(); };
      event.track->onended = [this, kind = event.track->kind()] { events.push_back("ended " + kind); };
    };
  }
  /// An offer and its answer; what the offer brought is written down before "set".
  Promise<void> negotiate() {
    events.clear();
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    events.emplace_back("set");
    co_await pair.answerer.setLocalDescription();
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  }
  /// The answerer is followed and has got the offerer's track.
  void begin_with_sound() {
    follow_answerer();
    pair.offerer.addTrack(MediaStreamTrack::create("audio"), sent);
    transceiver = pair.offerer.getTransceivers().at(0);
    run([this] { return negotiate(); });
  }
  /// The answerer's track of that kind gets media, and so is no longer muted.
  void send_until_unmuted(const Track& track) {
    for (std::uint32_t i = 0; i < 2000 && !unmuted.is_set(); ++i) {
      track->write(test::audio_frame(80, i));
      EventLoop::shared()->delay(10ms).get();
    }
    ASSERT_TRUE(unmuted.is_set());
  }

  const Stream sent = MediaStream::create();
  std::shared_ptr<RTCRtpTransceiver> transceiver;
  std::vector<std::string> events;
  std::vector<RTCTrackEvent> tracks;
  std::vector<Stream> streams;
  Latch unmuted;
  Pair pair;
};

TEST_F(TrackEvents, ComeAfterTheStateAndBeforeThePromise) {
  follow_answerer();
  pair.offerer.addTrack(MediaStreamTrack::create("audio"), MediaStream::create());
  pair.offerer.addTrack(MediaStreamTrack::create("video"));
  run([&] { return negotiate(); });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "track audio", "track video", "set", "stable"));
  ASSERT_THAT(tracks, SizeIs(2));
  EXPECT_THAT(tracks[0].streams, SizeIs(1));
  EXPECT_THAT(tracks[1].streams, IsEmpty());
}

TEST_F(TrackEvents, AreMutesThenRemovalsThenAdditionsThenTracksThenEnds) {
  follow_answerer();
  const Track sound = MediaStreamTrack::create("audio");
  const auto stream = MediaStream::create();
  const auto audio = pair.offerer.addTrack(sound, stream);
  run([&] { return negotiate(); });
  send_until_unmuted(sound);
  pair.offerer.addTrack(MediaStreamTrack::create("video"), stream);
  run([&] { return negotiate(); });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "addtrack video", "track video", "set", "stable"));

  pair.offerer.removeTrack(audio);
  pair.offerer.getTransceivers().at(1)->stop();
  pair.offerer.addTrack(MediaStreamTrack::create("video"), stream);
  run([&] { return negotiate(); });
  settle();
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "mute audio", "removetrack audio", "removetrack video",
                                  "addtrack video", "track video", "set", "ended video", "stable"));
  ASSERT_THAT(streams, SizeIs(3));
  EXPECT_EQ(streams[0], streams[2]) << "one stream for one id";
  EXPECT_THAT(streams[0]->getTracks(), ElementsAre(tracks.back().track));
}

TEST_F(TrackEvents, ComeAgainForATrackThatIsSentAgain) {
  begin_with_sound();
  transceiver->direction(Inactive);
  run([&] { return negotiate(); });
  // It has never been unmuted, so that it is not muted now.
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "removetrack audio", "set", "stable"));
  EXPECT_THAT(streams.at(0)->getTracks(), IsEmpty());
  transceiver->direction(SendOnly);
  run([&] { return negotiate(); });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "addtrack audio", "track audio", "set", "stable"));
  ASSERT_THAT(tracks, SizeIs(2));
  EXPECT_EQ(tracks[0].track, tracks[1].track);
  EXPECT_EQ(tracks[0].transceiver, tracks[1].transceiver);
}

TEST_F(TrackEvents, OfTheAnswererItselfMuteButFireNothingOfATrackThatComesBackWithItsAnswer) {
  follow_answerer();
  pair.offerer.addTrack(MediaStreamTrack::create("audio"), MediaStream::create());
  run([&] { return negotiate(); });
  const auto theirs = pair.answerer.getTransceivers().at(0);
  theirs->direction(Inactive);
  run([&] { return negotiate(); });
  // The offer still sends; the answer does not receive.
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "set", "stable", "removetrack audio"));
  EXPECT_EQ(theirs->currentDirection(), Inactive);
  theirs->direction(RecvOnly);
  run([&] { return negotiate(); });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "addtrack audio", "track audio", "set", "stable"));
}

TEST_F(TrackEvents, AreNotOfWhatTheProgramDidToTheStreamItself) {
  begin_with_sound();
  const Stream theirs = streams.at(0);
  theirs->removeTrack(tracks.at(0).track);
  transceiver->direction(Inactive);
  run([&] { return negotiate(); });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "set", "stable"));
  theirs->addTrack(tracks.at(0).track);
  transceiver->direction(SendOnly);
  run([&] { return negotiate(); });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "track audio", "set", "stable"));
  EXPECT_THAT(theirs->getTracks(), SizeIs(1));
}

TEST_F(TrackEvents, OfARolledBackOfferAreTakenBack) {
  begin_with_sound();
  // What the offer would have taken comes back.
  transceiver->direction(Inactive);
  run([&]() -> Promise<void> {
    events.clear();
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Rollback));
    events.emplace_back("rolled back");
    co_await pair.offerer.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Rollback));
  });
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "removetrack audio", "stable", "addtrack audio", "track audio",
                                  "rolled back"));
  // What it would have brought goes.
  transceiver->direction(SendOnly);
  pair.offerer.addTrack(MediaStreamTrack::create("video"), sent);
  run([&]() -> Promise<void> {
    events.clear();
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Rollback));
    events.emplace_back("rolled back");
  });
  settle();
  EXPECT_THAT(events, ElementsAre("have-remote-offer", "addtrack video", "track video", "stable", "removetrack video",
                                  "rolled back", "ended video"));
  EXPECT_THAT(streams.at(0)->getTracks(), ElementsAre(tracks.at(0).track));
}

TEST_F(TrackEvents, OfAnAnswerAreItsOwn) {
  std::vector<std::string> heard;
  pair.offerer.ontrack = [&](const RTCTrackEvent& event) {
    heard.emplace_back("track in " + std::string(to_string(pair.offerer.signalingState())));
    EXPECT_THAT(event.streams, SizeIs(2));
  };
  (void)pair.offerer.addTransceiver("audio");
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    pair.answerer.addTrack(MediaStreamTrack::create("audio"), MediaStream::create(), MediaStream::create());
    co_await pair.answerer.setLocalDescription();
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
    heard.emplace_back("set");
  });
  EXPECT_THAT(heard, ElementsAre("track in stable", "set"));
  pair.offerer.close();
}

/// RFC 8830 section 4.1: all its tracks are in one stream. Who says that there is none has none.
TEST(TrackEventsOfAPeer, ThatSaysNothingOfStreamsHaveOne) {
  std::vector<std::size_t> streams;
  for (const std::string msid : {"", "a=msid:-\r\n", "a=msid:a\r\na=msid:b\r\n"}) {
    RTCPeerConnection pc(test::on_loopback()), peer(test::on_loopback());
    peer.addTransceiver("audio");
    pc.ontrack = [&](const RTCTrackEvent& event) { streams.push_back(event.streams.size()); };
    run([&]() -> Promise<void> {
      const RTCSessionDescriptionInit offer = co_await peer.createOffer();
      const std::regex ours("a=(msid|ssrc):[^\r]*\r\n");
      const RTCSessionDescriptionInit changed(RTCSdpType::Offer, std::regex_replace(offer.sdp, ours, "") + msid);
      co_await pc.setRemoteDescription(changed);
    });
  }
  EXPECT_THAT(streams, ElementsAre(1, 0, 2));
}

}  // namespace
}  // namespace parley
