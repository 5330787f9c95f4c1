#include "av/timeline.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace parley::av::timeline_test {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{100s};

TEST(Timeline, TheFirstFrameTellsWhereTheTrackLies) {
  Timeline timeline;
  EXPECT_EQ(timeline.place({7s, kStart}), kStart);
  // Jitter is not recorded.
  EXPECT_EQ(timeline.place({7040ms, kStart + 90ms}), kStart + 40ms);
  EXPECT_EQ(timeline.place({7080ms, kStart + 80ms}), kStart + 80ms);
}

TEST(Timeline, OfFramesThatWaitedTheFastestTells) {
  Timeline timeline;
  const Moment frames[] = {{0ms, kStart + 300ms}, {20ms, kStart + 310ms}, {40ms, kStart + 40ms}};
  timeline.begin(frames);
  EXPECT_EQ(timeline.place(frames[0]), kStart);
}

TEST(Timeline, ThePeersClockTellsBetterThanArrivals) {
  // Sound arrives at once, pictures 300 ms late; both were made at the same time.
  Timeline sound, pictures;
  const Moment sounds[] = {{7s, kStart}, {7500ms, kStart + 500ms, kStart + 480ms}};
  const Moment seen[] = {{1s, kStart + 300ms}, {1500ms, kStart + 800ms, kStart + 480ms}};
  EXPECT_FALSE(Timeline::is_told(seen[0]));
  EXPECT_TRUE(Timeline::is_told(seen[1]));
  sound.begin(sounds);
  pictures.begin(seen);
  EXPECT_EQ(sound.place(sounds[0]), kStart - 20ms);
  EXPECT_EQ(pictures.place(seen[0]), kStart - 20ms);
}

TEST(Timeline, WhatThePeerTellsOfAnotherHourIsNoTime) {
  const Moment frame{0s, kStart, kStart + 1h};
  EXPECT_FALSE(Timeline::is_told(frame));
  Timeline timeline;
  EXPECT_EQ(timeline.place(frame), kStart);
}

/// A frame every 20 ms, 50 ms on its way.
class Sender {
 public:
  static constexpr auto kFrame = 20ms, kWay = 50ms;
  TimePoint next(bool told = true) {
    now += kFrame;
    const TimePoint made = now + mapping;
    Moment frame{.timestamp = std::chrono::duration_cast<microseconds>(now - kStart) + offset,
                 .arrival = now + kWay,
                 .source = source};
    if (told) frame.made = made;
    last = placed;
    return placed = timeline.place(frame);
  }
  void play(TimePoint::duration time, bool told = true) {
    for (const TimePoint end = now + time; now < end;) {
      const bool first = placed == TimePoint{};
      (void)next(told);
      const auto step = first ? kFrame : placed - last;
      EXPECT_LT(std::chrono::abs(step - kFrame), 1ms) << (now - kStart) / 1ms;
    }
  }
  /// How far it is from when it was made.
  [[nodiscard]] auto off() const { return std::chrono::duration_cast<std::chrono::milliseconds>(placed - now).count(); }

  Timeline timeline{};
  TimePoint now = kStart, placed{}, last{};
  microseconds offset{0};  // of its timestamps
  TimePoint::duration mapping{0};
  std::uint32_t source = 1;
};

TEST(Timeline, TimestampsThatLeapGoOnAsLateAsTheyWere) {
  for (const microseconds leap : {microseconds(-2s), microseconds(2s), microseconds(-5h), microseconds(5h)}) {
    Sender sender;
    sender.play(30s);
    EXPECT_EQ(sender.off(), 0);
    sender.offset += leap;
    // What the reports said before the leap is not true any more.
    sender.mapping += leap;
    sender.play(5s);
    sender.mapping = {};
    sender.play(30s);
    EXPECT_NEAR(static_cast<double>(sender.off()), 0, 26) << leap.count();
    sender.play(30s);
    EXPECT_NEAR(static_cast<double>(sender.off()), 0, 1) << leap.count();
  }
}

TEST(Timeline, AnotherSourceCountsFromAnotherZero) {
  for (const bool told : {false, true}) {
    Sender sender;
    sender.play(10s);
    sender.source = 2;
    sender.offset = -10s + 300ms;  // near enough to be mistaken for the same
    sender.play(10s, told);
    EXPECT_NEAR(static_cast<double>(sender.off()), 0, 1);
  }
}

TEST(Timeline, AGapOfTheNetworkKeepsItsLengthAndItsPlace) {
  Sender sender;
  sender.play(10s);
  sender.now += 1h;
  (void)sender.next();
  EXPECT_EQ(sender.placed - sender.last, 1h + Sender::kFrame);
  sender.play(10s);
  EXPECT_EQ(sender.off(), 0);
}

