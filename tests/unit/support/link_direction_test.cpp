#include "support/link_direction.hpp"

#include <gmock/gmock.h>

namespace parley::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const TimePoint kStart{1000s};

Bytes packet(std::uint8_t first, std::size_t size = 1) {
  Bytes bytes(size, 0);
  bytes[0] = first;
  return bytes;
}

std::vector<int> firsts(const std::vector<Bytes>& packets) {
  std::vector<int> values;
  for (const Bytes& bytes : packets) values.push_back(bytes.at(0));
  return values;
}

TEST(LinkDirection, DeliversAfterTheDelayAndNotBefore) {
  LinkDirection link({.delay = 50ms});
  link.receive(packet(1), kStart);
  link.receive(packet(2), kStart + 1ms);
  EXPECT_EQ(link.next_deadline(), kStart + 50ms);
  EXPECT_THAT(link.poll(kStart + 49ms), IsEmpty());
  EXPECT_THAT(firsts(link.poll(kStart + 50ms)), ElementsAre(1));
  EXPECT_EQ(link.next_deadline(), kStart + 51ms);
  EXPECT_THAT(firsts(link.poll(kStart + 1s)), ElementsAre(2));
  EXPECT_EQ(link.next_deadline(), std::nullopt);
}

TEST(LinkDirection, SpacesPacketsByTheRate) {
  // 100 bytes take 1 ms at 800 kbit/s.
  LinkDirection link({.delay = 10ms, .bits_per_second = 800'000, .overhead_bytes = 28});
  for (std::uint8_t i = 0; i < 3; ++i) link.receive(packet(i, 72), kStart);
  EXPECT_EQ(link.next_deadline(), kStart + 11ms);
  EXPECT_THAT(firsts(link.poll(kStart + 12ms)), ElementsAre(0, 1));
  EXPECT_EQ(link.next_deadline(), kStart + 13ms);
}

TEST(LinkDirection, AnIdleLineSavesNoCapacity) {
  LinkDirection link({.bits_per_second = 800'000, .overhead_bytes = 0});
  link.receive(packet(1, 100), kStart);
  link.receive(packet(2, 100), kStart + 1s);
  link.receive(packet(3, 100), kStart + 1s);
  EXPECT_THAT(firsts(link.poll(kStart + 1s + 1ms)), ElementsAre(1, 2));
  EXPECT_EQ(link.next_deadline(), kStart + 1s + 2ms);
}

TEST(LinkDirection, DropsWhatDoesNotFitTheQueue) {
  LinkDirection link({.bits_per_second = 800'000, .queue_bytes = 300, .overhead_bytes = 0});
  for (std::uint8_t i = 0; i < 5; ++i) link.receive(packet(i, 100), kStart);
  EXPECT_EQ(link.counters().overflowed, 2U);
  EXPECT_THAT(firsts(link.poll(kStart + 1s)), ElementsAre(0, 1, 2));
  // The queue has room again once the line has taken a packet.
  link.receive(packet(9, 100), kStart + 1ms);
  EXPECT_EQ(link.counters().overflowed, 2U);
}

TEST(LinkDirection, ARateOf100MegabitCarriesExactlyThat) {
  LinkDirection link({.delay = 50ms, .bits_per_second = 100'000'000, .queue_bytes = 1'250'000});
  std::size_t bytes = 0;
  const auto second_after = [&](TimePoint now) { return now - kStart <= 1s; };
  for (TimePoint now = kStart; second_after(now); now += 50us) {
    link.receive(Bytes(1200), now);
    for (const Bytes& out : link.poll(now)) bytes += out.size() + 28;
  }
  EXPECT_NEAR(static_cast<double>(bytes), 0.95 * 12'500'000, 5'000);
  EXPECT_GT(link.counters().overflowed, 0U);
}

TEST(LinkDirection, LosesTheShareItIsToldTo) {
  LinkDirection link({.loss = 0.01, .seed = 7});
  for (int i = 0; i < 100'000; ++i) {
    link.receive(packet(0), kStart);
    link.poll(kStart);
  }
  EXPECT_NEAR(static_cast<double>(link.counters().lost), 1000, 130);
  EXPECT_EQ(link.counters().delivered + link.counters().lost, 100'000U);
}

std::vector<int> survivors(const LinkRules& rules) {
  LinkDirection link(rules);
  for (std::uint8_t i = 0; i < 100; ++i) link.receive(packet(i), kStart + i * 1ms);
  return firsts(link.poll(kStart + 10s));
}

TEST(LinkDirection, TheSameSeedLosesTheSamePackets) {
  EXPECT_EQ(survivors({.loss = 0.3, .seed = 5}), survivors({.loss = 0.3, .seed = 5}));
  EXPECT_NE(survivors({.loss = 0.3, .seed = 5}), survivors({.loss = 0.3, .seed = 6}));
}

TEST(LinkDirection, AnotherRuleDoesNotChangeWhichPacketsAreLost) {
  EXPECT_EQ(survivors({.loss = 0.3, .seed = 5}), survivors({.jitter = 5ms, .loss = 0.3, .seed = 5}));
}

TEST(LinkDirection, JitterSpreadsArrivalsButKeepsTheOrder) {
  LinkDirection link({.delay = 10ms, .jitter = 20ms});
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) link.receive(packet(static_cast<std::uint8_t>(i)), kStart + i * 1ms);
  TimePoint last{};
  Duration most{};
  for (int i = 0; i < 100; ++i) {
    const TimePoint at = link.next_deadline().value();
    EXPECT_GE(at, last);
    EXPECT_GE(at - (kStart + i * 1ms), 10ms);
    most = std::max(most, at - (kStart + i * 1ms));
    last = at;
    for (const int first : firsts(link.poll(at))) order.push_back(first);
    if (order.size() == 100) break;
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_GT(most, 15ms);
}

TEST(LinkDirection, ReorderedPacketsAreOvertaken) {
  LinkDirection link({.reorder = 0.2, .reorder_hold = 5ms, .seed = 3});
  for (std::uint8_t i = 0; i < 100; ++i) link.receive(packet(i), kStart + i * 1ms);
  const auto order = firsts(link.poll(kStart + 1s));
  EXPECT_EQ(order.size(), 100U);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
}

TEST(LinkDirection, DuplicatesArriveTwice) {
  LinkDirection link({.duplicate = 1});
  link.receive(packet(4), kStart);
  EXPECT_THAT(firsts(link.poll(kStart)), ElementsAre(4, 4));
  EXPECT_EQ(link.counters().duplicated, 1U);
}

TEST(LinkDirection, NewRulesLeaveThePacketsUnderWayAlone) {
  LinkDirection link({.delay = 50ms});
  link.receive(packet(1), kStart);
  link.set_rules({.delay = 1ms, .loss = 1});
  link.receive(packet(2), kStart);
  EXPECT_THAT(firsts(link.poll(kStart + 50ms)), ElementsAre(1));
  EXPECT_EQ(link.counters().lost, 1U);
}

}  // namespace
}  // namespace parley::test
