// getSynchronizationSources() and getContributingSources().
#include "api/source_log.hpp"

#include <gmock/gmock.h>

namespace parley::api {
namespace {

std::vector<std::uint32_t> sources_of(const SourceLog& log, double now) {
  std::vector<std::uint32_t> sources;
  for (const auto& source : log.recent(now)) sources.push_back(source.source);
  return sources;
}

TEST(SourceLog, TellsOfTheLastTenSecondsLatestFirst) {
  SourceLog log;
  log.delivered(1, 100, std::nullopt, 1000);
  log.delivered(2, 200, std::nullopt, 2000);
  log.delivered(1, 300, std::nullopt, 3000);
  EXPECT_THAT(sources_of(log, 3000), testing::ElementsAre(1, 2));
  EXPECT_EQ(log.recent(3000)[0].rtpTimestamp, 300U);
  EXPECT_EQ(log.recent(3000)[0].timestamp, 3000);
  EXPECT_THAT(sources_of(log, 12'500), testing::ElementsAre(1));
  EXPECT_THAT(sources_of(log, 13'001), testing::IsEmpty());
}

TEST(SourceLog, TellsWhenTheLastFrameWasCaptured) {
  SourceLog log;
  log.delivered(1, 0, std::nullopt, 0, {5000.5, -3.0});
  EXPECT_EQ(log.recent(0)[0].captureTimestamp, 5000.5);
  EXPECT_EQ(log.recent(0)[0].senderCaptureTimeOffset, -3.0);
  log.delivered(1, 0, std::nullopt, 1);
  EXPECT_EQ(log.recent(1)[0].captureTimestamp, std::nullopt);
}

TEST(SourceLog, APeerCannotMakeItGrow) {
  SourceLog log;
  for (std::uint32_t source = 0; source < 1000; ++source) log.delivered(source, 0, std::nullopt, 0);
  EXPECT_EQ(log.recent(0).size(), SourceLog::kMost);
  EXPECT_EQ(log.recent(0).front().source, 999U);
}

}  // namespace
}  // namespace parley::api
