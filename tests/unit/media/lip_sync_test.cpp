// Frames of several sources on one clock, by what the peer's reports say of it.
#include <gmock/gmock.h>

#include "call.hpp"
#include "rtp/reports.hpp"

namespace parley::media::test::lip_sync_test {
namespace {

const Encoding kPictures{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""},
    kSound{.source = Ssrc(2000), .retransmission = {}, .rid = ""};

/// Left sends sound and pictures made at the same moments; pictures travel longer.
struct TwoTracks : Call {
  TwoTracks() {
    left->session.configure({sending(audio_section(), {kSound}), sending(video_section(), {kPictures})});
    right->session.configure({receiving(audio_section()), receiving(video_section())});
    connect();
  }
  void stream(int frames) {
    for (int i = 0; i < frames; ++i) {
      const Bytes picture = vp8(std::exchange(begins, false), 500, 1), sound{0x79, 1, 1};  // 40 ms
      made.push_back(now);
      ASSERT_TRUE(left->session.send(kAudio, "", {.data = sound, .info = {}}, now));
      run(20ms);
      ASSERT_TRUE(left->session.send(kVideo, "", frame_of(picture, picture[0] == 0x10), now));
      run(20ms);
    }
  }
  [[nodiscard]] std::vector<ReceivedFrame> of(SectionKey key) const {
    std::vector<ReceivedFrame> all;
    for (const ReceivedFrame& one : right->frames)
      if (one.section == key) all.push_back(one);
    return all;
  }
  bool begins = true;
  std::vector<TimePoint> made;
};

TEST(LipSync, BeforeTheFirstReportThereIsNoCommonTime) {
  TwoTracks call;
  call.stream(2);
  for (const ReceivedFrame& frame : call.right->frames) EXPECT_EQ(frame.common_time, std::nullopt);
}

TEST(LipSync, WhatWasMadeTogetherHasTheSameTime) {
  TwoTracks call;
  call.to_right = {.delay = 50ms, .jitter = 30ms};
  call.stream(200);
  const auto sound = call.of(kAudio), pictures = call.of(kVideo);
  ASSERT_GT(sound.size(), 150U);
  ASSERT_GT(pictures.size(), 150U);
  int apart = 0;
  const auto far = [](Duration a, Duration b) { return std::chrono::abs(a - b); };
  for (std::size_t i = 100; i < 150; ++i) {
    const std::size_t index = static_cast<std::size_t>(pictures[i].time / 40ms);
    ASSERT_TRUE(pictures[i].common_time);
    // As time of ours it is later by what the fastest report took.
    const Duration late = *pictures[i].common_time - (call.made[index] + 20ms);
    EXPECT_GE(late, 49ms);
    EXPECT_LE(late, 81ms);
    const auto beside = std::ranges::find(sound, pictures[i].time, &ReceivedFrame::time);
    if (beside == sound.end()) continue;
    ASSERT_TRUE(beside->common_time);
    if (far(*pictures[i].common_time - *beside->common_time, 20ms) > 1ms) ++apart;
  }
  EXPECT_LE(apart, 2);  // where a faster report came between the two
}

/// What the peer sends meanwhile comes when that is over, all at once.
TEST(LipSync, AReceiverThatStoodStillDoesNotTakeThePeersClockForAnother) {
  for (const Duration length : {1s, 3s, 10s}) {
    TwoTracks call;
    call.to_right.delay = 20ms;
    call.stream(100);
    const TimePoint end = call.now + length;
    while (call.now < end) {
      call.to_right.delay = end - call.now;
      call.stream(1);
    }
    call.to_right.delay = 20ms;
    call.stream(100);
    const auto pictures = call.of(kVideo);
    Duration latest{};
    for (std::size_t i = 80; i < pictures.size(); ++i) {
      const std::size_t index = static_cast<std::size_t>(pictures[i].time / 40ms);
      ASSERT_TRUE(pictures[i].common_time);
      latest = std::max(latest, *pictures[i].common_time - (call.made[index] + 20ms));
    }
    EXPECT_LE(latest, 60ms) << length.count();
  }
}

/// A report of a source of the peer, and who it is.
Bytes report(Ssrc source, Duration at, std::uint32_t timestamp, std::string_view name) {
  Bytes packet;
  const std::chrono::system_clock::time_point wall{std::chrono::duration_cast<std::chrono::system_clock::duration>(at)};
  rtp::write(rtp::SenderReport{.sender = source, .ntp = rtp::to_ntp(wall), .timestamp = timestamp}, packet);
  rtp::write_source_description({source}, name, packet);
  return packet;
}
Bytes sound(Ssrc source, std::uint16_t number, std::uint32_t timestamp) {
  Bytes packet(12);
  rtp::write_header(
      {.payload_type = PayloadType(111), .sequence_number = number, .timestamp = timestamp, .ssrc = source}, {},
      packet);
  packet.insert(packet.end(), {0x78, 1});
  return packet;
}

TEST(LipSync, OneNameIsOneClockAndAnotherIsAnother) {
  Call call;
  call.right->session.configure({receiving(audio_section())});
  Session& session = call.right->session;
  for (const std::uint32_t source : {1U, 2U, 3U}) session.receive_rtp(sound(Ssrc(source), 1, 0), call.now);
  const TimePoint start = call.now;
  // The reports of the first come after 10 ms, those of the second after 90 ms; the third has another clock.
  session.receive_rtcp(report(Ssrc(1), 100s, 48000, "a"), start + 10ms);
  session.receive_rtcp(report(Ssrc(2), 100s, 96000, "a"), start + 90ms);
  session.receive_rtcp(report(Ssrc(3), 500s, 48000, "b"), start + 50ms);
  call.right->frames.clear();
  session.receive_rtp(sound(Ssrc(1), 2, 48000 + 4800), start + 200ms);
  session.receive_rtp(sound(Ssrc(2), 2, 96000 - 4800), start + 200ms);
  session.receive_rtp(sound(Ssrc(3), 2, 48000), start + 200ms);
  ASSERT_EQ(call.right->frames.size(), 3U);
  const auto near = [&](std::size_t index, Duration expected) {
    return std::chrono::abs(*call.right->frames[index].common_time - (start + expected)) < 1us;
  };
  EXPECT_TRUE(near(0, 110ms));
  EXPECT_TRUE(near(1, -90ms));
  EXPECT_TRUE(near(2, 50ms));
}

/// By less than what an overtaken report may be old, and by more.
TEST(LipSync, APeerWhoseClockIsSetBackMakesNoTimeLeap) {
  for (const Duration step : {5s, 30s}) {
    Call call;
    call.right->session.configure({receiving(audio_section())});
    Session& session = call.right->session;
    const TimePoint start = call.now;
    for (std::uint32_t second = 0; second < 20; ++second) {
      const TimePoint now = start + second * 1s;
      const Duration clock = 100s + second * 1s - (second < 5 ? 0s : step);
      session.receive_rtp(sound(Ssrc(1), static_cast<std::uint16_t>(2 * second), second * 48000), now);
      session.receive_rtcp(report(Ssrc(1), clock, second * 48000, "a"), now + 10ms);
      call.right->frames.clear();
      session.receive_rtp(sound(Ssrc(1), static_cast<std::uint16_t>(2 * second + 1), second * 48000 + 960), now + 20ms);
      ASSERT_EQ(call.right->frames.size(), 1U);
      ASSERT_TRUE(call.right->frames[0].common_time);
      EXPECT_LE(std::chrono::abs(*call.right->frames[0].common_time - (now + 30ms)), 1ms) << second;
    }
  }
}

/// RFC 3550 section 6.4.1: a sender without a clock says zero.
TEST(LipSync, AReportWithoutAClockTellsNoTime) {
  Call call;
  call.right->session.configure({receiving(audio_section())});
  call.right->session.connect(call.now);
  for (unsigned i = 0; i < 150; ++i) {
    call.right->session.receive_rtp(sound(Ssrc(5), static_cast<std::uint16_t>(i), i * 960), call.now);
    Bytes report;
    rtp::write(rtp::SenderReport{.sender = Ssrc(5), .ntp = {0}, .timestamp = i * 960}, report);
    if (i % 50 == 10) call.right->session.receive_rtcp(report, call.now);
    call.run(20ms);
    EXPECT_FALSE(call.right->frames.back().common_time);
  }
  EXPECT_EQ(call.right->session.statistics(call.now).incoming.at(0).playout, std::nullopt);
}

TEST(LipSync, ReportsOfAnyTimeAreNoHarm) {
  Call call;
  call.right->session.configure({receiving(audio_section())});
  Session& session = call.right->session;
  std::uint16_t number = 0;
  for (const std::uint64_t ntp : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{1}}) {
    for (const std::uint32_t timestamp : {0U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
      session.receive_rtp(sound(Ssrc(1), ++number, timestamp), call.now);
      Bytes packet;
      rtp::write(rtp::SenderReport{.sender = Ssrc(1), .ntp = {ntp}, .timestamp = ~timestamp}, packet);
      session.receive_rtcp(packet, call.now);
      session.receive_rtp(sound(Ssrc(1), ++number, timestamp), call.now);
      EXPECT_EQ(call.right->frames.back().common_time.has_value(), ntp != 0) << ntp;
    }
  }
}

TEST(Ntp, GoesBothWays) {
  const std::chrono::system_clock::time_point wall{1'700'000'000s + 123'456'789ns};
  const Duration since = rtp::since_1900(rtp::to_ntp(wall));
  EXPECT_LE(std::chrono::abs(since - (1'700'000'000s + 2'208'988'800s + 123'456'789ns)), 1ns);
}

}  // namespace
}  // namespace parley::media::test::lip_sync_test
