#include <gtest/gtest.h>

#include <limits>

#include "parley/peer_connection.hpp"

namespace parley {
namespace {

TEST(JitterBufferTarget, IsWhatTheProgramHasSet) {
  RTCPeerConnection pc;
  const auto receiver = pc.addTransceiver("video")->receiver();
  EXPECT_EQ(receiver->jitterBufferTarget(), std::nullopt);
  for (const double target : {0.0, 12.5, 4000.0}) {
    receiver->jitterBufferTarget(target);
    EXPECT_EQ(receiver->jitterBufferTarget(), target);
  }
  receiver->jitterBufferTarget(std::nullopt);
  EXPECT_EQ(receiver->jitterBufferTarget(), std::nullopt);
}

TEST(JitterBufferTarget, IsRefusedBeyondItsRange) {
  RTCPeerConnection pc;
  const auto receiver = pc.addTransceiver("audio")->receiver();
  receiver->jitterBufferTarget(100);
  for (const double target : {-1.0, 4000.5, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(receiver->jitterBufferTarget(target), RangeError);
  EXPECT_EQ(receiver->jitterBufferTarget(), 100);
}

TEST(JitterBufferTarget, OutlivesItsConnection) {
  std::shared_ptr<RTCRtpReceiver> receiver;
  {
    RTCPeerConnection pc;
    receiver = pc.addTransceiver("audio")->receiver();
    receiver->jitterBufferTarget(100);
  }
  receiver->jitterBufferTarget(200);
  EXPECT_EQ(receiver->jitterBufferTarget(), 200);
}

}  // namespace
}  // namespace parley
