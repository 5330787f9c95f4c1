// Two sessions over a path that loses, delays and reorders, in virtual time.
#include <gmock/gmock.h>

#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"
#include "video_call.hpp"

namespace parley::media::test::session_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(MediaSession, AsksForAKeyFrameWhenSendingBegins) {
  VideoCall call;
  EXPECT_THAT(call.left->requests, ElementsAre(testing::Pair(kVideo, "")));
}

TEST(MediaSession, FramesArriveInOrderOnAGoodPath) {
  VideoCall call;
  call.stream(100);
  ASSERT_THAT(call.right->frames, SizeIs(100));
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo));
  EXPECT_THAT(call.keys, ElementsAre(0));  // nobody asks for another
  for (std::size_t i = 0; i < 100; ++i) {
    const ReceivedFrame& frame = call.right->frames[i];
    EXPECT_EQ(frame.arrived.frame.data, vp8(i == 0, 4000, static_cast<std::uint8_t>(i)));
    EXPECT_EQ(frame.arrived.frame.info.key_frame, i == 0);
    EXPECT_EQ(frame.source, kEncoding.source);
    EXPECT_EQ(frame.codec, "VP8");
  }
}

TEST(MediaSession, TimesGoOnWhereFramesAreCountedAnew) {
  VideoCall call;
  const Bytes data = vp8(true, 100, 0);
  const auto send = [&](std::chrono::microseconds timestamp) {
    OutgoingFrame frame = frame_of(data, true);
    frame.timestamp = timestamp;
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame, call.now));
  };
  const auto told = [&] { return call.right->frames.back().arrived.timestamp; };
  for (const auto& timestamp : {60s, 61s, 62s}) {
    send(timestamp);
    call.run(1s);
  }
  const std::uint32_t before = told();
  send(61'900ms);  // decoded before the one that it is shown after
  call.run(1s);
  EXPECT_EQ(told(), before - 9000);
  send(0s);  // after a pause
  call.run(1s);
  const std::uint32_t anew = told();
  EXPECT_EQ(anew, before + 2 * 90000);
  send(1s);
  call.run(1s);
  EXPECT_EQ(told(), anew + 90000);
  send(1000s);  // of another source
  call.run(1s);
  EXPECT_EQ(told(), anew + 2 * 90000);
}

TEST(MediaSession, AKeyFrameOfOnePacketIsEnough) {
  VideoCall call;
  call.stream(10, 100);
  EXPECT_THAT(call.right->frames, SizeIs(10));
  EXPECT_THAT(call.keys, ElementsAre(0));
}

/// There are no key frames of audio, whatever a peer asks for.
TEST(MediaSession, NobodyIsAskedForAKeyFrameOfAudio) {
  Call call;
  call.left->session.configure({sending(audio_section(), {kEncoding})});
  call.connect();
  Bytes packet;
  rtp::write(rtp::PictureLoss{Ssrc(1), kEncoding.source}, packet);
  rtp::write(rtp::FullIntraRequest{Ssrc(1), {{kEncoding.source, 1}}}, packet);
  call.left->session.receive_rtcp(packet, call.now);
  EXPECT_THAT(call.left->requests, IsEmpty());
}

TEST(FeedbackClock, GoesRoundAndNeverEnds) {
  constexpr Duration kCycle = 64ms * (1 << 24);
  FeedbackClock clock;
  EXPECT_EQ(clock.unwrap(kCycle / 2 - 1s), kCycle / 2 - 1s);
  EXPECT_EQ(clock.unwrap(-kCycle / 2 + 1s), kCycle / 2 + 1s);
  EXPECT_EQ(clock.unwrap(kCycle / 2 - 1s), kCycle / 2 - 1s);
  // A peer that makes time pass as fast as it can: 300 years are the end of numbers.
  Duration told{};
  for (int i = 0; i < 100'000; ++i) {
    const Duration answer = clock.unwrap(told);
    ASSERT_EQ((answer - told) % kCycle, 0s);
    ASSERT_LE(std::chrono::abs(answer), 1000 * kCycle);
    told += kCycle / 3;
    if (told > kCycle / 2) told -= kCycle;
  }
}

