#include "media/loudness.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace parley::media {
namespace {

TEST(Loudness, IsToldInTwoWays) {
  EXPECT_EQ(linear_level(0), 1.0);
  EXPECT_NEAR(linear_level(20), 0.1, 1e-9);
  EXPECT_EQ(linear_level(127), 0.0);
  EXPECT_EQ(linear_level(255), 0.0);
  for (int loudness = 0; loudness <= kSilent; ++loudness)
    EXPECT_EQ(loudness_of(linear_level(static_cast<Loudness>(loudness))), loudness);
}

TEST(Loudness, OfWhatIsNoLevelIsTheNearest) {
  EXPECT_EQ(loudness_of(2), 0);
  EXPECT_EQ(loudness_of(std::numeric_limits<double>::infinity()), 0);
  EXPECT_EQ(loudness_of(1e-300), kSilent);
  EXPECT_EQ(loudness_of(-1), kSilent);
  EXPECT_EQ(loudness_of(std::numeric_limits<double>::quiet_NaN()), kSilent);
}

}  // namespace
}  // namespace parley::media
