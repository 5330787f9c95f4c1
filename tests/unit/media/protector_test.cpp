#include "media/protector.hpp"

#include <gtest/gtest.h>

#include "rtp/packet.hpp"

namespace parley::media {
namespace {

Bytes packet(std::uint16_t number, std::size_t size) {
  Bytes made(rtp::kFixedHeader + size, static_cast<std::uint8_t>(number));
  made[0] = 0x80;
  made[2] = static_cast<std::uint8_t>(number >> 8);
  made[3] = static_cast<std::uint8_t>(number);
  return made;
}

TEST(Protector, ProtectsNothingUnlessItHelps) {
  Protector protector;
  EXPECT_EQ(protector.group(), 0U);
  protector.note_loss(0.1, 80ms);
  EXPECT_EQ(protector.group(), 0U);  // asked for, it comes in time
  protector.note_loss(0.1, 200ms);
  EXPECT_GT(protector.group(), 0U);
  for (int i = 0; i < 10; ++i) protector.note_loss(0.005, 200ms);
  EXPECT_EQ(protector.group(), 0U);
  EXPECT_FALSE(protector.add(1, packet(1, 10)));
}

TEST(Protector, ProtectsTheMoreTheMoreIsLost) {
  const auto settled = [](double loss) {
    Protector protector;
    for (int i = 0; i < 20; ++i) protector.note_loss(loss, 200ms);
    return protector.group();
  };
  EXPECT_EQ(settled(0.02), Protector::kMost);
  EXPECT_EQ(settled(0.05), 10U);
  EXPECT_EQ(settled(0.1), 5U);
  EXPECT_EQ(settled(1), Protector::kFewest);
}

TEST(Protector, OnePacketProtectsSeveral) {
  Protector protector;
  for (int i = 0; i < 20; ++i) protector.note_loss(0.5, 200ms);
  EXPECT_FALSE(protector.add(65535, packet(65535, 10)));
  EXPECT_FALSE(protector.add(0, packet(0, 30)));
  const auto made = protector.add(2, packet(2, 20));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->base, 65535);
  EXPECT_EQ(made->mask, 0b1011);
  EXPECT_EQ(made->parity.content.size(), 30U);
  rtp::Parity parity = made->parity;
  parity.fold(packet(65535, 10));
  parity.fold(packet(2, 20));
  const Bytes expected = packet(0, 30);
  const auto again = parity.packet(Ssrc(0), 0);
  ASSERT_TRUE(again);
  EXPECT_EQ(Bytes(again->begin() + 12, again->end()), Bytes(expected.begin() + 12, expected.end()));
  EXPECT_FALSE(protector.add(3, packet(3, 10)));  // a new group
}

TEST(Protector, WhatComesTooLateDoesNotSpoilAGroup) {
  Protector protector;
  for (int i = 0; i < 20; ++i) protector.note_loss(0.5, 200ms);
  EXPECT_FALSE(protector.add(5, packet(5, 10)));
  EXPECT_FALSE(protector.add(3, packet(3, 10)));
  EXPECT_FALSE(protector.add(7, packet(7, 10)));
  const auto made = protector.add(6, packet(6, 10));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->base, 5);
  EXPECT_EQ(made->mask, 0b111);
}

TEST(Protector, AGroupDoesNotReachOverALongGap) {
  Protector protector;
  for (int i = 0; i < 20; ++i) protector.note_loss(0.5, 200ms);
  EXPECT_FALSE(protector.add(1, packet(1, 10)));
  EXPECT_FALSE(protector.add(100, packet(100, 10)));
  EXPECT_FALSE(protector.add(101, packet(101, 10)));
  const auto made = protector.add(102, packet(102, 10));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->base, 100);
}

}  // namespace
}  // namespace parley::media