TEST(MediaSession, AudioIsNeitherHeldUpNorReordered) {
  Call call(5);
  call.left->session.configure({sending(audio_section(), {kEncoding})});
  call.right->session.configure({receiving(audio_section())});
  call.connect();
  call.to_right = {.loss = 0.1, .delay = 20ms, .jitter = 30ms};
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Bytes data(60, static_cast<std::uint8_t>(i));
    ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = data, .audio_level = 30}, call.now));
    call.run(20ms);
  }
  call.run(1s);
  EXPECT_GT(call.right->frames.size(), 160U);
  EXPECT_LT(call.right->frames.size(), 195U);
  for (std::size_t i = 0; i < call.right->frames.size(); ++i) {
    EXPECT_EQ(call.right->frames[i].arrived.audio_level, 30);
    if (i > 0) {
      EXPECT_GT(call.right->frames[i].arrived.frame.data[0], call.right->frames[i - 1].arrived.frame.data[0]);
    }
  }
}

TEST(MediaSession, LayersArriveByTheirRid) {
  Call call(6);
  std::vector<Encoding> encodings{{.source = Ssrc(1), .retransmission = Ssrc(2), .rid = "hi"},
                                  {.source = Ssrc(3), .retransmission = Ssrc(4), .rid = "lo"}};
  call.left->session.configure({sending(video_section(), encodings)});
  call.right->session.configure({receiving(video_section())});
  call.connect();
  call.to_right.loss = 0.1;
  EXPECT_THAT(call.left->requests, ElementsAre(testing::Pair(kVideo, "hi"), testing::Pair(kVideo, "lo")));
  std::map<std::string, int> arrived;
  for (std::uint32_t i = 0; i < 100; ++i)
    for (const char* rid : {"hi", "lo"}) {
      const bool key =
          std::erase_if(call.left->requests, [&](const auto& request) { return request.second == rid; }) > 0;
      const Bytes data = vp8(key, rid[0] == 'h' ? 5000 : 500, 7);
      ASSERT_TRUE(call.left->session.send(kVideo, rid, frame_of(data, key), call.now));
      call.run(15ms);
    }
  call.run(1s);
  for (const ReceivedFrame& frame : call.right->frames) {
    ++arrived[frame.rid];
    EXPECT_EQ(frame.arrived.frame.data.size(), frame.rid == "hi" ? 5000U : 500U);
  }
  EXPECT_GE(arrived["hi"], 90);
  EXPECT_GE(arrived["lo"], 90);
}

TEST(MediaSession, WhatIsNotNegotiatedIsRefusedByType) {
  Call call;
  Encoding layer = kEncoding;
  layer.rid = "h";
  call.left->session.configure({sending(video_section(), {layer})});
  const Bytes data = vp8(true, 100, 1);
  EXPECT_EQ(call.left->session.send(kVideo, "", frame_of(data, true), call.now).error().kind,
            ErrorKind::InvalidStateError);
  call.connect();
  EXPECT_EQ(call.left->session.send(kAudio, "", frame_of(data, true), call.now).error().kind,
            ErrorKind::InvalidStateError);
  EXPECT_EQ(call.left->session.send(kVideo, "x", frame_of(data, true), call.now).error().kind,
            ErrorKind::InvalidAccessError);
  OutgoingFrame other = frame_of(data, true);
  other.codec = "AV1";
  EXPECT_EQ(call.left->session.send(kVideo, "", other, call.now).error().kind, ErrorKind::InvalidAccessError);
  EXPECT_EQ(call.left->session.send(kVideo, "", OutgoingFrame{}, call.now).error().kind, ErrorKind::DataError);
  EXPECT_EQ(call.sent_packets(), 0U);
}

TEST(MediaSession, ReportsTellTheRoundTripAndWhatWasLost) {
  VideoCall call;
  call.to_right = {.loss = 0, .delay = 60ms};
  call.to_left = {.loss = 0, .delay = 40ms};
  call.stream(150);
  EXPECT_NEAR(cc::seconds(call.left->session.round_trip()), 0.1, 0.005);
}

