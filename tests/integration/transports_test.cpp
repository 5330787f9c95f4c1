// RTCSctpTransport, RTCDtlsTransport and RTCIceTransport: what a program sees below its channels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "support/pair.hpp"
#include "support/transcript.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using test::Transcript;
using namespace std::chrono_literals;
using testing::HasSubstr;

RTCConfiguration on(const std::string& address) {
  RTCConfiguration configuration = test::on_loopback();
  configuration.network.interface_filter = [address](std::string_view, std::string_view one) { return one == address; };
  return configuration;
}

/// A pair that has exchanged a message.
struct Connected : Pair {
  explicit Connected(const RTCConfiguration& configuration = test::on_loopback()) : Pair(configuration, configuration) {
    offerer.addEventListener<"icecandidate">([this](const RTCPeerConnectionIceEvent& event) {
      if (event.candidate && !event.candidate->candidate().empty()) told.push_back(*event.candidate);
      if (!event.candidate) gathered_here.set();
    });
    answerer.addEventListener<"icecandidate">([this](const RTCPeerConnectionIceEvent& event) {
      if (!event.candidate) gathered_there.set();
    });
    answerer.ondatachannel = [this](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [this] { heard.set(); };
    };
    channel = offerer.createDataChannel("x");
    channel->onopen = [this] { channel->send("x"); };
    negotiate().get(20s);
    ready = heard.wait() && gathered_here.wait() && gathered_there.wait();
    offerer.onconnectionstatechange = nullptr;
  }
  ~Connected() {
    offerer.close();
    answerer.close();
  }
  static std::shared_ptr<RTCIceTransport> ice(const RTCPeerConnection& pc) {
    return pc.sctp()->transport()->iceTransport();
  }
  std::shared_ptr<RTCDataChannel> channel;
  std::vector<RTCIceCandidate> told;
  Latch heard, gathered_here, gathered_there;
  bool ready = false;
};

bool is_connected(RTCIceTransportState state) {
  return state == RTCIceTransportState::Connected || state == RTCIceTransportState::Completed;
}

TEST(Transports, OfAnOfferAreThereAndNew) {
  RTCPeerConnection pc(test::on_loopback());
  EXPECT_EQ(pc.sctp(), nullptr);
  const auto channel = pc.createDataChannel("x");
  const auto offer = pc.createOffer().get(10s);
  EXPECT_EQ(pc.sctp(), nullptr);
  pc.setLocalDescription(offer).get(10s);
  const auto sctp = pc.sctp();
  ASSERT_NE(sctp, nullptr);
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Connecting);
  EXPECT_EQ(sctp->maxMessageSize(), std::nullopt);
  EXPECT_EQ(sctp->maxChannels(), std::nullopt);
  EXPECT_EQ(sctp->transport()->state(), RTCDtlsTransportState::New);
  EXPECT_TRUE(sctp->transport()->getRemoteCertificates().empty());
  const auto ice = sctp->transport()->iceTransport();
  EXPECT_EQ(ice->state(), RTCIceTransportState::New);
  EXPECT_EQ(ice->component(), RTCIceComponent::Rtp);
  EXPECT_EQ(ice->role(), RTCIceRole::Controlling);
  EXPECT_EQ(ice->getRemoteParameters().has_value(), false);
  EXPECT_EQ(ice->getSelectedCandidatePair().has_value(), false);
  EXPECT_TRUE(ice->getRemoteCandidates().empty());
  EXPECT_THAT(offer.sdp, HasSubstr("a=ice-ufrag:" + ice->getLocalParameters()->usernameFragment + "\r\n"));
  EXPECT_THAT(offer.sdp, HasSubstr("a=ice-pwd:" + ice->getLocalParameters()->password + "\r\n"));
}

