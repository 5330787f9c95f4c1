// What the controller does when it is told less than usual, or of another path.
#include <gtest/gtest.h>

#include <optional>

#include "cc/controller.hpp"

namespace parley::cc {
namespace {

/// A path that carries everything, and a sender of packets of 1000 bytes. A message every 100 ms tells of all of them.
struct Talk {
  /// Sends at `rate` (what it may, if none is given) for a while.
  void run(Duration length, std::optional<double> rate = std::nullopt) {
    for (const TimePoint end = now + length; now < end; now += 1ms) {
      if (!probe_) probe_ = controller.probe(now);
      budget_ += (probe_ ? probe_->rate : rate.value_or(controller.target_rate())) / 8 / 1000;
      while (budget_ >= 1000) {
        budget_ -= 1000;
        const SentPacket packet{
            .number = ++number_, .size = 1000, .sent = now, .probe = probe_ ? std::optional(probe_->id) : std::nullopt};
        controller.on_sent(packet);
        told_.packets.push_back({packet, lost ? std::nullopt : std::optional((now + 20ms).time_since_epoch())});
        if (!probe_) continue;
        bytes_ += 1000;
        if (bytes_ < probe_->bytes) continue;
        probe_.reset();
        bytes_ = 0;
      }
      if (now < next_ || silent || told_.packets.empty()) continue;
      next_ = now + 100ms;
      told_.received = now;
      controller.on_feedback(told_);
      told_.packets.clear();
    }
  }
  [[nodiscard]] double target() const { return controller.target_rate(); }

  GoogleController controller{Limits{.most = 5e6}};
  TimePoint now{50s};
  bool silent = false, lost = false;

 private:
  double budget_ = 0;
  std::int64_t number_ = 0;
  std::optional<Probe> probe_;
  std::size_t bytes_ = 0;
  Feedback told_;
  TimePoint next_{};
};

TEST(Silence, TheRateFallsWhileNothingIsTold) {
  Talk talk;
  talk.run(5s);
  const double before = talk.target();
  ASSERT_GT(before, 3e6);
  talk.silent = true;
  talk.run(800ms);
  EXPECT_EQ(talk.target(), before) << "a message or two may be lost";
  talk.run(1700ms);
  EXPECT_LE(talk.target(), before / 2);
  talk.run(10s);
  EXPECT_LT(talk.target(), before / 50);
  EXPECT_GE(talk.target(), Limits{}.least);
}

TEST(Silence, TheRateComesBackWithWhatIsTold) {
  Talk talk;
  talk.run(5s);
  const double before = talk.target();
  talk.silent = true;
  talk.run(4s);
  ASSERT_LT(talk.target(), before / 2);
  talk.silent = false;
  talk.run(1s);
  EXPECT_GT(talk.target(), 0.8 * before);
}

/// Long round trips take long to tell.
TEST(Silence, ItsLengthIsCountedInRoundTrips) {
  Talk talk;
  talk.run(5s);
  const double before = talk.target();
  talk.controller.on_round_trip(800ms, talk.now);
  talk.silent = true;
  talk.run(2700ms);
  EXPECT_EQ(talk.target(), before);
  talk.run(500ms);
  EXPECT_LT(talk.target(), before);
}

TEST(Silence, OfAPeerToWhichNothingIsSentMeansNothing) {
  Talk talk;
  talk.run(5s);
  const double before = talk.target();
  talk.silent = true;
  talk.run(50ms, 1e6);
  talk.now += 60s;
  talk.run(50ms, 1e6);
  EXPECT_EQ(talk.target(), before);
}

/// Two packets a second, of which some are lost.
TEST(Silence, AfterAFewPacketsMeansNothing) {
  Talk talk;
  talk.run(5s);
  const double before = talk.target();
  talk.silent = true;
  talk.run(4s, 12e3);
  EXPECT_EQ(talk.target(), before);
}

TEST(Silence, OfAPeerThatHasNeverToldAnythingKeepsTheFirstRate) {
  Talk talk;
  talk.silent = true;
  talk.run(20s);
  EXPECT_EQ(talk.target(), Limits{}.start);
}

/// Nothing is probed then, whatever was planned: whoever waits for the next deadline must not find one that is over.
TEST(Silence, NothingIsDueMeanwhile) {
  Talk talk;
  talk.run(5s);
  talk.silent = true;
  talk.run(4s);
  talk.silent = false;
  talk.run(1s);
  talk.silent = true;
  for (int i = 0; i < 10; ++i) {
    talk.run(1s);
    EXPECT_EQ(talk.controller.probe(talk.now), std::nullopt);
    const auto due = talk.controller.next_deadline();
    EXPECT_TRUE(!due || *due > talk.now) << i;
  }
}

TEST(PathChange, BeginsAnewAndFindsWhatThereIs) {
  Talk talk;
  talk.run(5s);
  const double before = talk.target();
  talk.controller.on_path_change(talk.now);
  EXPECT_EQ(talk.target(), Limits{}.start) << "nobody knows what the new one carries";
  talk.run(2s);
  EXPECT_GT(talk.target(), 0.8 * before);
}

TEST(PathChange, IsNeverAReasonToSendMore) {
  Talk talk;
  talk.run(2s);
  talk.controller.on_remote_limit(1e5, talk.now);
  talk.controller.on_path_change(talk.now);
  EXPECT_EQ(talk.target(), 1e5);
}

/// What was under way may never arrive, and what is told of it comes by another way.
TEST(PathChange, WhatWasSentBeforeIsNoLoss) {
  Talk talk;
  talk.run(5s);
  talk.lost = talk.silent = true;
  talk.run(500ms);
  talk.controller.on_path_change(talk.now);
  const double after = talk.target();
  talk.lost = talk.silent = false;
  talk.run(150ms);
  EXPECT_GE(talk.target(), after);
}

/// Where reports of loss are all there is.
struct Reports {
  void run(int seconds, double rate, std::size_t lost_of_256 = 0) {
    for (int i = 0; i < seconds * 100; ++i, now += 10ms) {
      controller.on_sent_untold(static_cast<std::size_t>(rate / 8 / 100), now);
      if (i % 100 == 99) controller.on_loss(256 - lost_of_256, lost_of_256, now);
    }
  }
  GoogleController controller{Limits{}};
  TimePoint now{50s};
};

TEST(ReportsOfLoss, LetTheRateOfWhoSendsNothingBe) {
  Reports reports;
  reports.run(600, 0);
  EXPECT_EQ(reports.controller.target_rate(), Limits{}.start);
}

TEST(ReportsOfLoss, LetTheRateGrowAsFarAsItIsUsed) {
  Reports reports;
  reports.run(600, 1e6);
  EXPECT_GT(reports.controller.target_rate(), 1e6);
  EXPECT_LT(reports.controller.target_rate(), 2e6);
}

TEST(ReportsOfLoss, LowerTheRateOfWhoSendsLittleAsWell) {
  Reports reports;
  reports.run(60, 1e6);
  const double before = reports.controller.target_rate();
  reports.run(10, 1e5, 100);
  EXPECT_LT(reports.controller.target_rate(), before / 2);
}

}  // namespace
}  // namespace parley::cc
