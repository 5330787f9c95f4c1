// What an RTCDTMFSender plays, and for how long.
#include "api/tone_buffer.hpp"

#include <gmock/gmock.h>

namespace parley::api {
namespace {

using namespace std::chrono_literals;
using Step = ToneBuffer::Step;

std::vector<Step> all_steps(ToneBuffer& buffer) {
  std::vector<Step> steps;
  do {
    steps.push_back(buffer.next());
  } while (steps.back().next > 0ms);
  return steps;
}

TEST(ToneBuffer, PlaysKeysInOrderAndSaysWhenItIsOver) {
  ToneBuffer buffer;
  ASSERT_TRUE(buffer.set("1a,", 100, 70));
  EXPECT_EQ(buffer.keys(), "1A,");
  EXPECT_THAT(all_steps(buffer), testing::ElementsAre(Step{"1", 100ms, 170ms}, Step{"A", 100ms, 170ms},
                                                      Step{",", 0ms, 2000ms}, Step{"", 0ms, 0ms}));
  EXPECT_EQ(buffer.keys(), "");
}

TEST(ToneBuffer, TakesEveryKeyAndNothingElse) {
  ToneBuffer buffer;
  EXPECT_TRUE(buffer.set("0123456789ABCDabcd#*,", 100, 70));
  for (const char* wrong : {"E", "1 2", "+", "e", "\n", "1\xC3\xA4"}) EXPECT_FALSE(buffer.set(wrong, 100, 70)) << wrong;
  EXPECT_EQ(buffer.keys(), "0123456789ABCDABCD#*,");  // as before
}

TEST(ToneBuffer, DurationsAndGapsStayWithinTheirLimits) {
  ToneBuffer buffer;
  ASSERT_TRUE(buffer.set("1", 39, 29));
  EXPECT_EQ(buffer.next(), (Step{"1", 40ms, 70ms}));
  ASSERT_TRUE(buffer.set("1", 6001, 6001));
  EXPECT_EQ(buffer.next(), (Step{"1", 6000ms, 12000ms}));
  ASSERT_TRUE(buffer.set("1", 0xFFFFFFFF, 0xFFFFFFFF));
  EXPECT_EQ(buffer.next(), (Step{"1", 6000ms, 12000ms}));
}

TEST(ToneBuffer, WhatIsSetReplacesWhatWasThere) {
  ToneBuffer buffer;
  ASSERT_TRUE(buffer.set("123", 100, 70));
  (void)buffer.next();
  ASSERT_TRUE(buffer.set("", 100, 70));
  EXPECT_EQ(buffer.next(), Step{});
}

}  // namespace
}  // namespace parley::api