TEST(Transports, OfARemoteOfferWaitForTheAnswer) {
  RTCPeerConnection offerer(test::on_loopback()), pc(test::on_loopback());
  const auto channel = offerer.createDataChannel("x");
  const auto offer = offerer.createOffer().get(10s);
  pc.setRemoteDescription(offer).get(10s);
  ASSERT_NE(pc.sctp(), nullptr);
  EXPECT_EQ(pc.sctp()->maxMessageSize(), std::nullopt);
  EXPECT_EQ(pc.sctp()->transport()->iceTransport()->state(), RTCIceTransportState::New);
  EXPECT_EQ(pc.sctp()->transport()->iceTransport()->role(), RTCIceRole::Controlled);
  // What has been received is known before it is answered: webrtc-pc section 5.6.
  const auto ice = pc.sctp()->transport()->iceTransport();
  ASSERT_TRUE(ice->getRemoteParameters());
  EXPECT_THAT(offer.sdp, HasSubstr("a=ice-ufrag:" + ice->getRemoteParameters()->usernameFragment + "\r\n"));
  EXPECT_TRUE(ice->getRemoteCandidates().empty());
  const std::string candidate = "candidate:1 1 udp 2113937151 192.0.2.1 9 typ host";
  pc.addIceCandidate({candidate, "0"}).get(10s);
  ASSERT_EQ(ice->getRemoteCandidates().size(), 1U);
  EXPECT_EQ(ice->getRemoteCandidates()[0].candidate(), candidate);
  pc.setLocalDescription().get(10s);
  EXPECT_EQ(pc.sctp()->maxMessageSize(), 256 << 10);
  EXPECT_EQ(pc.sctp()->transport()->iceTransport()->role(), RTCIceRole::Controlled);
}

/// Transports that a provisional answer has bundled away wait for the final one, and for nothing else.
TEST(Transports, OfNoTransceiverDoNotCount) {
  Latch connected;
  Pair pair;
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  for (const char* kind : {"audio", "video"}) (void)pair.offerer.addTransceiver(kind);
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Pranswer));
    const std::string answer = pair.answerer.localDescription()->sdp();
    co_await pair.offerer.setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Pranswer, answer));
  });
  EXPECT_TRUE(connected.wait());
}

TEST(Transports, OfADataSectionThatIsRejectedAreClosed) {
  RTCPeerConnection offerer(test::on_loopback());
  const auto channel = offerer.createDataChannel("x");
  (void)offerer.addTransceiver("audio");
  offerer.setLocalDescription().get(10s);
  const auto sctp = offerer.sctp();
  Latch changed;
  sctp->onstatechange = [&] { changed.set(); };
  RTCPeerConnection answerer(test::on_loopback());
  answerer.setRemoteDescription(*offerer.localDescription()).get(10s);
  answerer.setLocalDescription().get(10s);
  std::string answer = answerer.localDescription()->sdp();
  answer = std::regex_replace(answer, std::regex("m=application [0-9]+"), "m=application 0");
  answer = std::regex_replace(answer, std::regex("(a=group:BUNDLE 0) 1"), "$1");
  offerer.setRemoteDescription({RTCSdpType::Answer, answer}).get(10s);
  EXPECT_EQ(offerer.sctp(), nullptr);
  EXPECT_TRUE(changed.wait());
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Closed);
}

TEST(Transports, OfAConnectionAreConnectedAndTheSameObjects) {
  Connected pair;
  ASSERT_TRUE(pair.ready);
  for (const RTCPeerConnection* pc : {&pair.offerer, &pair.answerer}) {
    const auto sctp = pc->sctp();
    EXPECT_EQ(sctp, pc->sctp());
    EXPECT_EQ(sctp->state(), RTCSctpTransportState::Connected);
    EXPECT_EQ(sctp->maxMessageSize(), 256 << 10);
    EXPECT_GE(sctp->maxChannels().value(), 128);
    const auto dtls = sctp->transport();
    EXPECT_EQ(dtls, sctp->transport());
    EXPECT_EQ(dtls->state(), RTCDtlsTransportState::Connected);
    ASSERT_EQ(dtls->getRemoteCertificates().size(), 1U);
    EXPECT_EQ(dtls->getRemoteCertificates()[0].at(0), 0x30);  // DER: a sequence
    const auto ice = dtls->iceTransport();
    EXPECT_EQ(ice, dtls->iceTransport());
    EXPECT_TRUE(is_connected(ice->state()));
    EXPECT_EQ(ice->gatheringState(), RTCIceGathererState::Complete);
  }
  const auto here = Connected::ice(pair.offerer), there = Connected::ice(pair.answerer);
  EXPECT_EQ(here->role(), RTCIceRole::Controlling);
  EXPECT_EQ(there->role(), RTCIceRole::Controlled);
  EXPECT_EQ(here->getLocalParameters()->password, there->getRemoteParameters()->password);
  EXPECT_EQ(there->getLocalParameters()->usernameFragment, here->getRemoteParameters()->usernameFragment);
}

