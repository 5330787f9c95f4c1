#include "media/limitation.hpp"

#include <gtest/gtest.h>

namespace parley::media::limitation_test {
namespace {

constexpr TimePoint kStart{1000s};

TEST(Limitation, IsBandwidthWhileWhatMayBeSentIsUsedUp) {
  Limitation limitation;
  TimePoint now = kStart;
  limitation.pass(now);
  EXPECT_FALSE(limitation.is_known());
  /// 25 frames a second.
  const auto send = [&](double rate, double target, int frames) {
    for (int i = 0; i < frames; ++i, now += 40ms) limitation.sent(static_cast<std::size_t>(rate / 8 / 25), target, now);
  };
  send(500'000, 1'000'000, 100);
  EXPECT_TRUE(limitation.is_known());
  EXPECT_FALSE(limitation.is_limited());
  send(950'000, 1'000'000, 100);
  EXPECT_TRUE(limitation.is_limited());
  send(950'000, 2'000'000, 50);  // there is more room
  EXPECT_FALSE(limitation.is_limited());
  limitation.pass(now);
  EXPECT_EQ(limitation.by_nothing() + limitation.by_bandwidth(), 10s);
  // A second goes by until the larger rate fills one.
  EXPECT_GT(limitation.by_bandwidth(), 3s);
  EXPECT_LT(limitation.by_bandwidth(), 4s);
}

TEST(Limitation, EndsSoonWhenNothingIsSent) {
  Limitation limitation;
  TimePoint now = kStart;
  for (int i = 0; i < 100; ++i, now += 40ms) limitation.sent(5000, 1'000'000, now);
  EXPECT_TRUE(limitation.is_limited());
  limitation.pass(now);
  const Duration before = limitation.by_bandwidth();
  limitation.pass(now + 60s);
  EXPECT_FALSE(limitation.is_limited());
  EXPECT_LE(limitation.by_bandwidth(), before + 1s);
  EXPECT_EQ(limitation.by_nothing() + limitation.by_bandwidth(), 64s);
}

}  // namespace
}  // namespace parley::media::limitation_test
