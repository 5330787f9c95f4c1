#include "media/packet_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace parley::media::packet_history_test {
namespace {

constexpr TimePoint kStart{};

void store(PacketHistory& history, std::uint16_t number, std::size_t size) {
  std::ranges::fill(history.store(number, size).head, static_cast<std::uint8_t>(number));
}

TEST(PacketHistory, GivesBackWhatWasStored) {
  PacketHistory history(8);
  store(history, 3, 100);
  const cc::Packet* packet = history.again(3, kStart, 20ms);
  ASSERT_NE(packet, nullptr);
  ASSERT_EQ(packet->head.size(), 100U);
  EXPECT_EQ(packet->head[99], 3);
}

TEST(PacketHistory, ForgetsTheOldest) {
  PacketHistory history(8);
  for (std::uint16_t number = 0; number < 9; ++number) store(history, number, 10);
  EXPECT_EQ(history.again(0, kStart, 20ms), nullptr);
  EXPECT_NE(history.again(1, kStart, 20ms), nullptr);
  EXPECT_EQ(history.again(100, kStart, 20ms), nullptr);
}

TEST(PacketHistory, GrowsWhereMuchIsSentInASecond) {
  PacketHistory history(8, 32);
  for (std::uint16_t number = 65530; number != 34; ++number) {
    history.pass(TimePoint(number == 65530 ? 10s : 10500ms));
    store(history, number, 10);
  }
  for (std::uint16_t number = 2; number < 34; ++number) {
    const cc::Packet* const packet = history.find(number);
    ASSERT_NE(packet, nullptr) << number;
    EXPECT_EQ(packet->head[9], number);
  }
  EXPECT_EQ(history.find(1), nullptr);
  EXPECT_EQ(history.reach(), 8U);
}

TEST(PacketHistory, DoesNotGrowWhereLittleIsSent) {
  PacketHistory history(8, 32);
  for (std::uint16_t number = 0; number < 40; ++number) {
    history.pass(TimePoint(number * 125ms));
    store(history, number, 10);
  }
  EXPECT_NE(history.find(32), nullptr);
  EXPECT_EQ(history.find(31), nullptr);
}

TEST(PacketHistory, ANumberThatWrappedIsAnotherPacket) {
  PacketHistory history(8);
  store(history, 65535, 10);
  store(history, 7, 20);
  EXPECT_EQ(history.again(65535, kStart, 20ms), nullptr);
  EXPECT_EQ(history.again(7, kStart, 20ms)->size(), 20U);
}

TEST(PacketHistory, DoesNotRepeatWhatIsOnItsWay) {
  PacketHistory history(8);
  store(history, 1, 10);
  EXPECT_NE(history.again(1, kStart, 20ms), nullptr);
  EXPECT_EQ(history.again(1, kStart + 19ms, 20ms), nullptr);
  EXPECT_NE(history.again(1, kStart + 20ms, 20ms), nullptr);
}

TEST(PacketHistory, WhatWasWrittenWhenACopyLeftIsWrittenHere) {
  PacketHistory history(8);
  store(history, 1, 10);
  history.find(1)->send_time = 4;
  Bytes bytes(10, 1);
  bytes[4] = bytes[5] = bytes[6] = 9;
  const cc::Packet left{.head = bytes, .send_time = 4, .has_left = true};
  history.take_over(2, left);
  EXPECT_FALSE(history.find(1)->has_left);
  history.take_over(1, left);
  EXPECT_TRUE(history.find(1)->has_left);
  EXPECT_TRUE(std::ranges::equal(history.find(1)->head, bytes));
  store(history, 9, 10);
  history.take_over(1, left);
  EXPECT_FALSE(history.find(9)->has_left) << "another packet has taken its place";
}

}  // namespace
}  // namespace parley::media::packet_history_test
