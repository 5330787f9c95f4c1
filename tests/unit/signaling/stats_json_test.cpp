#include <gtest/gtest.h>

#include <set>

#include "parley/data_channel.hpp"
#include "parley/json.hpp"
#include "stats/members.hpp"

namespace parley {
namespace {

using nlohmann::json;

TEST(StatsJson, IsWhatABrowserWrites) {
  RTCDataChannelStats channel;
  channel.timestamp = 1500.5;
  channel.type = RTCStatsType::DataChannel;
  channel.id = "channel1";
  channel.label = "chat";
  channel.state = RTCDataChannelState::Open;
  channel.bytesSent = 1ULL << 40;
  RTCStatsReport::Objects objects;
  objects.emplace("channel1", channel);
  EXPECT_EQ(json(RTCStatsReport(std::move(objects))), json({{"channel1",
                                                             {{"timestamp", 1500.5},
                                                              {"type", "data-channel"},
                                                              {"id", "channel1"},
                                                              {"label", "chat"},
                                                              {"protocol", ""},
                                                              {"state", "open"},
                                                              {"messagesSent", 0},
                                                              {"bytesSent", 1ULL << 40},
                                                              {"messagesReceived", 0},
                                                              {"bytesReceived", 0}}}}));
  EXPECT_EQ(json(RTCStatsReport()), json::object());
}

TEST(StatsJson, WritesWhatIsThereAndEnumerationsAsTheirStrings) {
  RTCOutboundRtpStreamStats out;
  out.type = RTCStatsType::OutboundRtp;
  out.qualityLimitationReason = RTCQualityLimitationReason::Bandwidth;
  out.qualityLimitationDurations = {{"bandwidth", 1.5}};
  out.active = false;
  const json written = RTCStatsObject(out);
  EXPECT_EQ(written["type"], "outbound-rtp");
  EXPECT_EQ(written["qualityLimitationReason"], "bandwidth");
  EXPECT_EQ(written["qualityLimitationDurations"]["bandwidth"], 1.5);
  EXPECT_EQ(written["active"], false);
  EXPECT_FALSE(written.contains("rid"));
  RTCTransportStats transport;
  transport.dtlsRole = RTCDtlsRole::Server;
  transport.iceState = RTCIceTransportState::Checking;
  const json other = RTCStatsObject(transport);
  EXPECT_EQ(other["dtlsRole"], "server");
  EXPECT_EQ(other["iceState"], "checking");
}

/// No member is named twice, which is what a slip in the tables would look like.
TEST(StatsJson, EveryMemberHasANameOfItsOwn) {
  const auto check = [](const auto& stats) {
    std::set<std::string> names;
    std::set<const void*> members;
    stats::each_member(stats, [&](const char* name, const auto& value) {
      EXPECT_TRUE(names.insert(name).second) << name;
      EXPECT_TRUE(members.insert(&value).second) << name;
    });
    EXPECT_GT(names.size(), 3U);
  };
  check(RTCCodecStats());
  check(RTCInboundRtpStreamStats());
  check(RTCOutboundRtpStreamStats());
  check(RTCRemoteInboundRtpStreamStats());
  check(RTCRemoteOutboundRtpStreamStats());
  check(RTCAudioSourceStats());
  check(RTCVideoSourceStats());
  check(RTCAudioPlayoutStats());
  check(RTCPeerConnectionStats());
  check(RTCDataChannelStats());
  check(RTCTransportStats());
  check(RTCIceCandidatePairStats());
  check(RTCIceCandidateStats());
  check(RTCCertificateStats());
}

}  // namespace
}  // namespace parley
