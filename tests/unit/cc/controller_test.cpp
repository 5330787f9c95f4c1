#include "cc/controller.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

namespace parley::cc {
namespace {

/// A sender that uses what it may, a path with a queue, and feedback every 50 ms. Virtual time, milliseconds.
class Path {
 public:
  explicit Path(double rate_, std::uint32_t seed = 1) : rate(rate_), random_(seed) {}

  void run(Duration duration) {
    const TimePoint end = now + duration;
    while (now < end) {
      send();
      if (now >= next_feedback_) tell();
      now += 1ms;
    }
  }
  [[nodiscard]] double target() const { return controller.target_rate(); }
  [[nodiscard]] Duration queueing() const { return std::max<Duration>(free_at_ - now, Duration::zero()); }

  double rate;
  double loss = 0;
  double uses = 1;  ///< which part of what it may
  Duration jitter{};
  Duration clock = 77h;
  TimePoint now{50s};
  GoogleController controller{Limits{}};

 private:
  void send() {
    double allowed = uses * controller.target_rate();
    std::optional<std::uint32_t> id;
    if (!probe_) {
      probe_ = controller.probe(now);
      if (probe_) probe_left_ = static_cast<double>(probe_->bytes);
    }
    if (probe_) {
      allowed = probe_->rate;
      id = probe_->id;
    }
    budget_ = std::min(budget_ + allowed / 8 / 1000, 10'000.0);
    while (budget_ >= 1000) {
      budget_ -= 1000;
      const SentPacket packet{.number = number_++, .size = 1000, .sent = now, .probe = id};
      controller.on_sent(packet);
      transmit(packet);
      if (probe_ && (probe_left_ -= 1000) <= 0) {
        probe_.reset();
        id.reset();
      }
    }
  }

  void transmit(const SentPacket& packet) {
    free_at_ = std::max(free_at_, now);
    const bool lost = free_at_ - now > 300ms || static_cast<double>(random_() % 10'000) < loss * 10'000;
    if (lost) {
      told_.push_back({packet, std::nullopt});
      return;
    }
    free_at_ += from_seconds(static_cast<double>(packet.size) * 8 / rate);
    const Duration late =
        jitter > Duration::zero() ? Duration(static_cast<Duration::rep>(random_()) % jitter.count()) : Duration::zero();
    told_.push_back({packet, clock + (free_at_ + 20ms + late).time_since_epoch()});
  }

  void tell() {
    next_feedback_ = now + 50ms;
    Feedback feedback{.received = now, .packets = {}};
    while (!told_.empty()) {
      const PacketResult& next = told_.front();
      const TimePoint known = next.arrival ? TimePoint(*next.arrival - clock) : next.packet.sent + 60ms;
      if (known + 20ms > now) break;
      feedback.packets.push_back(next);
      told_.pop_front();
    }
    if (feedback.packets.empty()) return;
    controller.on_round_trip(40ms + queueing(), now);
    controller.on_feedback(feedback);
  }

  std::mt19937 random_;
  double budget_ = 0, probe_left_ = 0;
  std::int64_t number_ = 1;
  std::optional<Probe> probe_;
  std::deque<PacketResult> told_;
  TimePoint free_at_{}, next_feedback_{};
};

/// The mean over some seconds.
double mean(Path& path, Duration duration) {
  double sum = 0;
  int count = 0;
  for (Duration done{}; done < duration; done += 100ms, ++count) {
    path.run(100ms);
    sum += path.target();
  }
  return sum / count;
}

TEST(Controller, BeginsWithItsStartRate) {
  GoogleController controller(Limits{.start = 4e5});
  EXPECT_EQ(controller.target_rate(), 4e5);
  EXPECT_GT(controller.pacing_rate(), 4e5);
  EXPECT_FALSE(controller.probe(TimePoint{1s})) << "before anything is sent there is nothing to probe with";
}

TEST(Controller, FindsTheRateOfThePathAndUsesMostOfIt) {
  for (const double rate : {2e5, 5e5, 2e6, 8e6}) {
    Path path(rate);
    path.run(20s);
    const double used = mean(path, 20s);
    EXPECT_GE(used, 0.7 * rate) << rate;
    EXPECT_LE(used, 1.1 * rate) << rate;
  }
}

TEST(Controller, FindsAFastPathInTheFirstSeconds) {
  Path path(10e6);
  path.run(3s);
  EXPECT_GE(path.target(), 3e6);
}

TEST(Controller, KeepsTheQueueShort) {
  Path path(2e6);
  path.run(10s);
  std::vector<Duration> waits;
  for (int i = 0; i < 300; ++i) {
    path.run(100ms);
    waits.push_back(path.queueing());
  }
  std::ranges::sort(waits);
  EXPECT_LE(waits[150], 100ms);
  EXPECT_LE(waits[285], 250ms);
}

TEST(Controller, FollowsAPathThatBecomesSlowerAndFasterAgain) {
  Path path(3e6);
  path.run(15s);
  path.rate = 8e5;
  path.run(5s);
  EXPECT_LE(mean(path, 5s), 1e6);
  EXPECT_GE(path.target(), 4e5);
  path.rate = 3e6;
  path.run(30s);
  EXPECT_GE(mean(path, 5s), 1.5e6);
}

TEST(Controller, DoesNotTakeTheLossOfARadioLinkForAQueue) {
  Path path(3e6);
  path.loss = 0.01;
  path.run(20s);
  EXPECT_GE(mean(path, 10s), 1.5e6);
}

TEST(Controller, FallsWithHeavyLoss) {
  Path path(3e6);
  path.run(10s);
  path.loss = 0.3;
  path.run(10s);
  EXPECT_LE(path.target(), 6e5);
  EXPECT_GE(path.target(), Limits{}.least);
}

TEST(Controller, JitterCostsSomeOfTheRateOnly) {
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    Path path(3e6, seed);
    path.jitter = 5ms;
    path.run(20s);
    EXPECT_GE(mean(path, 10s), 1e6) << seed;
  }
}

TEST(Controller, ThePeersClockMayBeNegative) {
  Path path(2e6);
  path.clock = -77h;
  path.run(20s);
  const double used = mean(path, 20s);
  EXPECT_GE(used, 1.4e6);
  EXPECT_LE(used, 2.2e6);
}

TEST(Controller, AnApplicationThatUsesLittleDoesNotMakeItForgetThePath) {
  Path path(3e6);
  path.run(15s);
  const double before = path.target();
  path.uses = 0.1;
  path.run(20s);
  EXPECT_GE(path.target(), 0.8 * before);
}

TEST(Controller, ObeysWhatThePeerAllows) {
  Path path(3e6);
  path.run(10s);
  path.controller.on_remote_limit(5e5, path.now);
  EXPECT_EQ(path.target(), 5e5);
  path.run(5s);
  EXPECT_LE(path.target(), 5e5);
  path.controller.on_remote_limit(0, path.now);
  EXPECT_EQ(path.target(), Limits{}.least);
  path.controller.on_remote_limit(1e18, path.now);
  path.run(10s);
  EXPECT_GT(path.target(), 5e5);
}

/// Without feedback about single packets: receiver reports.
TEST(Controller, FollowsReportsOfLossAlone) {
  GoogleController controller(Limits{});
  TimePoint now{50s};
  for (int i = 0; i < 10; ++i, now += 1s) controller.on_loss(256, 0, now);
  EXPECT_GE(controller.target_rate(), Limits{}.start);
  for (int i = 0; i < 10; ++i, now += 1s) controller.on_loss(156, 100, now);
  EXPECT_LT(controller.target_rate(), Limits{}.start / 2);
}

TEST(Controller, ALiarMovesItWithinItsLimitsOnly) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    GoogleController controller(Limits{});
    TimePoint now{50s};
    Duration clock{};
    for (int i = 0; i < 300; ++i) {
      Feedback feedback{.received = now, .packets = {}};
      for (std::size_t count = random() % 40; count > 0; --count) {
        const SentPacket packet{.size = 1200, .sent = now - (count * 1ms), .probe = random() % 5};
        controller.on_sent(packet);
        clock +=
            Duration(static_cast<std::int64_t>(random() % 20'000'000) - (random() % 64 == 0 ? 1'000'000'000'000 : 0));
        feedback.packets.push_back({packet, random() % 4 == 0 ? std::nullopt : std::optional(clock)});
      }
      controller.on_feedback(feedback);
      (void)controller.probe(now);
      if (random() % 10 == 0)
        controller.on_round_trip(Duration(static_cast<std::int64_t>(random() % 60'000'000'000)), now);
      now += Duration(static_cast<std::int64_t>(random() % 300'000'000));
      ASSERT_GE(controller.target_rate(), Limits{}.least);
      ASSERT_LE(controller.target_rate(), Limits{}.most);
    }
  }
}

}  // namespace
}  // namespace parley::cc