TEST(Timeline, WhatANetworkHoldsBackIsPlacedWhereItBelongs) {
  Timeline timeline;
  for (int i = 0; i < 500; ++i) (void)timeline.place({i * 20ms, kStart + i * 20ms});
  // Fifteen seconds arrive within one.
  for (int i = 500; i < 1250; ++i) {
    const auto placed = timeline.place({i * 20ms, kStart + 25s + (i - 500) * 1ms});
    EXPECT_LT(std::chrono::abs(placed - (kStart + i * 20ms)), 10ms) << i;
  }
}

TEST(Timeline, TimeThatAPausedSourceHasNotCountedIsMadeUp) {
  Sender sender;
  sender.play(10s);
  sender.now += 1min;
  sender.offset -= 1min;
  sender.mapping -= 1min;
  for (int i = 0; i < 150; ++i) (void)sender.next();
  EXPECT_NEAR(static_cast<double>(sender.off()), 0, 1);
  // A shorter one is known from the peer's reports.
  sender.mapping = {};
  sender.now += 3s;
  sender.offset -= 3s;
  for (int i = 0; i < 50 * 9; ++i) (void)sender.next();
  EXPECT_NEAR(static_cast<double>(sender.off()), 0, 1);
}

TEST(Timeline, APeerWhoseWallClockIsSetTakesNothingAlong) {
  for (const TimePoint::duration by : {TimePoint::duration(1h), TimePoint::duration(-1h), TimePoint::duration(100ms)}) {
    Sender sender;
    sender.play(10s);
    sender.mapping = by;
    sender.play(10s);
    EXPECT_LE(std::abs(sender.off()), 50);
  }
}

/// Two clocks that are 400 ppm apart, three hours: reports of each say when its timestamps were by the peer's own
/// clock, a little wrong each time.
TEST(Timeline, ClocksThatRunApartStayTogetherWithoutSteps) {
  struct Track {
    double drift;
    microseconds frame, report, way;
    Timeline timeline{};
    double told_at = 0, told_as = 0;  // seconds of the peer's clock and of the timestamps
    TimePoint placed{};
  };
  Track tracks[] = {{200e-6, 20ms, 5s, 20ms}, {-200e-6, 33ms, 1s, 80ms}};
  std::uint32_t random = 5;
  const auto noise = [&](int most) {
    random = random * 1664525 + 1013904223;
    return std::chrono::microseconds(random % static_cast<std::uint32_t>(most));
  };
  double most_apart = 0, most_step = 0;
  for (Track& track : tracks) {
    TimePoint next_report = kStart;
    for (TimePoint now = kStart; now < kStart + 3h; now += track.frame) {
      const double clock = std::chrono::duration<double>(now - kStart).count();
      const double media = clock * (1 + track.drift);
      if (now >= next_report) {
        next_report += track.report;
        track.told_at = clock + static_cast<double>(noise(4000).count()) / 1e6 - 0.002;
        track.told_as = media;
      }
      const double made = track.told_at + (media - track.told_as);
      const auto placed = track.timeline.place({.timestamp = microseconds(static_cast<std::int64_t>(media * 1e6)),
                                                .arrival = now + track.way + noise(30'000),
                                                .made = kStart + microseconds(static_cast<std::int64_t>(made * 1e6)),
                                                .source = 1});
      // Both tracks are compared with the truth, so with each other.
      most_apart = std::max(most_apart, std::abs(std::chrono::duration<double>(placed - now).count()));
      if (track.placed != TimePoint{})
        most_step =
            std::max(most_step, std::abs(std::chrono::duration<double>(placed - track.placed - track.frame).count()));
      track.placed = placed;
    }
  }
  EXPECT_LT(most_apart, 0.010);
  EXPECT_LT(most_step, 0.0006);
}

/// Without reports there is nothing but arrivals, of which the fastest tell.
TEST(Timeline, WithoutReportsTheFastestArrivalsAreFollowed) {
  Timeline timeline;
  std::uint32_t random = 5;
  double most = 0;
  for (int i = 0; i < 50 * 3600; ++i) {
    random = random * 1664525 + 1013904223;
    const TimePoint now = kStart + i * 20ms;
    const microseconds media(static_cast<std::int64_t>(static_cast<double>(i) * 20'000 * (1 + 300e-6)));
    const auto placed = timeline.place({media, now + microseconds(random % 60'000)});
    most = std::max(most, std::abs(std::chrono::duration<double>(placed - now).count()));
  }
  EXPECT_LT(most, 0.065);
}

}  // namespace
}  // namespace parley::av::timeline_test
