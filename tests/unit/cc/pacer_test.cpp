#include "cc/pacer.hpp"

#include <gmock/gmock.h>

namespace parley::cc {
namespace {

constexpr TimePoint kStart{10s};

Bytes packet(std::size_t size, std::uint8_t mark) { return Bytes(size, mark); }

TEST(Pacer, SpreadsVideoAtItsRate) {
  Pacer pacer;
  pacer.set_rate(1e6);  // a packet of 1250 bytes is 10 ms
  for (std::uint8_t i = 0; i < 10; ++i) pacer.push(packet(1250, i), Priority::Video, kStart);
  std::size_t sent = 0;
  TimePoint now = kStart;
  while (sent < 10) {
    while (const auto* popped = pacer.pop(now)) EXPECT_EQ(popped->bytes[0], sent++);
    if (const auto next = pacer.next_deadline()) {
      ASSERT_GT(*next, now);
      now = *next;
    }
  }
  EXPECT_GE(now - kStart, 80ms);
  EXPECT_LE(now - kStart, 100ms);
  EXPECT_EQ(pacer.next_deadline(), std::nullopt);
}

TEST(Pacer, AudioNeverWaitsAndRetransmissionsGoBeforeVideo) {
  Pacer pacer;
  pacer.set_rate(1e6);
  pacer.push(packet(1250, 1), Priority::Video, kStart);
  pacer.push(packet(1250, 2), Priority::Video, kStart);
  pacer.push(packet(1250, 3), Priority::Retransmission, kStart);
  EXPECT_EQ(pacer.pop(kStart)->bytes[0], 3);
  EXPECT_EQ(pacer.pop(kStart), nullptr);
  pacer.push(packet(100, 4), Priority::Audio, kStart);
  EXPECT_EQ(pacer.pop(kStart)->bytes[0], 4);
  EXPECT_EQ(pacer.pop(kStart + 20ms)->bytes[0], 1);
}

TEST(Pacer, IsFasterRatherThanVeryLate) {
  Pacer pacer;
  pacer.set_rate(100e3);
  for (int i = 0; i < 100; ++i) pacer.push(packet(1250, 1), Priority::Video, kStart);
  TimePoint now = kStart;
  std::size_t sent = 0;
  while (pacer.waiting_bytes() > 12'500) {
    while (pacer.pop(now)) ++sent;
    now = std::max(now, pacer.next_deadline().value_or(now));
  }
  EXPECT_LT(now - kStart, 1s);  // at the rate it would be nine
}

TEST(Pacer, AProbeAsksForPaddingWhenNothingWaits) {
  Pacer pacer;
  pacer.set_rate(300e3);
  pacer.begin({.id = 7, .rate = 1e6, .bytes = 5000}, kStart);
  pacer.push(packet(1250, 1), Priority::Video, kStart);
  ASSERT_NE(pacer.pop(kStart), nullptr);
  EXPECT_EQ(pacer.probe(), 7U);
  EXPECT_EQ(pacer.padding(kStart), 0U);  // not yet
  EXPECT_EQ(pacer.padding(kStart + 10ms), 3750U);
  pacer.padded(3750, kStart + 10ms);
  EXPECT_EQ(pacer.padding(kStart + 1s), 0U);
  pacer.begin({.id = 8, .rate = 1e6, .bytes = 5000}, kStart + 1s);
  pacer.end_probe();
  EXPECT_EQ(pacer.probe(), std::nullopt);
}

}  // namespace
}  // namespace parley::cc
