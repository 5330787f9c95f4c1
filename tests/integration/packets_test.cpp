// Packets instead of frames: heard and passed on over whole connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::packets_test {
namespace {

using test::Latch;
using test::Pair;
using test::prefer;
using test::run;
using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;

Promise<void> negotiated(Pair& pair) { co_await pair.negotiate(); }

/// Packets wait for the end of the turn; a frame behind them does not overtake them.
TEST(Media, PacketsAndFramesOfOneTurnGoToAllReceiversInOrder) {
  const auto track = MediaStreamTrack::create("video");
  Pair pairs[2];
  std::vector<std::vector<std::uint8_t>> seen[2];
  Latch asked, all[2];
  int requests = 0;
  track->onkeyframerequest = [&] {
    if (++requests == 2) asked.set();  // both senders have begun
  };
  for (std::size_t i = 0; i < 2; ++i) {
    (void)pairs[i].offerer.addTrack(track);
    prefer(pairs[i].offerer.getTransceivers().at(0), "video/VP8");
    pairs[i].answerer.ontrack = [&, i](const RTCTrackEvent& event) {
      event.track->onvideoframe = [&, i](const RTCEncodedVideoFrame& frame) {
        seen[i].push_back(frame.data);
        if (seen[i].size() == 3) all[i].set();
      };
    };
    run([&] { return negotiated(pairs[i]); });
  }
  ASSERT_TRUE(asked.wait());
  const auto key = vp8_frame(Key, 500, 0), second = vp8_frame(Delta, 500, 1), third = vp8_frame(Delta, 500, 2);
  EventLoop::shared()->run([&] {
    std::uint16_t number = 7;
    const auto write_packet = [&](const RTCEncodedVideoFrame& frame) {
      std::vector<std::uint8_t> payload{0x10};
      payload.insert(payload.end(), frame.data.begin(), frame.data.end());
      track->write(RTCRtpPacket{.mimeType = "video/VP8",
                                .marker = true,
                                .sequenceNumber = number,
                                .timestamp = 3000U * number,
                                .synchronizationSource = 1,
                                .payload = payload});
      ++number;
    };
    write_packet(key);
    track->write(second);
    write_packet(third);
  });
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(all[i].wait()) << i;
    EXPECT_EQ(seen[i][0], key.data);
    EXPECT_EQ(seen[i][1], second.data);
    EXPECT_EQ(seen[i][2], third.data);
  }
}

TEST(Media, PacketsAreHeardAndWrittenLikeFrames) {
  constexpr std::uint32_t kFrames = 20;
  std::vector<RTCRtpPacket> heard;
  std::vector<RTCEncodedVideoFrame> seen;
  Latch all, asked;
  const auto track = MediaStreamTrack::create("video"), passed_on = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> middle, remote;
  track->onkeyframerequest = [&] { asked.set(); };
  {
    Pair in, out;
    (void)in.offerer.addTrack(track);
    (void)out.offerer.addTrack(passed_on);
    prefer(in.offerer.getTransceivers().at(0), "video/VP8");
    prefer(out.offerer.getTransceivers().at(0), "video/VP8");
    in.answerer.ontrack = [&](const RTCTrackEvent& event) {
      middle = event.track;
      middle->onrtp = [&](const RTCRtpPacket& packet) {
        heard.push_back(packet);
        passed_on->write(packet);
      };
    };
    out.answerer.ontrack = [&](const RTCTrackEvent& event) {
      remote = event.track;
      remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
        seen.push_back(frame);
        if (seen.size() == kFrames) all.set();
      };
    };
    run([&] { return negotiated(out); });
    run([&] { return negotiated(in); });
    ASSERT_TRUE(asked.wait());
    for (std::uint32_t i = 0; i < kFrames; ++i) track->write(vp8_frame(i == 0 ? Key : Delta, 3000, i));
    ASSERT_TRUE(all.wait());
    EXPECT_THROW(middle->write(RTCRtpPacket{}), InvalidStateError);
    EXPECT_THROW(track->write(RTCRtpPacket{.mimeType = "audio/opus"}), TypeError);
  }
  ASSERT_EQ(heard.size(), kFrames * 3);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    EXPECT_EQ(heard[i].mimeType, "video/VP8");
    EXPECT_EQ(heard[i].sequenceNumber, static_cast<std::uint16_t>(heard[0].sequenceNumber + i));
    EXPECT_EQ(heard[i].marker, i % 3 == 2);
    EXPECT_EQ(heard[i].beginsKeyFrame, i == 0);
    EXPECT_GT(heard[i].payload.size(), 900U);  // which is still there
    EXPECT_NE(heard[i].owner, nullptr);
  }
  for (std::uint32_t i = 0; i < kFrames; ++i) EXPECT_EQ(seen.at(i).data, vp8_frame(i == 0 ? Key : Delta, 3000, i).data);
}

}  // namespace
}  // namespace parley::packets_test
