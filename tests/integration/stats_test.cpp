// What getStats() says, compared with what has happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/pair.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;
using test::Latch;
using test::Pair;
using testing::MatchesRegex;

RTCStatsReport stats_of(RTCPeerConnection& pc) { return pc.getStats().get(10s); }

template <class T>
T only(const RTCStatsReport& report) {
  EXPECT_EQ(report.all<T>().size(), 1U);
  return report.first<T>() != nullptr ? *report.first<T>() : T();
}

/// Two peers with an open channel, and an echo at the far end.
struct EchoPair : Pair {
  EchoPair() {
    answerer.ondatachannel = [this](const RTCDataChannelEvent& event) {
      far = event.channel;
      event.channel->onmessage = [to = event.channel.get()](const MessageEvent& message) { to->send(message.text()); };
    };
    channel->onopen = [this] { open.set(); };
    negotiate().get(20s);
    EXPECT_TRUE(open.wait());
  }
  ~EchoPair() {
    // What handlers use goes before the connections do.
    offerer.close();
    answerer.close();
  }
  EchoPair(const EchoPair&) = delete;
  EchoPair& operator=(const EchoPair&) = delete;
  /// So many messages there and back.
  void exchange(int count, const std::string& text) {
    Latch all;
    int left = count;
    channel->onmessage = [&] {
      if (--left == 0) all.set();
    };
    for (int i = 0; i < count; ++i) channel->send(text);
    EXPECT_TRUE(all.wait());
    channel->onmessage = nullptr;
  }
  Latch open;
  std::shared_ptr<RTCDataChannel> channel = offerer.createDataChannel("echo", {.protocol = "echo/1"});
  std::shared_ptr<RTCDataChannel> far;
};

TEST(Stats, ANewConnectionHasItselfOnly) {
  RTCPeerConnection pc(test::on_loopback());
  const auto report = stats_of(pc);
  EXPECT_EQ(report.size(), 1U);
  const auto connection = only<RTCPeerConnectionStats>(report);
  EXPECT_EQ(connection.type, RTCStatsType::PeerConnection);
  EXPECT_EQ(connection.dataChannelsOpened, 0U);
  EXPECT_GT(connection.timestamp, 1.7e12);  // milliseconds since 1970
}

TEST(Stats, AChannelsNumbersAreThoseOfItsMessages) {
  EchoPair pair;
  pair.exchange(10, std::string(500, 'x'));
  for (RTCPeerConnection* pc : {&pair.offerer, &pair.answerer}) {
    const auto channel = only<RTCDataChannelStats>(stats_of(*pc));
    EXPECT_EQ(channel.label, "echo");
    EXPECT_EQ(channel.protocol, "echo/1");
    EXPECT_EQ(channel.state, RTCDataChannelState::Open);
    EXPECT_EQ(channel.dataChannelIdentifier, pair.channel->id());
    EXPECT_EQ(channel.messagesSent, 10U);
    EXPECT_EQ(channel.bytesSent, 5000U);
    EXPECT_EQ(channel.messagesReceived, 10U);
    EXPECT_EQ(channel.bytesReceived, 5000U);
  }
}

TEST(Stats, ChannelsAreCountedWhenTheyOpenAndClose) {
  EchoPair pair;
  Latch closed;
  const auto second = pair.offerer.createDataChannel("second");
  pair.channel->onclose = [&] { closed.set(); };
  pair.channel->close();
  ASSERT_TRUE(closed.wait());
  const auto connection = only<RTCPeerConnectionStats>(stats_of(pair.offerer));
  EXPECT_EQ(connection.dataChannelsOpened, 2U);
  EXPECT_EQ(connection.dataChannelsClosed, 1U);
  pair.offerer.close();
  const auto after = stats_of(pair.offerer);
  EXPECT_EQ(only<RTCPeerConnectionStats>(after).dataChannelsClosed, 2U);
  EXPECT_TRUE(after.all<RTCDataChannelStats>().empty());
}

