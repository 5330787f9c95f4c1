#include "stats/select.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::stats {
namespace {

using testing::ElementsAre;

template <class T>
T make(RTCStatsType type, std::string id) {
  T stats;
  stats.type = type;
  stats.id = std::move(id);
  return stats;
}

RTCStatsReport report() {
  auto out = make<RTCOutboundRtpStreamStats>(RTCStatsType::OutboundRtp, "out");
  out.mediaSourceId = "source";
  out.transportId = "transport";
  out.remoteId = "gone";  // not in the report
  out.mid = "local";      // not a reference, though there is such an id
  auto transport = make<RTCTransportStats>(RTCStatsType::Transport, "transport");
  transport.selectedCandidatePairId = "pair";
  auto pair = make<RTCIceCandidatePairStats>(RTCStatsType::CandidatePair, "pair");
  pair.transportId = "transport";  // in a circle
  pair.remoteCandidateId = "remote";
  RTCStatsReport::Objects objects;
  objects.emplace("out", out);
  objects.emplace("transport", transport);
  objects.emplace("pair", pair);
  objects.emplace("source", make<RTCVideoSourceStats>(RTCStatsType::MediaSource, "source"));
  objects.emplace("remote", make<RTCIceCandidateStats>(RTCStatsType::RemoteCandidate, "remote"));
  objects.emplace("local", make<RTCIceCandidateStats>(RTCStatsType::LocalCandidate, "local"));
  objects.emplace("in", make<RTCInboundRtpStreamStats>(RTCStatsType::InboundRtp, "in"));
  return RTCStatsReport(std::move(objects));
}

std::vector<std::string> ids(const RTCStatsReport& report) {
  std::vector<std::string> all;
  for (const auto& [id, object] : report) all.push_back(id);
  return all;
}

TEST(StatsSelection, FollowsReferencesAndNothingElse) {
  EXPECT_THAT(ids(select(report(), {"out"})), ElementsAre("out", "pair", "remote", "source", "transport"));
  EXPECT_THAT(ids(select(report(), {"in", "local", "in", "nobody"})), ElementsAre("in", "local"));
  EXPECT_THAT(ids(select(report(), {})), ElementsAre());
}

TEST(StatsReport, FindsByIdAndByKind) {
  const RTCStatsReport all = report();
  EXPECT_EQ(all.size(), 7U);
  EXPECT_TRUE(all.has("pair"));
  EXPECT_FALSE(all.has("nobody"));
  EXPECT_EQ(all.get("pair")->type, RTCStatsType::CandidatePair);
  EXPECT_EQ(all.get<RTCIceCandidatePairStats>("pair")->remoteCandidateId, "remote");
  EXPECT_EQ(all.get<RTCTransportStats>("pair"), nullptr);
  EXPECT_EQ(all.get<RTCTransportStats>("nobody"), nullptr);
  EXPECT_EQ(all.get<RTCStats>(std::optional<std::string>()), nullptr);
  EXPECT_EQ(all.get<RTCTransportStats>(all.first<RTCRtpStreamStats>()->transportId), nullptr);  // of "in": none
  EXPECT_EQ(all.all<RTCIceCandidateStats>().size(), 2U);
  EXPECT_EQ(all.all<RTCRtpStreamStats>().size(), 2U);  // what they have in common
  EXPECT_EQ(all.all<RTCMediaSourceStats>().size(), 1U);
  EXPECT_EQ(all.all<RTCStats>().size(), 7U);
  EXPECT_EQ(all.first<RTCCertificateStats>(), nullptr);
  EXPECT_EQ(RTCStatsReport().size(), 0U);
}

TEST(StatsReport, WhatIsFoundLivesAsLongAsACopy) {
  auto all = std::make_unique<RTCStatsReport>(report());
  const auto* transport = all->first<RTCTransportStats>();
  const RTCStatsReport copy = *all;
  all.reset();
  EXPECT_EQ(transport->id, "transport");
  EXPECT_EQ(copy.first<RTCTransportStats>(), transport);
}

}  // namespace
}  // namespace parley::stats
