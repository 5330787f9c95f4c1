#include "formats/audio.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

TEST(WholeFrames, AreTheirPayload) {
  WholePacketizer packetizer;
  WholeDepacketizer depacketizer;
  for (const std::size_t size : {1U, 2U, 160U, 1200U}) {
    const Bytes frame = noise(size, 1);
    const Payloads payloads = packetized(packetizer, frame, 1200);
    EXPECT_EQ(payloads.all, List{frame});
    EXPECT_EQ(payloads.marked, 1U);
    EXPECT_TRUE(depacketizer.inspect(payloads.all[0])->begins_frame);
    EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
  }
}

TEST(WholeFrames, HaveToFit) {
  Payloads payloads;
  EXPECT_FALSE(WholePacketizer().packetize(noise(101, 1), {}, 100, payloads));
  EXPECT_FALSE(WholePacketizer().packetize({}, {}, 100, payloads));
  EXPECT_TRUE(payloads.all.empty());
}

TEST(WholeFrames, AreOnePayload) {
  WholeDepacketizer depacketizer;
  EXPECT_FALSE(assembled(depacketizer, {}));
  EXPECT_FALSE(assembled(depacketizer, {bytes({1}), bytes({2})}));
}

}  // namespace
}  // namespace parley::formats
