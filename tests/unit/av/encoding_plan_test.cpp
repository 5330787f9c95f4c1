// What is to be made of pictures, by what a sender says about its encodings.
#include "av/encoding_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

TEST(EncodingPlan, PicturesAreMadeSmallerByAFactorOrToASize) {
  const PictureSize picture{1280, 720};
  EXPECT_EQ(scaled({}, picture), picture);
  EXPECT_EQ(scaled({.scaleResolutionDownBy = 4.0}, picture), (PictureSize{320, 180}));
  // To an even number, downwards.
  EXPECT_EQ(scaled({.scaleResolutionDownBy = 3.0}, picture), (PictureSize{426, 240}));
  EXPECT_EQ(scaled({.scaleResolutionDownBy = 8.0}, picture), (PictureSize{160, 90}));
  EXPECT_EQ(scaled({.scaleResolutionDownTo = RTCResolutionRestriction{640, 640}}, picture), (PictureSize{640, 360}));
  // Turned with the picture, and never larger.
  EXPECT_EQ(scaled({.scaleResolutionDownTo = RTCResolutionRestriction{640, 360}}, {720, 1280}),
            (PictureSize{360, 640}));
  EXPECT_EQ(scaled({.scaleResolutionDownTo = RTCResolutionRestriction{2000, 2000}}, picture), picture);
  // There is always something left.
  EXPECT_EQ(scaled({.scaleResolutionDownBy = 1e9}, picture), (PictureSize{2, 2}));
  EXPECT_EQ(scaled({.scaleResolutionDownBy = 2.0}, {1, 1}), (PictureSize{1, 1}));
}

TEST(EncodingPlan, AnEncodingTakesWhatItsPicturesNeedAndNoMoreThanItMay) {
  const RateWish large = rate_wish({}, {1280, 720}, 30), small = rate_wish({}, {320, 180}, 30);
  EXPECT_NEAR(large.most / small.most, 16, 0.1);
  EXPECT_LT(large.least, large.most);
  const RateWish bounded = rate_wish({.maxBitrate = 100'000}, {1280, 720}, 30);
  EXPECT_EQ(bounded.most, 100'000);
  EXPECT_EQ(bounded.least, 100'000);
}

TEST(EncodingPlan, TheSmallOnesComeFirstAndNothingIsLeftOverForNobody) {
  const std::vector<RateWish> wishes{{50, 200}, {150, 700}, {600, 2500}};
  const auto shares = [&](double target) { return share(target, wishes); };
  EXPECT_THAT(shares(20), ElementsAre(Optional(20.0), Eq(std::nullopt), Eq(std::nullopt)));
  EXPECT_THAT(shares(180), ElementsAre(Optional(180.0), Eq(std::nullopt), Eq(std::nullopt)));
  // All have the least before one has more.
  EXPECT_THAT(shares(300), ElementsAre(Optional(150.0), Optional(150.0), Eq(std::nullopt)));
  EXPECT_THAT(shares(1000), ElementsAre(Optional(200.0), Optional(200.0), Optional(600.0)));
  EXPECT_THAT(shares(9000), ElementsAre(Optional(200.0), Optional(700.0), Optional(2500.0)));
  EXPECT_THAT(shares(-5), ElementsAre(Optional(0.0), Eq(std::nullopt), Eq(std::nullopt)));
}

TEST(EncodingPlan, WhoRunsGoesOnWithWhatIsTooLittleToBegin) {
  EXPECT_THAT(share(210, {{50, 200}, {150, 700, false}}), ElementsAre(Optional(200.0), Eq(std::nullopt)));
  EXPECT_THAT(share(210, {{50, 200}, {150, 700, true}}), ElementsAre(Optional(60.0), Optional(150.0)));
}

TEST(EncodingPlan, PicturesAreLeftOutEvenly) {
  const auto taken = [](std::optional<double> most, std::chrono::microseconds step) {
    FrameThinner thinner;
    int count = 0;
    for (int i = 0; i < 120; ++i) count += thinner.takes(i * step, most) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(taken(std::nullopt, 33'333us), 120);
  EXPECT_EQ(taken(30, 33'333us), 120);
  EXPECT_NEAR(taken(15, 33'333us), 60, 1);
  EXPECT_NEAR(taken(20, 33'333us), 80, 1);
  EXPECT_EQ(taken(15, 100ms), 120);
  EXPECT_EQ(taken(0, 33'333us), 0);
}

TEST(EncodingPlan, AClockThatJumpsDoesNotStopPictures) {
  FrameThinner thinner;
  EXPECT_TRUE(thinner.takes(1h, 10));
  EXPECT_FALSE(thinner.takes(1h + 50ms, 10));
  EXPECT_TRUE(thinner.takes(0s, 10));
  EXPECT_FALSE(thinner.takes(50ms, 10));
  EXPECT_TRUE(thinner.takes(2h, 10));
  EXPECT_TRUE(thinner.takes(2h + 100ms, 10));
}

}  // namespace
}  // namespace parley::av
