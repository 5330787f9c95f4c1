// Frames that are held back, so that they come as regularly as they were made.
#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test::session_playout_test {
namespace {

using testing::SizeIs;

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};

/// Left sends a frame every 40 ms; right notes when it has them.
struct DelayedCall : Call {
  explicit DelayedCall(Section section, Duration target) : key(section.key) {
    for (Format& format : section.send_formats) format.transport_cc = false;  // no pacing
    left->session.configure({sending(section, {kEncoding})});
    section.target_delay = target;
    right->session.configure({receiving(section)});
    connect();
  }
  void stream(int frames) {
    for (int i = 0; i < frames; ++i) {
      const bool first = std::exchange(begins, false);
      const Bytes data = vp8(first, 3000, 1), sound{0x79, 1, 2};  // 40 ms
      made.push_back(now);
      const Bytes& frame = key == kVideo ? data : sound;
      OutgoingFrame sent = frame_of(frame, first);
      sent.notes = notes;
      ASSERT_TRUE(left->session.send(key, "", sent, now));
      const TimePoint next = now + 40ms;
      while (now < next) {
        run(1ms);
        while (had.size() < right->frames.size()) had.push_back(now);
      }
    }
  }
  [[nodiscard]] Duration latest(std::size_t from = 0) const {
    Duration most{};
    for (std::size_t i = from; i < had.size(); ++i) most = std::max(most, had[i] - made[i]);
    return most;
  }
  [[nodiscard]] Duration soonest(std::size_t from) const {
    Duration least = 1h;
    for (std::size_t i = from; i < had.size(); ++i) least = std::min(least, had[i] - made[i]);
    return least;
  }
  IncomingStatistics incoming() { return right->session.statistics(now).incoming.front(); }

  SectionKey key;
  bool begins = true;
  FrameNotes notes;
  std::vector<TimePoint> made, had;
};

TEST(SessionPlayout, FramesComeAtOnceUnlessSomethingElseIsWanted) {
  DelayedCall call(video_section(), {});
  call.stream(50);
  EXPECT_LE(call.latest(), 12ms);
  const auto in = call.incoming();
  EXPECT_EQ(in.counters.target, 0);
  EXPECT_EQ(in.counters.waited, in.counters.waited_at_least);
}

TEST(SessionPlayout, FramesAreHeldBackForTheTarget) {
  for (const Section& section : {video_section(), audio_section()}) {
    DelayedCall call(section, 200ms);
    call.stream(50);
    call.run(1s);
    ASSERT_THAT(call.right->frames, SizeIs(50));
    EXPECT_GE(call.soonest(0), 209ms);
    EXPECT_LE(call.latest(), 212ms);
  }
}

TEST(SessionPlayout, JitterIsSmoothedOut) {
  DelayedCall call(video_section(), 150ms);
  call.to_right = {.delay = 20ms, .jitter = 100ms};
  call.stream(200);
  ASSERT_GT(call.had.size(), 150U);
  // Once the fastest are known, all are as late as they.
  EXPECT_GE(call.soonest(50), 168ms);
  EXPECT_LE(call.latest(50), 180ms);
  Duration most{};
  for (std::size_t i = 50; i < call.had.size(); ++i) most = std::max(most, call.had[i] - call.had[i - 1]);
  EXPECT_LE(most, 45ms);
}

TEST(SessionPlayout, LossesAreRepairedMeanwhile) {
  DelayedCall call(video_section(), 300ms);
  call.to_right = {.loss = 0.1, .delay = 20ms};
  call.stream(200);
  call.to_right.loss = 0;
  call.stream(20);
  ASSERT_GT(call.had.size(), 200U);
  EXPECT_GE(call.soonest(50), 318ms);
  EXPECT_LE(call.latest(50), 330ms);
}

TEST(SessionPlayout, WhatIsGivenUpDoesNotTakeHeldFramesWithIt) {
  Section section = video_section();
  for (Format& format : section.receive_formats) format.nack = false;
  DelayedCall call(section, 1s);
  std::size_t packets = 0;
  call.filter = [&](ByteView packet, bool rtcp) {
    return !rtcp && rtp::source_of(packet) == Ssrc(1000) && packets++ == 30;
  };
  call.stream(60);
  call.run(3s);
  // Ten frames of three packets came before the loss.
  EXPECT_THAT(call.right->frames, SizeIs(10));
}

TEST(SessionPlayout, StatisticsTellWhatWasWantedAndWhatWouldHaveBeenPossible) {
  DelayedCall call(video_section(), 200ms);
  call.stream(50);
  call.run(1s);
  const auto in = call.incoming();
  ASSERT_EQ(in.counters.emitted, 50U);
  EXPECT_NEAR(in.counters.target, 50 * 0.2, 1e-6);
  EXPECT_NEAR(in.counters.waited, 50 * 0.2, 0.1);
  EXPECT_LT(in.counters.waited_at_least, 0.1);
}

TEST(SessionPlayout, TheTargetMayChange) {
  DelayedCall call(video_section(), 200ms);
  call.stream(20);
  Section section = receiving(video_section());
  call.right->session.configure({section});
  call.stream(20);
  EXPECT_LE(call.had.back() - call.made.back(), 12ms);
  section.target_delay = 100ms;
  call.right->session.configure({section});
  call.stream(20);
  call.run(1s);
  EXPECT_THAT(call.right->frames, SizeIs(60));
}

TEST(SessionPlayout, ABufferThatFillsUpDoesNotWait) {
  DelayedCall call(video_section(), Playout::kMost);
  const Bytes frame = vp8(false, 60'000, 1);
  call.stream(1);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(frame, false), call.now));
    call.run(5ms);
  }
  EXPECT_GT(call.right->frames.size(), 100U);
  call.run(5s);
  EXPECT_THAT(call.right->frames, SizeIs(201));
}

/// Three seconds in which nothing comes, and then everything, are less than what frames are held back for.
TEST(SessionPlayout, ATargetOfSecondsIsThereForWhatIsLateBySeconds) {
  DelayedCall call(audio_section(), Playout::kMost);
  call.stream(150);
  const TimePoint end = call.now + 3s;
  while (call.now < end) {
    call.to_right.delay = end - call.now + 10ms;
    call.stream(1);
  }
  call.to_right.delay = 10ms;
  call.stream(200);
  ASSERT_GT(call.had.size(), 300U);
  EXPECT_GE(call.soonest(0), Playout::kMost);
  EXPECT_LE(call.latest(), Playout::kMost + 20ms);
}

/// What belongs to a frame waits as long as the frame.
TEST(SessionPlayout, WhatFramesSayOfThemselvesIsHeldBackWithThem) {
  Section section = video_section();
  section.send_extensions.set(9, rtp::ExtensionKind::PlayoutDelay);
  section.receive_extensions = section.send_extensions;
  DelayedCall call(section, Playout::kMost);
  call.notes.playout_delay = rtp::PlayoutDelay{.most = 10ms};
  call.stream(300);
  ASSERT_GT(call.right->frames.size(), 150U);
  for (std::size_t i = 0; i < call.right->frames.size(); ++i)
    ASSERT_TRUE(call.right->frames[i].notes.playout_delay) << i;
}

}  // namespace
}  // namespace parley::media::test::session_playout_test
