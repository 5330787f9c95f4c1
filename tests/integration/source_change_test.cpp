// Who is heard at the moment: ssrcchange and csrcchange of webrtc-extensions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::source_change_test {
namespace {

using test::audio_frame;
using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

Promise<void> negotiated(Pair& pair) { co_await pair.negotiate(); }

/// What a server would change on the way, a transform changes here.
TEST(SourceChange, IsToldAfterTheFrameWithTheSourcesThatAreNew) {
  Pair pair;
  const auto track = MediaStreamTrack::create("audio");
  pair.offerer.addTrack(track);
  std::shared_ptr<RTCRtpReceiver> receiver;
  std::vector<std::string> heard;
  Latch connected, done;
  int frames = 0;
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    receiver = event.receiver;
    receiver->transform([&](RTCEncodedAudioFrame frame, const RTCRtpScriptTransformer& out) {
      ++frames;
      frame.metadata.synchronizationSource = frames < 4 ? 11 : 12;
      frame.metadata.contributingSources.clear();
      if (frames == 3) frame.metadata.contributingSources = {7};
      if (frames >= 4) frame.metadata.contributingSources = {7, 8};
      if (frames >= 4) frame.metadata.contributor_levels = {0, 127};
      out.write(std::move(frame));
    });
    receiver->track()->onaudioframe = [&] {
      heard.push_back("frame " + std::to_string(frames));
      if (frames == 6) done.set();
    };
    receiver->onssrcchange = [&](const Event& change) {
      heard.push_back(std::string(change.type) + ' ' + std::to_string(receiver->getSynchronizationSources()[0].source));
    };
    receiver->oncsrcchange = [&](const Event& change) {
      heard.push_back(std::string(change.type) + ' ' + std::to_string(receiver->getContributingSources().size()));
    };
  };
  EventLoop::shared()->run([&] { return negotiated(pair); }).get(20s);
  ASSERT_TRUE(connected.wait());
  for (std::uint32_t i = 0; i < 6; ++i) track->write(audio_frame(60, i));
  ASSERT_TRUE(done.wait());
  EventLoop::shared()->run([] {});
  EXPECT_THAT(heard, testing::ElementsAre("frame 1", "ssrcchange 11", "frame 2", "frame 3", "csrcchange 1", "frame 4",
                                          "ssrcchange 12", "csrcchange 2", "frame 5", "frame 6"));
  const auto contributors = receiver->getContributingSources();
  ASSERT_EQ(contributors.size(), 2U);
  EXPECT_EQ(contributors[0].source, 8U);
  EXPECT_EQ(contributors[0].audioLevel, 0.0);
  EXPECT_EQ(contributors[1].audioLevel, 1.0);
}

/// Without a transform: what a program that mixes says of its frames.
TEST(SourceChange, TellsWhomAMixerHasPutTogether) {
  Latch connected, heard;
  const auto track = MediaStreamTrack::create("audio");
  std::shared_ptr<RTCRtpReceiver> receiver;
  Pair pair;
  pair.offerer.addTrack(track);
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    receiver = event.receiver;
    receiver->oncsrcchange = [&] { heard.set(); };
  };
  EventLoop::shared()->run([&] { return negotiated(pair); }).get(20s);
  ASSERT_TRUE(connected.wait());
  track->write(audio_frame(60, 0));
  auto mixed = audio_frame(60, 1);
  mixed.metadata.contributingSources = {31, 32};
  track->write(mixed);
  ASSERT_TRUE(heard.wait());
  std::vector<std::uint32_t> sources;
  for (const auto& one : receiver->getContributingSources()) sources.push_back(one.source);
  EXPECT_THAT(sources, testing::UnorderedElementsAre(31U, 32U));
}

TEST(SourceChange, IsNotToldWhenTheConnectionIsClosed) {
  RTCPeerConnection connection;
  const auto captured = std::make_shared<int>(1);
  const auto receiver = connection.addTransceiver("audio")->receiver();
  receiver->onssrcchange = [captured] {};
  connection.close();
  EXPECT_EQ(captured.use_count(), 1);
}

}  // namespace
}  // namespace parley::source_change_test
