// Sources that are gone, with a goodbye or without: RFC 3550 sections 6.3 and 6.4.
#include <gmock/gmock.h>

#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"
#include "video_call.hpp"

namespace parley::media::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Left sends video to right. What right says is counted.
struct EndingCall : Call {
  explicit EndingCall(Section section = video_section()) {
    left->session.configure({sending(section, {kHigh, kLow})});
    right->session.configure({receiving(section)});
    connect();
    filter = [this](ByteView packet, bool rtcp) { return watch(packet, rtcp); };
  }
  bool watch(ByteView bytes, bool rtcp) {
    if (!rtcp && keep_back) {
      kept.emplace_back(bytes.begin(), bytes.end());
      return true;
    }
    for (rtp::RtcpReader reader(bytes); const auto packet = rtcp ? reader.next() : std::nullopt;) {
      if (rtp::RtcpType(packet->type) == rtp::RtcpType::PayloadFeedback) ++key_frame_requests;
      if (rtp::RtcpType(packet->type) != rtp::RtcpType::ReceiverReport) continue;
      if (const auto report = rtp::parse_receiver_report(*packet))
        for (const rtp::ReportBlock& block : report->blocks) blocks.push_back(block.source);
    }
    return false;
  }
  void send(const Encoding& encoding, int frames, bool key = false) {
    for (int i = 0; i < frames; ++i, key = false) {
      ASSERT_TRUE(left->session.send(kVideo, encoding.rid, frame_of(vp8(key, 500, 1), key), now));
      run(33ms);
    }
  }
  void send_lost(const Encoding& encoding, int frames) {
    keep_back = true;
    send(encoding, frames);
    keep_back = false;
  }
  void say_goodbye(Ssrc source) {
    Bytes packet;
    rtp::write_goodbye({source}, packet);
    right->session.receive_rtcp(packet, now);
  }
  bool keep_back = false;
  std::vector<Bytes> kept;
  int key_frame_requests = 0;
  std::vector<Ssrc> blocks;
};

Section without_nack() {
  Section section = video_section();
  for (auto* formats : {&section.send_formats, &section.receive_formats}) formats->front().nack = false;
  return section;
}

TEST(Goodbye, IsFollowedByNoRequest) {
  EndingCall call(without_nack());
  call.send(kHigh, 5, true);
  call.send_lost(kHigh, 1);
  call.send(kHigh, 1);
  call.run(200ms);
  EXPECT_GT(call.key_frame_requests, 0);
  call.say_goodbye(kHigh.source);
  call.key_frame_requests = 0;
  call.blocks.clear();
  call.run(60s);
  EXPECT_EQ(call.key_frame_requests, 0);
  EXPECT_THAT(call.blocks, IsEmpty());
}

TEST(Goodbye, WhoeverFallsSilentIsNotAskedForEver) {
  EndingCall call(without_nack());
  call.send(kHigh, 5, true);
  call.send_lost(kHigh, 1);
  call.send(kHigh, 1);
  call.run(60s);
  EXPECT_GT(call.key_frame_requests, 10);
  EXPECT_LE(call.key_frame_requests, 17) << "in five seconds";
  call.key_frame_requests = 0;
  call.send(kHigh, 1);
  EXPECT_EQ(call.key_frame_requests, 1) << "when it is back";
}

TEST(Goodbye, ReportsTellOfSourcesThatWereHeardLately) {
  EndingCall call;
  call.send(kHigh, 5, true);
  call.run(60s);
  EXPECT_THAT(call.blocks, SizeIs(testing::AllOf(testing::Ge(1U), testing::Le(3U))));
  call.blocks.clear();
  call.send(kHigh, 60);
  EXPECT_THAT(call.blocks, SizeIs(testing::Ge(1U)));
}

TEST(Goodbye, OfTheLastSourceThatIsHeardEndsTheSection) {
  EndingCall call;
  call.send(kHigh, 1, true);
  call.send(kLow, 1, true);
  call.say_goodbye(kLow.source);
  EXPECT_THAT(call.right->ended, IsEmpty()) << "the other has just been heard";
  call.send(kLow, 200);
  call.say_goodbye(kLow.source);
  EXPECT_THAT(call.right->ended, ElementsAre(kVideo));
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo));
  call.send(kHigh, 1);
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo, kVideo)) << "it is back";
}

TEST(Goodbye, WhatComesBehindItIsNoNewBeginning) {
  EndingCall call;
  call.send(kHigh, 5, true);
  call.send_lost(kHigh, 1);
  call.send(kHigh, 1);  // right asks for what is missing
  call.keep_back = true;
  call.run(100ms);
  call.keep_back = false;
  ASSERT_GE(call.kept.size(), 2U);
  EXPECT_EQ(rtp::source_of(call.kept.back()), kHigh.retransmission);
  call.say_goodbye(kHigh.source);
  call.run(5s);
  call.right->frames.clear();
  call.right->session.receive_rtp(call.kept.back(), call.now);
  EXPECT_THAT(call.right->ended, ElementsAre(kVideo));
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo));
  call.send(kHigh, 1, true);
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo, kVideo)) << "this is one";
  EXPECT_THAT(call.right->frames, SizeIs(1));
}

/// A repair that is on its way completes what is there.
TEST(Goodbye, WhatCanBecomeWholeIsHandedOver) {
  EndingCall call;
  call.send(kHigh, 5, true);
  call.send_lost(kHigh, 1);
  ASSERT_TRUE(call.left->session.send(kVideo, kHigh.rid, frame_of(vp8(false, 500, 1), false), call.now));
  call.run(12ms);
  call.right->frames.clear();
  call.say_goodbye(kHigh.source);
  call.right->session.receive_rtp(call.kept.front(), call.now + 20ms);
  EXPECT_THAT(call.right->frames, SizeIs(2));
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo));
}

TEST(Goodbye, WhatIsHeldBackIsHandedOverInItsTime) {
  Section section = video_section();
  section.target_delay = 500ms;
  EndingCall call(section);
  call.send(kHigh, 5, true);
  call.say_goodbye(kHigh.source);
  EXPECT_THAT(call.right->frames, IsEmpty());
  call.run(1s);
  EXPECT_THAT(call.right->frames, SizeIs(5));
}

}  // namespace
}  // namespace parley::media::test
