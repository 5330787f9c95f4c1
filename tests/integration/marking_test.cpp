// Marks of congestion from one end to the other: what leaves with ECT(1) arrives with it, and both ends know.
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;

/// What both ends know once the sender has heard of marked packets, or would have for long.
struct Outcome {
  RTCOutboundRtpStreamStats sent;
  RTCRemoteInboundRtpStreamStats told;
  RTCInboundRtpStreamStats received;
};

template <class T>
T only(RTCPeerConnection& connection) {
  const RTCStatsReport report = connection.getStats().get(20s);
  const T* stats = report.first<T>();
  return stats != nullptr ? *stats : T{};
}

/// What the peer is to tell of packets by: RFC 8888 or transport-wide numbers.
enum class Told { BySource, ByNumber };

Outcome outcome_of(const RTCConfiguration& configuration, Told told) {
  const bool by_source = told == Told::BySource;
  const auto track = MediaStreamTrack::create("video");
  test::Pair pair(configuration);
  (void)pair.offerer.addTrack(track);
  const auto transceiver = pair.offerer.getTransceivers().at(0);
  auto extensions = transceiver->getHeaderExtensionsToNegotiate();
  for (auto& extension : extensions)
    if (by_source && extension.uri.find("transport-wide-cc") != std::string::npos)
      extension.direction = RTCRtpTransceiverDirection::Stopped;
  transceiver->setHeaderExtensionsToNegotiate(extensions);
  pair.negotiate().get(20s);
  Outcome outcome;
  for (int i = 0; i < 1500; ++i) {
    track->write(vp8_frame(i == 0 ? Key : Delta, 20'000, static_cast<std::uint8_t>(i)));
    EventLoop::shared()->delay(10ms).get();
    outcome.told = only<RTCRemoteInboundRtpStreamStats>(pair.offerer);
    const bool enough = !by_source || !configuration.network.l4s || outcome.told.packetsReceivedWithEct1 > 200U;
    if (outcome.told.packetsReceived > 200U && enough) break;
  }
  outcome.sent = only<RTCOutboundRtpStreamStats>(pair.offerer);
  outcome.received = only<RTCInboundRtpStreamStats>(pair.answerer);
  return outcome;
}

RTCConfiguration with_l4s() {
  RTCConfiguration made = test::on_loopback();
  made.network.l4s = true;
  return made;
}

TEST(Marking, IsSeenAndToldByAPeerThatTellsOfPackets) {
  if (PARLEY_TEST_PORTABLE) GTEST_SKIP() << "libnice tells of no marks";
  const Outcome outcome = outcome_of(with_l4s(), Told::BySource);
  EXPECT_GT(outcome.sent.packetsSentWithEct1, 200U);
  EXPECT_GT(outcome.told.packetsReceivedWithEct1, 200U);
  EXPECT_GE(outcome.received.packetsReceivedWithEct1, outcome.told.packetsReceivedWithEct1);
  EXPECT_EQ(outcome.told.packetsReceivedWithCe, 0U);
  EXPECT_EQ(outcome.told.packetsWithBleachedEct1Marking, 0U);
  EXPECT_EQ(outcome.told.packetsReportedAsLost, outcome.told.packetsReportedAsLostButRecovered);
}

TEST(Marking, IsNotForPeersThatTellNothingOfIt) {
  const Outcome outcome = outcome_of(with_l4s(), Told::ByNumber);
  EXPECT_EQ(outcome.sent.packetsSentWithEct1, 0U);
  EXPECT_EQ(outcome.received.packetsReceivedWithEct1, 0U);
  EXPECT_FALSE(outcome.told.packetsReceivedWithEct1);
  EXPECT_FALSE(outcome.received.packetsReportedAsLost);
}

TEST(Marking, IsNotDoneUnasked) {
  const Outcome outcome = outcome_of(test::on_loopback(), Told::BySource);
  EXPECT_EQ(outcome.sent.packetsSentWithEct1, 0U);
  EXPECT_EQ(outcome.received.packetsReceivedWithEct1, 0U);
  EXPECT_TRUE(outcome.received.packetsReportedAsLost);
}

}  // namespace
}  // namespace parley