/// RFC 8445 section 6.1.1: a peer that keeps its role while we change ours has a conflict, which not everybody
/// survives.
TEST(Transports, KeepTheirRolesWhoeverRestartsIce) {
  Latch connected;
  Connected pair;
  ASSERT_TRUE(pair.ready);
  const auto here = Connected::ice(pair.offerer), there = Connected::ice(pair.answerer);
  const auto before = here->getLocalParameters()->usernameFragment;
  here->onselectedcandidatepairchange = [&] { connected.set(); };
  pair.answerer.restartIce();
  Pair::negotiate(pair.answerer, pair.offerer).get(20s);
  EXPECT_NE(here->getLocalParameters()->usernameFragment, before);
  EXPECT_EQ(here->role(), RTCIceRole::Controlling);
  EXPECT_EQ(there->role(), RTCIceRole::Controlled);
  ASSERT_TRUE(connected.wait());
  EXPECT_EQ(here->role(), RTCIceRole::Controlling);
  EXPECT_EQ(there->role(), RTCIceRole::Controlled);
}

TEST(Transports, KnowTheCandidatesThatWereSignaledAndTheirPair) {
  Connected pair;
  ASSERT_TRUE(pair.ready);
  const auto here = Connected::ice(pair.offerer), there = Connected::ice(pair.answerer);
  const auto local = here->getLocalCandidates();
  ASSERT_EQ(local.size(), 1U);
  ASSERT_EQ(pair.told.size(), 1U);
  EXPECT_EQ(local[0].toJSON(), pair.told[0].toJSON());
  EXPECT_EQ(local[0].usernameFragment(), here->getLocalParameters()->usernameFragment);
  const auto remote = there->getRemoteCandidates();
  ASSERT_EQ(remote.size(), 1U);
  EXPECT_EQ(remote[0].toJSON(), local[0].toJSON());
  const auto selected = here->getSelectedCandidatePair();
  ASSERT_TRUE(selected);
  EXPECT_EQ(selected->local.toJSON(), local[0].toJSON());
  EXPECT_EQ(selected->remote.port(), there->getLocalCandidates()[0].port());
  EXPECT_EQ(selected->remote.usernameFragment(), here->getRemoteParameters()->usernameFragment);
}

TEST(Transports, ConnectOverIpv6) {
  Connected pair(on("::1"));
  ASSERT_TRUE(pair.ready);
  ASSERT_EQ(pair.told.size(), 1U);
  EXPECT_EQ(pair.told[0].address(), "::1");
  EXPECT_EQ(pair.told[0].protocol(), RTCIceProtocol::Udp);
  EXPECT_THAT(pair.offerer.localDescription()->sdp(), HasSubstr("c=IN IP6 ::1\r\n"));
  const auto selected = Connected::ice(pair.offerer)->getSelectedCandidatePair();
  ASSERT_TRUE(selected);
  EXPECT_EQ(selected->local.address(), "::1");
  EXPECT_EQ(selected->remote.address(), "::1");
}

TEST(Transports, AreClosedWithTheConnectionWithoutAnEvent) {
  Connected pair;
  ASSERT_TRUE(pair.ready);
  Transcript transcript;
  const auto sctp = pair.offerer.sctp();
  transcript.follow(sctp);
  pair.offerer.close();
  EXPECT_EQ(pair.offerer.sctp(), sctp);
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Closed);
  EXPECT_EQ(sctp->transport()->state(), RTCDtlsTransportState::Closed);
  EXPECT_EQ(sctp->transport()->iceTransport()->state(), RTCIceTransportState::Closed);
  EXPECT_EQ(pair.offerer.iceGatheringState(), RTCIceGatheringState::Complete);
  EXPECT_TRUE(transcript.lines().empty());
}

