#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Negotiation, EventsComeInTheSpecificationsOrder) {
  Pair pair;
  std::vector<std::string> events;  // the loop's thread only, until connected
  Latch connected, gathered;
  RTCPeerConnection& pc = pair.offerer;
  pc.onnegotiationneeded = [&] { events.emplace_back("negotiationneeded"); };
  pc.onsignalingstatechange = [&] { events.emplace_back(to_string(pc.signalingState())); };
  pc.onicegatheringstatechange = [&] { events.emplace_back(to_string(pc.iceGatheringState())); };
  pc.oniceconnectionstatechange = [&] {
    events.emplace_back("ice " + std::string(to_string(pc.iceConnectionState())));
  };
  pc.onconnectionstatechange = [&] {
    events.emplace_back("connection " + std::string(to_string(pc.connectionState())));
    if (pc.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  const auto listener = pc.addEventListener<"icecandidate">([&](const RTCPeerConnectionIceEvent& event) {
    if (!event.candidate) gathered.set();
  });
  const auto channel = pc.createDataChannel("x");
  pair.negotiate().get(20s);
  ASSERT_TRUE(connected.wait());
  ASSERT_TRUE(gathered.wait());
  std::vector<std::string> seen = pc.signalingState() == RTCSignalingState::Stable ? events : events;
  // Which of gathering and connecting is done first depends on the network; each sequence has its own order.
  const auto only = [&](auto matches) {
    std::vector<std::string> some;
    for (const std::string& event : seen)
      if (matches(event)) some.push_back(event);
    return some;
  };
  EXPECT_EQ(seen.front(), "negotiationneeded");
  EXPECT_THAT(only([](const auto& e) { return e == "have-local-offer" || e == "stable"; }),
              ElementsAre("have-local-offer", "stable"));
  EXPECT_THAT(only([](const auto& e) { return e == "gathering" || e == "complete"; }),
              ElementsAre("gathering", "complete"));
  EXPECT_THAT(only([](const auto& e) { return e.starts_with("connection "); }),
              ElementsAre("connection connecting", "connection connected"));
  const auto ice = only([](const auto& e) { return e.starts_with("ice "); });
  ASSERT_GE(ice.size(), 2U);
  EXPECT_EQ(ice[0], "ice checking");
}

TEST(Negotiation, WhoListensLateHearsThatItIsNeeded) {
  RTCPeerConnection pc(test::on_loopback());
  const auto channel = pc.createDataChannel("x");
  EventLoop::shared()->delay(5ms).get();
  int needed = 0;  // on the loop
  Latch first;
  const auto count = [&] {
    ++needed;
    first.set();
  };
  pc.onnegotiationneeded = count;
  ASSERT_TRUE(first.wait());
  pc.addEventListener<"negotiationneeded">(count);
  EventLoop::shared()->delay(5ms).get();
  EXPECT_EQ(EventLoop::shared()->run([&] { return needed; }), 1);  // the event is told once
  pc.onnegotiationneeded = nullptr;
  pc.close();
}

TEST(Negotiation, TheOfferIsSignaledBeforeItsCandidates) {
  RTCPeerConnection pc(test::on_loopback());
  const auto channel = pc.createDataChannel("x");
  std::vector<std::string> sent;
  Latch done;
  pc.onicecandidate = [&](const RTCPeerConnectionIceEvent& event) {
    sent.emplace_back(event.candidate ? "candidate" : "end");
    if (!event.candidate) done.set();
  };
  const auto inner = [&]() -> Promise<void> { co_await pc.setLocalDescription(); };
  const auto call = [&]() -> Promise<void> {
    co_await inner();
    sent.emplace_back("offer");
  };
  EventLoop::shared()->run(call).get(10s);  // elsewhere the first co_await may come too late for what follows it
  ASSERT_TRUE(done.wait());
  EXPECT_EQ(sent.front(), "offer");
  EXPECT_EQ(sent.back(), "end");
}

TEST(Negotiation, CandidatesInsideTheDescriptionsSuffice) {
  RTCPeerConnection offerer(test::on_loopback()), answerer(test::on_loopback());
  const auto channel = offerer.createDataChannel("x");
  Latch open, offer_ready, answer_ready;
  channel->onopen = [&] { open.set(); };
  offerer.onicegatheringstatechange = [&] {
    if (offerer.iceGatheringState() == RTCIceGatheringState::Complete) offer_ready.set();
  };
  answerer.onicegatheringstatechange = [&] {
    if (answerer.iceGatheringState() == RTCIceGatheringState::Complete) answer_ready.set();
  };
  offerer.setLocalDescription().get(10s);
  ASSERT_TRUE(offer_ready.wait());
  EXPECT_THAT(offerer.localDescription()->sdp(), HasSubstr("a=candidate:"));
  EXPECT_THAT(offerer.localDescription()->sdp(), HasSubstr("a=end-of-candidates"));
  answerer.setRemoteDescription(*offerer.localDescription()).get(10s);
  answerer.setLocalDescription().get(10s);
  ASSERT_TRUE(answer_ready.wait());
  offerer.setRemoteDescription(*answerer.localDescription()).get(10s);
  EXPECT_TRUE(open.wait());
  EXPECT_EQ(answerer.canTrickleIceCandidates(), true);
  offerer.close();
  answerer.close();
}

TEST(Negotiation, DescriptionsMoveFromPendingToCurrent) {
  Pair pair;
  const auto channel = pair.offerer.createDataChannel("x");
  pair.offerer.setLocalDescription().get(10s);
  EXPECT_EQ(pair.offerer.signalingState(), RTCSignalingState::HaveLocalOffer);
  EXPECT_TRUE(pair.offerer.pendingLocalDescription());
  EXPECT_FALSE(pair.offerer.currentLocalDescription());
  pair.answerer.setRemoteDescription(*pair.offerer.localDescription()).get(10s);
  EXPECT_EQ(pair.answerer.signalingState(), RTCSignalingState::HaveRemoteOffer);
  pair.answerer.setLocalDescription().get(10s);
  pair.offerer.setRemoteDescription(*pair.answerer.localDescription()).get(10s);
  EXPECT_EQ(pair.offerer.signalingState(), RTCSignalingState::Stable);
  EXPECT_FALSE(pair.offerer.pendingLocalDescription());
  EXPECT_EQ(pair.offerer.currentLocalDescription()->type(), RTCSdpType::Offer);
  EXPECT_EQ(pair.offerer.currentRemoteDescription()->type(), RTCSdpType::Answer);
}

TEST(Negotiation, GlareEndsInImplicitRollback) {
  Pair pair;
  const auto near = pair.offerer.createDataChannel("x");
  const auto far = pair.answerer.createDataChannel("y");
  std::vector<std::string> states;
  Latch open;
  near->onopen = [&] { open.set(); };
  pair.answerer.onsignalingstatechange = [&] { states.emplace_back(to_string(pair.answerer.signalingState())); };
  pair.offerer.setLocalDescription().get(10s);
  pair.answerer.setLocalDescription().get(10s);
  pair.answerer.setRemoteDescription(*pair.offerer.localDescription()).get(10s);
  pair.answerer.setLocalDescription().get(10s);
  pair.offerer.setRemoteDescription(*pair.answerer.localDescription()).get(10s);
  EXPECT_TRUE(open.wait());
  EXPECT_THAT(states, ElementsAre("have-local-offer", "stable", "have-remote-offer", "stable"));
}

TEST(Negotiation, IceRestartKeepsDataFlowing) {
  Pair pair;
  const auto channel = pair.offerer.createDataChannel("x");
  Latch open, echoed;
  pair.answerer.ondatachannel = [](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [far = event.channel](const MessageEvent& message) { far->send(message.text()); };
  };
  channel->onopen = [&] { open.set(); };
  pair.negotiate().get(20s);
  ASSERT_TRUE(open.wait());
  const auto before = pair.offerer.sctp()->transport()->iceTransport()->getLocalParameters();
  const auto restart = [&]() -> Promise<void> {
    const auto offer = co_await pair.offerer.createOffer({.iceRestart = true});
    co_await pair.offerer.setLocalDescription(offer);
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setLocalDescription();
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  };
  restart().get(20s);
  const auto after = pair.offerer.sctp()->transport()->iceTransport()->getLocalParameters();
  EXPECT_NE(before->usernameFragment, after->usernameFragment);
  channel->onmessage = [&] { echoed.set(); };
  channel->send("still here");
  EXPECT_TRUE(echoed.wait());
}

TEST(Negotiation, AMediaSectionWithoutACommonCodecIsRejected) {
  RTCPeerConnection pc(test::on_loopback());
  const std::string offer =
      "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 "
      "0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
      "a=fingerprint:sha-256 "
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
      "a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 ISAC/16000\r\n"
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n"
      "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
      "a=setup:actpass\r\na=mid:1\r\na=sctp-port:5000\r\n";
  pc.setRemoteDescription({RTCSdpType::Offer, offer}).get(10s);
  const auto answer = pc.createAnswer().get(10s);
  EXPECT_THAT(answer.sdp, HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 111"));
  EXPECT_THAT(answer.sdp, HasSubstr("m=application 9 UDP/DTLS/SCTP webrtc-datachannel"));
  EXPECT_THAT(answer.sdp, HasSubstr("a=group:BUNDLE 1\r\n"));
}

TEST(Negotiation, RefusalsHaveTheSpecificationsTypes) {
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  EXPECT_THROW(pc.createAnswer().get(5s), InvalidStateError);
  EXPECT_THROW(pc.addIceCandidate({"candidate:1 1 udp 1 127.0.0.1 9 typ host", "0"}).get(5s), InvalidStateError);
  EXPECT_THROW(pc.addIceCandidate({"candidate:1 1 udp 1 127.0.0.1 9 typ host"}).get(5s), TypeError);
  EXPECT_THROW(pc.setRemoteDescription({RTCSdpType::Answer, "v=0"}).get(5s), InvalidStateError);
  try {
    pc.setRemoteDescription({RTCSdpType::Offer, "v=0\r\nthis is no sdp\r\n"}).get(5s);
    ADD_FAILURE() << "garbage was accepted";
  } catch (const RTCError& error) {
    EXPECT_EQ(error.errorDetail(), RTCErrorDetailType::SdpSyntaxError);
    EXPECT_EQ(error.sdpLineNumber(), 2);
    EXPECT_EQ(error.name(), "OperationError");
  }
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::Stable);
  const auto channel = pc.createDataChannel("x");
  auto offer = pc.createOffer().get(5s);
  offer.sdp += "a=extra\r\n";
  EXPECT_THROW(pc.setLocalDescription(offer).get(5s), InvalidModificationError);
  pair.negotiate().get(20s);
  EXPECT_THROW(pc.addIceCandidate({"candidate:1 1 udp 1 127.0.0.1 9 typ host", "nope"}).get(5s), OperationError);
  EXPECT_THROW(pc.addIceCandidate({"candidate:1 1 udp 1 127.0.0.1 9 typ host", std::nullopt, std::uint16_t{5}}).get(5s),
               OperationError);
  EXPECT_THROW(pc.addIceCandidate({"candidate:1 1 udp 1 127.0.0.1 9 typ host", "0", std::nullopt, "wrong"}).get(5s),
               OperationError);
  EXPECT_THROW(pc.addIceCandidate({"candidate:garbage", "0"}).get(5s), OperationError);
  EXPECT_NO_THROW(pc.addIceCandidate().get(5s));
}

TEST(Negotiation, TheConstructorChecksItsConfiguration) {
  const auto with = [](RTCIceServer server) {
    RTCConfiguration configuration;
    configuration.iceServers = {std::move(server)};
    return configuration;
  };
  EXPECT_THROW(RTCPeerConnection(with({.urls = "http://example.org"})), SyntaxError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = StringOrStrings()})), SyntaxError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:example.org"})), InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turns:example.org", .username = "u", .credential = "c"})),
               NotSupportedError);
  EXPECT_NO_THROW(RTCPeerConnection(with({.urls = "stun:127.0.0.1:9"})));
  RTCCertificateKeygen keygen;
  keygen.expires = -1s;
  RTCConfiguration expired;
  expired.certificates = {RTCPeerConnection::generateCertificate(keygen).get(10s)};
  EXPECT_THROW(RTCPeerConnection{expired}, InvalidAccessError);
}

TEST(Negotiation, ACertificateOfTheApplicationIsUsed) {
  const RTCCertificate certificate = RTCPeerConnection::generateCertificate().get(10s);
  RTCConfiguration configuration = test::on_loopback();
  configuration.certificates = {RTCCertificate::from_pem(certificate.to_pem())};
  RTCPeerConnection pc(configuration);
  const auto channel = pc.createDataChannel("x");
  std::string fingerprint = certificate.getFingerprints().front().value;
  for (char& c : fingerprint) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_THAT(pc.createOffer().get(5s).sdp, HasSubstr("a=fingerprint:sha-256 " + fingerprint));
  EXPECT_THROW(RTCPeerConnection::generateCertificate(RTCCertificateKeygen("X25519")).get(10s), NotSupportedError);
}

}  // namespace
}  // namespace parley
