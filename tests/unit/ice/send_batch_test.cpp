#include "ice/send_batch.hpp"

#include <gtest/gtest.h>

namespace parley::ice {
namespace {

constexpr std::size_t kNoLimit = 1 << 20;

Bytes of(std::size_t size, std::uint8_t fill = 1) { return Bytes(size, fill); }

TEST(IceSendBatch, EquallyLongPacketsAreOneRunAndAShorterOneEndsIt) {
  SendBatch batch;
  for (const std::size_t size : {100U, 100U, 100U, 50U, 50U, 50U}) EXPECT_TRUE(batch.push(of(size), kNoLimit));
  ASSERT_EQ(batch.runs().size(), 2U);
  EXPECT_EQ(batch.runs()[0].count, 4);
  EXPECT_EQ(batch.runs()[0].segment, 100);
  EXPECT_EQ(batch.runs()[0].size, 350U);
  EXPECT_EQ(batch.runs()[1].count, 2);
}

TEST(IceSendBatch, ALongerPacketBeginsANewRun) {
  SendBatch batch;
  for (const std::size_t size : {100U, 101U, 101U}) EXPECT_TRUE(batch.push(of(size), kNoLimit));
  ASSERT_EQ(batch.runs().size(), 2U);
  EXPECT_EQ(batch.runs()[1].count, 2);
}

TEST(IceSendBatch, AnotherMarkBeginsANewRun) {
  SendBatch batch;
  for (const int dscp : {0, 0, 46, 46, 0})
    EXPECT_TRUE(batch.push(of(100), kNoLimit, {.dscp = static_cast<std::uint8_t>(dscp)}));
  ASSERT_EQ(batch.runs().size(), 3U);
  EXPECT_EQ(batch.runs()[0].mark.dscp, 0);
  EXPECT_EQ(batch.runs()[1].mark.dscp, 46);
  EXPECT_EQ(batch.runs()[1].count, 2);
  EXPECT_EQ(batch.runs()[2].mark.dscp, 0);
}

TEST(IceSendBatch, RunsStayWithinWhatTheKernelTakes) {
  SendBatch batch;
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(batch.push(of(10), kNoLimit));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(batch.push(of(1400), kNoLimit));
  std::size_t count = 0;
  for (const SendBatch::Run& run : batch.runs()) {
    EXPECT_LE(run.count, SendBatch::kMaxSegments);
    EXPECT_LE(run.size, SendBatch::kMaxRunBytes);
    count += run.count;
  }
  EXPECT_EQ(count, 300U);
}

TEST(IceSendBatch, TheLimitAndImpossiblePacketsAreRefused) {
  SendBatch batch;
  EXPECT_FALSE(batch.push(of(0), kNoLimit));
  EXPECT_FALSE(batch.push(of(SendBatch::kMaxPacket + 1), kNoLimit));
  EXPECT_TRUE(batch.push(of(60), 100));
  EXPECT_FALSE(batch.push(of(41), 100));
  EXPECT_TRUE(batch.push(of(40), 100));
}

TEST(IceSendBatch, SplittingGivesThePacketsBack) {
  SendBatch batch;
  for (std::uint8_t i = 0; i < 3; ++i) EXPECT_TRUE(batch.push(of(i < 2 ? 20 : 7, i), kNoLimit));
  std::vector<ByteView> packets;
  batch.split(batch.runs()[0], packets);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(Bytes(packets[1].begin(), packets[1].end()), of(20, 1));
  EXPECT_EQ(Bytes(packets[2].begin(), packets[2].end()), of(7, 2));
}

TEST(IceSendBatch, WhatHasLeftIsGone) {
  SendBatch batch;
  for (const std::size_t size : {100U, 100U, 100U, 200U}) EXPECT_TRUE(batch.push(of(size), kNoLimit));
  batch.trim(2);
  EXPECT_EQ(batch.runs()[0].count, 1);
  EXPECT_EQ(batch.bytes(batch.runs()[0]).size(), 100U);
  batch.pop(1);
  ASSERT_EQ(batch.runs().size(), 1U);
  EXPECT_EQ(batch.runs()[0].segment, 200);
  batch.pop(1);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.size(), 0U);
}

TEST(IceSendBatch, APacketIsNeverAddedToARunThatHasLeft) {
  SendBatch batch;
  EXPECT_TRUE(batch.push(of(100), kNoLimit));
  EXPECT_TRUE(batch.push(of(200), kNoLimit));
  batch.pop(1);
  EXPECT_TRUE(batch.push(of(200), kNoLimit));
  ASSERT_EQ(batch.runs().size(), 1U);
  EXPECT_EQ(batch.runs()[0].count, 2);
}

}  // namespace
}  // namespace parley::ice
