#include "media/source_arrivals.hpp"

#include <gmock/gmock.h>

namespace parley::media::source_arrivals_test {
namespace {

using testing::SizeIs;

constexpr TimePoint kStart{1s};

TEST(SourceArrivals, TellOfEachSourceWithItsGaps) {
  SourceArrivals arrivals;
  const TimePoint now{10s};
  EXPECT_FALSE(arrivals.next_deadline());
  EXPECT_FALSE(arrivals.arrived(Ssrc(1), 0xFFFF, now));
  EXPECT_FALSE(arrivals.arrived(Ssrc(1), 1, now + 1ms));
  EXPECT_FALSE(arrivals.arrived(Ssrc(2), 7, now + 2ms));
  EXPECT_EQ(arrivals.next_deadline(), now + ArrivalLog::kInterval);
  const auto told = arrivals.take();
  ASSERT_EQ(told.size(), 2U);
  ASSERT_EQ(told[0].packets.size(), 3U);
  EXPECT_EQ(told[0].packets[0].number, 0xFFFF);
  EXPECT_FALSE(told[0].packets[1].at);
  EXPECT_EQ(told[0].packets[2].at, now + 1ms);
  EXPECT_EQ(told[1].packets.size(), 1U);
  EXPECT_TRUE(arrivals.take().empty());
  EXPECT_FALSE(arrivals.next_deadline());
}

TEST(SourceArrivals, APeerWithManySourcesIsNotRememberedForEver) {
  SourceArrivals arrivals;
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_FALSE(arrivals.arrived(Ssrc(i), 1, TimePoint(10s)));
  EXPECT_EQ(arrivals.take().size(), SourceArrivals::kMost);
  EXPECT_FALSE(arrivals.arrived(Ssrc(5000), 1, TimePoint(30s)));
  const auto told = arrivals.take();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].source, Ssrc(5000));
}

TEST(SourceArrivals, HaveToBeTakenWhenOneSourceHasMany) {
  SourceArrivals arrivals;
  std::uint16_t number = 0;
  while (!arrivals.arrived(Ssrc(1), number, kStart)) ASSERT_LT(++number, ArrivalLog::kMost);
  EXPECT_FALSE(arrivals.arrived(Ssrc(2), 1, kStart));
  const auto told = arrivals.take();
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_THAT(told[0].packets, SizeIs(ArrivalLog::kMost));
  EXPECT_FALSE(arrivals.arrived(Ssrc(1), ++number, kStart));
}

}  // namespace
}  // namespace parley::media::source_arrivals_test