TEST(Transports, OfADataSectionThatIsRejectedLaterAreClosedAndGone) {
  Connected pair;
  ASSERT_TRUE(pair.ready);
  Transcript transcript;
  const auto sctp = pair.offerer.sctp();
  transcript.follow(sctp);
  transcript.follow(pair.channel);
  pair.offerer.setLocalDescription().get(10s);
  pair.answerer.setRemoteDescription(*pair.offerer.localDescription()).get(10s);
  auto answer = pair.answerer.createAnswer().get(10s);
  answer.sdp = std::regex_replace(answer.sdp, std::regex("m=application [0-9]+"), "m=application 0");
  pair.offerer.setRemoteDescription(answer).get(10s);
  EXPECT_EQ(pair.offerer.sctp(), nullptr);
  ASSERT_TRUE(transcript.wait_for("channel close"));
  ASSERT_TRUE(transcript.wait_for("sctp closed"));
  ASSERT_TRUE(transcript.wait_for("dtls closed"));
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Closed);
  EXPECT_EQ(sctp->transport()->state(), RTCDtlsTransportState::Closed);
  EXPECT_EQ(sctp->transport()->iceTransport()->state(), RTCIceTransportState::Closed);
}

TEST(IceCandidate, HasTheAttributesOfItsText) {
  const RTCIceCandidate candidate(
      {"candidate:842163049 1 tcp 1677729535 2001:db8::7 9 typ srflx raddr 192.0.2.4 rport 46154 tcptype active "
       "generation 0 ufrag EEtu network-cost 999",
       "audio", std::uint16_t{2}});
  EXPECT_EQ(candidate.sdpMid(), "audio");
  EXPECT_EQ(candidate.sdpMLineIndex(), 2);
  EXPECT_EQ(candidate.foundation(), "842163049");
  EXPECT_EQ(candidate.component(), RTCIceComponent::Rtp);
  EXPECT_EQ(candidate.protocol(), RTCIceProtocol::Tcp);
  EXPECT_EQ(candidate.priority(), 1677729535U);
  EXPECT_EQ(candidate.address(), "2001:db8::7");
  EXPECT_EQ(candidate.port(), 9);
  EXPECT_EQ(candidate.type(), RTCIceCandidateType::Srflx);
  EXPECT_EQ(candidate.tcpType(), RTCIceTcpCandidateType::Active);
  EXPECT_EQ(candidate.relatedAddress(), "192.0.2.4");
  EXPECT_EQ(candidate.relatedPort(), 46154);
  EXPECT_EQ(candidate.usernameFragment(), std::nullopt);  // that is the dictionary's: webrtc-pc section 4.8.1.1
  EXPECT_EQ(candidate.relayProtocol(), std::nullopt);
  EXPECT_EQ(candidate.url(), std::nullopt);
  const RTCIceCandidateInit json = candidate.toJSON();
  EXPECT_EQ(json.candidate, candidate.candidate());
  EXPECT_EQ(json.sdpMid, "audio");
  EXPECT_EQ(json.sdpMLineIndex, 2);
  EXPECT_EQ(json.usernameFragment, std::nullopt);
}

TEST(IceCandidate, WhoseTextSaysNothingHasItsPlaceOnly) {
  EXPECT_THROW(RTCIceCandidate(RTCIceCandidateInit("")), TypeError);
  EXPECT_THROW(RTCIceCandidate(RTCIceCandidateInit("candidate:1 1 udp 1 127.0.0.1 9 typ host")), TypeError);
  for (const std::string text : {"", "nonsense", "candidate:1 1 udp 1 127.0.0.1 9 typ new-type"}) {
    const RTCIceCandidate candidate({text, std::nullopt, std::uint16_t{0}, "frag"});
    EXPECT_EQ(candidate.candidate(), text);
    EXPECT_EQ(candidate.sdpMid(), std::nullopt);
    EXPECT_EQ(candidate.sdpMLineIndex(), 0);
    EXPECT_EQ(candidate.usernameFragment(), "frag");
    EXPECT_EQ(candidate.foundation(), std::nullopt);
    EXPECT_EQ(candidate.component(), std::nullopt);
    EXPECT_EQ(candidate.type(), std::nullopt);
    EXPECT_EQ(candidate.address(), std::nullopt);
  }
}

}  // namespace
}  // namespace parley