TEST(Stats, ATransportHasWhatWasAgreedOn) {
  EchoPair pair;
  for (RTCPeerConnection* pc : {&pair.offerer, &pair.answerer}) {
    const auto report = stats_of(*pc);
    const auto transport = only<RTCTransportStats>(report);
    const bool offers = pc == &pair.offerer;
    EXPECT_EQ(transport.dtlsState, RTCDtlsTransportState::Connected);
    EXPECT_EQ(transport.iceState, pc->sctp()->transport()->iceTransport()->state());
    EXPECT_EQ(transport.iceRole, offers ? RTCIceRole::Controlling : RTCIceRole::Controlled);
    EXPECT_EQ(transport.dtlsRole, offers ? RTCDtlsRole::Server : RTCDtlsRole::Client);
    EXPECT_EQ(transport.tlsVersion, "FEFD");
    EXPECT_EQ(transport.dtlsCipher, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    EXPECT_EQ(transport.srtpCipher, "SRTP_AEAD_AES_128_GCM");
    EXPECT_EQ(transport.selectedCandidatePairChanges, 1U);
    EXPECT_EQ(transport.iceLocalUsernameFragment,
              pc->sctp()->transport()->iceTransport()->getLocalParameters()->usernameFragment);
    const auto* pairs = report.get<RTCIceCandidatePairStats>(transport.selectedCandidatePairId);
    ASSERT_NE(pairs, nullptr);
    EXPECT_EQ(pairs->transportId, transport.id);
    EXPECT_TRUE(pairs->nominated);
    EXPECT_EQ(pairs->state, RTCStatsIceCandidatePairState::Succeeded);
    for (const auto& id : {pairs->localCandidateId, pairs->remoteCandidateId}) {
      const auto* candidate = report.get<RTCIceCandidateStats>(id);
      ASSERT_NE(candidate, nullptr) << id;
      EXPECT_EQ(candidate->address, "127.0.0.1");
      EXPECT_EQ(candidate->protocol, "udp");
      EXPECT_EQ(candidate->transportId, transport.id);
      EXPECT_EQ(candidate->type,
                id == pairs->localCandidateId ? RTCStatsType::LocalCandidate : RTCStatsType::RemoteCandidate);
    }
  }
}

TEST(Stats, CertificatesAreThoseOfTheDescriptions) {
  EchoPair pair;
  const auto ours = stats_of(pair.offerer), theirs = stats_of(pair.answerer);
  const auto transport = only<RTCTransportStats>(ours);
  const auto* local = ours.get<RTCCertificateStats>(transport.localCertificateId);
  const auto* remote = ours.get<RTCCertificateStats>(transport.remoteCertificateId);
  ASSERT_TRUE(local != nullptr && remote != nullptr);
  EXPECT_EQ(local->fingerprintAlgorithm, "sha-256");
  EXPECT_NE(pair.offerer.localDescription()->sdp().find(local->fingerprint), std::string::npos);
  EXPECT_NE(pair.offerer.remoteDescription()->sdp().find(remote->fingerprint), std::string::npos);
  EXPECT_THAT(local->base64Certificate, MatchesRegex("MII[A-Za-z0-9+/]+=*"));
  const auto their_id = only<RTCTransportStats>(theirs).localCertificateId;
  EXPECT_NE(their_id, transport.remoteCertificateId);  // ids are each connection's own
  const auto* same = theirs.get<RTCCertificateStats>(their_id);
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(same->base64Certificate, remote->base64Certificate);
}

TEST(Stats, PacketsAndBytesOfBothEndsAgree) {
  EchoPair pair;
  pair.exchange(50, std::string(1000, 'x'));
  // Acknowledgements may still be under way: equal numbers at both ends are what they come to.
  RTCTransportStats one, other;
  RTCStatsReport report;
  for (int i = 0; i < 1000; ++i) {
    report = stats_of(pair.offerer);
    one = only<RTCTransportStats>(report);
    other = only<RTCTransportStats>(stats_of(pair.answerer));
    if (one.packetsSent == other.packetsReceived && one.packetsReceived == other.packetsSent) break;
    EventLoop::shared()->delay(5ms).get();
  }
  EXPECT_EQ(one.packetsSent, other.packetsReceived);
  EXPECT_EQ(one.bytesSent, other.bytesReceived);
  EXPECT_EQ(one.packetsReceived, other.packetsSent);
  EXPECT_EQ(one.bytesReceived, other.bytesSent);
  EXPECT_GT(one.bytesSent, 50000U);
  EXPECT_LT(one.bytesSent, 80000U);
  const auto* used = report.get<RTCIceCandidatePairStats>(one.selectedCandidatePairId);
  ASSERT_NE(used, nullptr);
  EXPECT_EQ(used->bytesSent, one.bytesSent);
  EXPECT_EQ(used->packetsReceived, one.packetsReceived);
  EXPECT_EQ(used->bytesDiscardedOnSend, 0U);
  for (const auto& last : {used->lastPacketSentTimestamp, used->lastPacketReceivedTimestamp}) {
    ASSERT_TRUE(last);
    EXPECT_LE(*last, used->timestamp);
    EXPECT_GT(*last, used->timestamp - 60'000);
  }
}

TEST(Stats, RoundTripsAreMeasuredForWhoAsksAgain) {
  if (PARLEY_TEST_PORTABLE) GTEST_SKIP() << "libnice does not tell when answers come";
  EchoPair pair;
  for (RTCPeerConnection* pc : {&pair.offerer, &pair.answerer}) {
    RTCIceCandidatePairStats used;
    for (int i = 0; i < 400 && !used.currentRoundTripTime; ++i) {
      used = only<RTCIceCandidatePairStats>(stats_of(*pc));
      EventLoop::shared()->delay(5ms).get();
    }
    ASSERT_TRUE(used.currentRoundTripTime);
    EXPECT_GT(*used.currentRoundTripTime, 0);
    EXPECT_LT(*used.currentRoundTripTime, 1);
    EXPECT_GE(used.totalRoundTripTime, *used.currentRoundTripTime);
    EXPECT_GE(used.responsesReceived, 1U);
    EXPECT_GE(used.requestsReceived, 1U);
    EXPECT_EQ(used.responsesSent, used.requestsReceived);
  }
}

TEST(Stats, IdsStayAndNumbersGrowOverAnIceRestart) {
  EchoPair pair;
  pair.exchange(20, std::string(1000, 'x'));
  const auto before = stats_of(pair.offerer);
  const auto transport = only<RTCTransportStats>(before);
  pair.offerer.restartIce();
  pair.negotiate().get(20s);
  RTCStatsReport after;
  for (int i = 0; i < 2000; ++i) {
    after = stats_of(pair.offerer);
    const auto* now = after.first<RTCTransportStats>();
    if (now->selectedCandidatePairChanges > transport.selectedCandidatePairChanges && now->selectedCandidatePairId &&
        now->selectedCandidatePairId != transport.selectedCandidatePairId)
      break;
    EventLoop::shared()->delay(5ms).get();
  }
  const auto again = only<RTCTransportStats>(after);
  EXPECT_EQ(again.id, transport.id);
  EXPECT_EQ(again.localCertificateId, transport.localCertificateId);
  EXPECT_GT(again.selectedCandidatePairChanges, transport.selectedCandidatePairChanges);
  EXPECT_NE(again.selectedCandidatePairId, transport.selectedCandidatePairId);
  EXPECT_NE(again.iceLocalUsernameFragment, transport.iceLocalUsernameFragment);
  EXPECT_GE(again.bytesSent, transport.bytesSent);
  EXPECT_GE(again.packetsReceived, transport.packetsReceived);
  EXPECT_EQ(only<RTCDataChannelStats>(after).id, only<RTCDataChannelStats>(before).id);
  EXPECT_GE(again.timestamp, transport.timestamp);
}

TEST(Stats, ASelectorHasToBelongToOneSenderOrReceiver) {
  RTCPeerConnection pc(test::on_loopback());
  const auto track = MediaStreamTrack::create("audio");
  EXPECT_THROW((void)pc.getStats(track).get(10s), InvalidAccessError);
  const auto sender = pc.addTrack(track);
  EXPECT_NO_THROW((void)pc.getStats(track).get(10s));
  EXPECT_NO_THROW((void)pc.getStats(pc.getTransceivers().at(0)->receiver()->track()).get(10s));
  (void)pc.addTransceiver(track);
  EXPECT_THROW((void)pc.getStats(track).get(10s), InvalidAccessError);
  const auto all = pc.getStats(nullptr).get(10s);
  EXPECT_EQ(all.size(), 3U);  // itself, and for each sender where its media comes from
  EXPECT_EQ(all.all<RTCAudioSourceStats>().size(), 2U);
}

}  // namespace
}  // namespace parley
