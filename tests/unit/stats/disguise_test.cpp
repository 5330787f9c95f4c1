#include "stats/disguise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace parley::stats {
namespace {

using testing::Not;

RTCStatsReport::Objects objects() {
  RTCOutboundRtpStreamStats out;
  out.type = RTCStatsType::OutboundRtp;
  out.id = "out";
  out.transportId = "transport";
  out.remoteId = "gone";  // refers to nothing
  out.mid = "transport";  // does not refer to anything
  out.ssrc = 7;
  RTCTransportStats transport;
  transport.type = RTCStatsType::Transport;
  transport.id = "transport";
  RTCStatsReport::Objects result;
  result.emplace("out", out);
  result.emplace("transport", transport);
  return result;
}

template <class T>
T only(const RTCStatsReport& report) {
  for (const auto& [id, object] : report)
    if (const T* found = RTCStatsReport::as<T>(object)) return *found;
  ADD_FAILURE() << "not in the report";
  return {};
}

TEST(DisguiseStats, NamesObjectsAnewAndWhatRefersToThem) {
  const RTCStatsReport report = disguise(objects(), 1);
  const auto out = only<RTCOutboundRtpStreamStats>(report);
  const auto transport = only<RTCTransportStats>(report);
  EXPECT_THAT(out.id, Not("out"));
  EXPECT_NE(report.find(out.id), nullptr);
  EXPECT_THAT(transport.id, Not("transport"));
  EXPECT_EQ(out.transportId, transport.id);
  EXPECT_THAT(out.remoteId, Not("gone"));
  EXPECT_EQ(report.find(*out.remoteId), nullptr);
}

TEST(DisguiseStats, LeavesEverythingElse) {
  const auto out = only<RTCOutboundRtpStreamStats>(disguise(objects(), 1));
  EXPECT_EQ(out.mid, "transport");
  EXPECT_EQ(out.ssrc, 7U);
  EXPECT_EQ(out.codecId, std::nullopt);
  EXPECT_EQ(out.type, RTCStatsType::OutboundRtp);
}

TEST(DisguiseStats, DoesSoInTheSameWayWithTheSameKeyAlone) {
  std::set<std::string> ids;
  for (std::uint64_t key = 0; key < 1000; ++key)
    for (const auto& [id, object] : disguise(objects(), key)) ids.insert(id);
  EXPECT_EQ(ids.size(), 2000U);
  for (const auto& [id, object] : disguise(objects(), 5)) EXPECT_TRUE(ids.contains(id));
}

}  // namespace
}  // namespace parley::stats