/// Receivers take pictures whose ids have a gap between them for lost.
TEST(MediaSession, PictureIdsGoOnWhenFeedbackIsNegotiatedAnew) {
  Call call;
  Section section = sending(video_section(), {kEncoding});
  std::vector<std::uint16_t> ids;
  call.filter = [&](ByteView packet, bool rtcp) {
    const auto view = rtp::PacketView::parse(packet);
    if (rtcp || view->header().ssrc != kEncoding.source) return false;
    const ByteView payload = view->payload();  // RFC 7741 section 4.2: X, then I, then 15 bits
    EXPECT_EQ(payload[0] & 0x80, 0x80);
    EXPECT_EQ(payload[2] & 0x80, 0x80);
    ids.push_back(static_cast<std::uint16_t>((payload[2] & 0x7F) << 8 | payload[3]));
    return false;
  };
  call.left->session.configure({section});
  call.connect();
  for (int i = 0; i < 6; ++i) {
    if (i == 3) {
      section.send_formats[0].fir = !section.send_formats[0].fir;
      call.left->session.configure({section});
    }
    const Bytes data = vp8(i == 0, 100, 1);
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(data, i == 0), call.now));
    call.run(33ms);
  }
  ASSERT_EQ(ids.size(), 6U);
  for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_EQ(ids[i], (ids[i - 1] + 1) & 0x7FFF);
}

TEST(MediaSession, GoodbyeEndsASection) {
  VideoCall call;
  call.stream(10);
  call.left->session.say_goodbye();
  call.run(100ms);
  EXPECT_THAT(call.right->ended, ElementsAre(kVideo));
  call.stream(1);  // it was not meant so
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo, kVideo));
}

TEST(MediaSession, KeyFrameRequestsOfAPeerReachTheEncoderNotTooOften) {
  VideoCall call;
  call.left->requests.clear();
  Bytes storm;
  for (int i = 0; i < 1000; ++i) {
    storm.clear();
    rtp::write(rtp::PictureLoss{.sender = Ssrc(9), .source = kEncoding.source}, storm);
    call.left->session.receive_rtcp(storm, call.now);
    call.run(1ms);
  }
  EXPECT_THAT(call.left->requests, SizeIs(testing::AllOf(testing::Ge(3U), testing::Le(5U))));
}

TEST(MediaSession, VideoInsideRedIsTakenOutAndItsFecSkipped) {
  Section section = video_section();
  section.receive_formats.push_back({.payload_type = PayloadType(120), .name = "red"});
  Call call;
  call.right->session.configure({receiving(section)});
  call.right->session.connect(call.now);
  const auto receive = [&](std::uint16_t number, std::uint8_t inner, bool key) {
    Bytes packet(12);
    rtp::write_header({.payload_type = PayloadType(120),
                       .marker = true,
                       .sequence_number = number,
                       .timestamp = number * 3000U,
                       .ssrc = Ssrc(5)},
                      {}, packet);
    const Bytes payload{inner, 0x10, static_cast<std::uint8_t>(key ? 0x10 : 0x11), 7};
    packet.insert(packet.end(), payload.begin(), payload.end());
    call.right->session.receive_rtp(packet, call.now);
  };
  receive(1, 96, true);
  receive(2, 121, false);  // ULPFEC
  receive(3, 96, false);
  ASSERT_THAT(call.right->frames, SizeIs(2));
  EXPECT_THAT(call.right->frames[1].arrived.frame.data, ElementsAre(0x11, 7));
  EXPECT_EQ(call.right->frames[1].codec, "VP8");
}

TEST(MediaSession, ManySourcesOfAPeerDoNotGrowItWithoutEnd) {
  VideoCall call;
  Bytes packet(200, 1);
  for (std::uint32_t source = 0; source < 10'000; ++source) {
    rtp::write_header({.payload_type = PayloadType(96), .ssrc = Ssrc(source)}, {}, packet);
    call.right->session.receive_rtp(packet, call.now);
  }
  call.run(1s);
  call.stream(5);
  EXPECT_GE(call.right->frames.size(), 4U);
}

}  // namespace
}  // namespace parley::media::test::session_test
