// Which pictures a track keeps back until there is a key frame.
#include "api/key_frame_gate.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/resources.hpp"

namespace parley::api {
namespace {

using enum RTCEncodedVideoFrameType;

RTCEncodedVideoFrame frame(RTCEncodedVideoFrameType type, std::string rid) {
  RTCEncodedVideoFrame made;
  made.type = type;
  made.metadata.rid = std::move(rid);
  return made;
}

TEST(KeyFrameGate, IsClosedForAnEncodingUntilItsKeyFrame) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.passes(frame(Delta, "a")));
  gate.close("a");
  EXPECT_FALSE(gate.passes(frame(Delta, "a")));
  EXPECT_TRUE(gate.passes(frame(Delta, "b")));
  EXPECT_TRUE(gate.passes(frame(Key, "a")));
  EXPECT_TRUE(gate.passes(frame(Delta, "a")));
  gate.close();
  EXPECT_FALSE(gate.passes(frame(Delta, "b")));
  EXPECT_TRUE(gate.passes(frame(Key, "b")));
  EXPECT_TRUE(gate.passes(frame(Delta, "b")));
  EXPECT_FALSE(gate.passes(frame(Delta, "a")));
}

/// Rids are the peer's: each of its packets may have another one.
TEST(KeyFrameGate, KnowsABoundedNumberOfEncodings) {
  for (const bool all : {false, true}) {
    KeyFrameGate gate;
    if (all) gate.close();
    const std::size_t before = test::allocated_bytes();
    for (int i = 0; i < 10'000; ++i) {
      const std::string rid = std::string(200, 'r') + std::to_string(i);
      if (!all) gate.close(rid);
      ASSERT_TRUE(!all || gate.passes(frame(Key, rid)));
      // What is remembered is right, and the last one is.
      EXPECT_EQ(gate.passes(frame(Delta, rid)), all);
    }
    EXPECT_LT(test::allocated_bytes(), before + 64 * 1024);
  }
}

TEST(KeyFrameGate, AsManyEncodingsAsItKnowsDoNotCloseEachOther) {
  KeyFrameGate gate;
  gate.close();
  const auto frame = [](std::size_t i, RTCEncodedVideoFrameType type) {
    RTCEncodedVideoFrame made;
    made.type = type;
    made.metadata.rid = std::to_string(i);
    return made;
  };
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < KeyFrameGate::kMost; ++i) gate.passes(frame(i, RTCEncodedVideoFrameType::Key));
  for (std::size_t i = 0; i < KeyFrameGate::kMost; ++i)
    EXPECT_TRUE(gate.passes(frame(i, RTCEncodedVideoFrameType::Delta))) << i;
}

}  // namespace
}  // namespace parley::api
