// Every argument that webrtc-pc refuses, with its error, and which error comes first where two apply.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pair.hpp"

namespace parley::refusal_test {
namespace {

using test::Pair;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* kCandidate = "candidate:1 1 udp 2130706431 127.0.0.1 9 typ host";

template <class T>
void expect_rejection(const Promise<T>& promise, const std::string& name, const char* what) {
  try {
    (void)promise.get(10s);
    ADD_FAILURE() << what << " was accepted";
  } catch (const Exception& error) {
    EXPECT_EQ(error.name(), name) << what << ": " << error.message();
  }
}
#define EXPECT_REJECTION(promise, name) expect_rejection(promise, name, #promise)

class Refused : public testing::Test {
 protected:
  Refused() { channel = pair.offerer.createDataChannel("x"); }
  void negotiate() { pair.negotiate().get(20s); }
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  std::shared_ptr<RTCDataChannel> channel;
};

TEST_F(Refused, CandidatesWithoutAPlaceBeforeAnythingElse) {
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate}), "TypeError");
  negotiate();
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate}), "TypeError");
  pc.close();
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate}), "TypeError");
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, "0"}), "InvalidStateError");
  EXPECT_REJECTION(pc.addIceCandidate(), "InvalidStateError");
}

TEST_F(Refused, CandidatesBeforeARemoteDescription) {
  EXPECT_REJECTION(pc.addIceCandidate(), "InvalidStateError");
  EXPECT_REJECTION(pc.addIceCandidate(std::nullopt), "InvalidStateError");
  EXPECT_REJECTION(pc.addIceCandidate({"", "0"}), "InvalidStateError");
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, "no such mid"}), "InvalidStateError");
  pc.setLocalDescription().get(10s);
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, "0"}), "InvalidStateError");
}

TEST_F(Refused, CandidatesOfAPlaceOrGenerationThatThereIsNot) {
  negotiate();
  const auto index = [](std::uint16_t i) { return std::optional(i); };
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, "1"}), "OperationError");
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, "1", index(0)}), "OperationError");  // the mid decides
  EXPECT_NO_THROW(pc.addIceCandidate({kCandidate, "0", index(7)}).get(10s));
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, std::nullopt, index(1)}), "OperationError");
  EXPECT_NO_THROW(pc.addIceCandidate({kCandidate, std::nullopt, index(0)}).get(10s));
  EXPECT_REJECTION(pc.addIceCandidate({kCandidate, "0", index(0), "another"}), "OperationError");
  EXPECT_REJECTION(pc.addIceCandidate({"", "1"}), "OperationError");
  EXPECT_REJECTION(pc.addIceCandidate({"", "0", index(0), "another"}), "OperationError");
  EXPECT_REJECTION(pc.addIceCandidate({"candidate:nonsense", "0"}), "OperationError");
  EXPECT_REJECTION(pc.addIceCandidate({"nonsense", "0"}), "OperationError");
}

TEST_F(Refused, NotTheEndOfCandidatesInAnyOfItsForms) {
  negotiate();
  const std::string ufrag = pc.sctp()->transport()->iceTransport()->getRemoteParameters()->usernameFragment;
  EXPECT_NO_THROW(pc.addIceCandidate(std::nullopt).get(10s));
  EXPECT_NO_THROW(pc.addIceCandidate({"", "0", std::uint16_t{0}, ufrag}).get(10s));
  EXPECT_NO_THROW(pc.addIceCandidate({"", std::nullopt, std::uint16_t{0}}).get(10s));
  EXPECT_NO_THROW(pc.addIceCandidate().get(10s));
  EXPECT_THAT(pc.remoteDescription()->sdp(), HasSubstr("a=end-of-candidates\r\n"));
}

TEST_F(Refused, LocalDescriptionsThatWereChangedBeforeThoseThatDoNotFitTheState) {
  EXPECT_REJECTION(pc.setLocalDescription({RTCSdpType::Answer}), "InvalidStateError");
  EXPECT_REJECTION(pc.setLocalDescription({RTCSdpType::Pranswer}), "InvalidStateError");
  EXPECT_REJECTION(pc.setLocalDescription({RTCSdpType::Rollback}), "InvalidStateError");
  EXPECT_REJECTION(pc.setLocalDescription({RTCSdpType::Answer, "v=0\r\n"}), "InvalidModificationError");
  EXPECT_REJECTION(pc.setLocalDescription({RTCSdpType::Offer, "v=0\r\n"}), "InvalidModificationError");
  const auto offer = pc.createOffer().get(10s);
  EXPECT_REJECTION(pc.setLocalDescription({RTCSdpType::Answer, offer.sdp}), "InvalidModificationError");
  pair.answerer.setRemoteDescription(offer).get(10s);
  EXPECT_REJECTION(pair.answerer.setLocalDescription({RTCSdpType::Offer}), "InvalidStateError");
  EXPECT_REJECTION(pair.answerer.setLocalDescription({RTCSdpType::Offer, offer.sdp}), "InvalidModificationError");
  EXPECT_EQ(pair.answerer.signalingState(), RTCSignalingState::HaveRemoteOffer);
}

TEST_F(Refused, DescriptionsByWhatIsWrongWithThemInTheSpecificationsOrder) {
  const auto offer = pair.offerer.createOffer().get(10s);
  RTCPeerConnection& other = pair.answerer;
  // The state before the text, the text before its meaning.
  EXPECT_REJECTION(other.setRemoteDescription({RTCSdpType::Answer, "nonsense"}), "InvalidStateError");
  EXPECT_REJECTION(other.setRemoteDescription({RTCSdpType::Rollback}), "InvalidStateError");
  std::string without = offer.sdp;
  without.erase(without.find("a=fingerprint:"),
                without.find("\r\n", without.find("a=fingerprint:")) + 2 - without.find("a=fingerprint:"));
  EXPECT_REJECTION(other.setRemoteDescription({RTCSdpType::Offer, without}), "InvalidAccessError");
  try {
    other.setRemoteDescription({RTCSdpType::Offer, without + "nonsense\r\n"}).get(10s);
    ADD_FAILURE() << "nonsense was accepted";
  } catch (const RTCError& error) {
    EXPECT_EQ(error.errorDetail(), RTCErrorDetailType::SdpSyntaxError);
    EXPECT_EQ(error.sdpLineNumber(), std::count(without.begin(), without.end(), '\n') + 1);
  }
  EXPECT_EQ(other.signalingState(), RTCSignalingState::Stable);
  EXPECT_FALSE(other.remoteDescription());
}

TEST_F(Refused, CreatingWhatTheStateDoesNotAllow) {
  EXPECT_REJECTION(pc.createAnswer(), "InvalidStateError");
  pair.answerer.setRemoteDescription(pc.createOffer().get(10s)).get(10s);
  EXPECT_REJECTION(pair.answerer.createOffer(), "InvalidStateError");
  EXPECT_NO_THROW(pair.answerer.createAnswer().get(10s));
  pc.close();
  EXPECT_REJECTION(pc.createOffer(), "InvalidStateError");
  EXPECT_REJECTION(pc.createAnswer(), "InvalidStateError");
  EXPECT_REJECTION(pc.setLocalDescription(), "InvalidStateError");
  EXPECT_REJECTION(pc.setRemoteDescription({RTCSdpType::Offer, "nonsense"}), "InvalidStateError");
}

TEST_F(Refused, ChannelsByTheirArguments) {
  const std::string longest(65535, 'x'), in_characters = [] {
    std::string text;
    for (int i = 0; i < 32768; ++i) text += "é";  // 65536 bytes
    return text;
  }();
  EXPECT_EQ(pc.createDataChannel(longest, {.protocol = longest})->label(), longest);
  EXPECT_THROW(pc.createDataChannel(longest + "x"), TypeError);
  EXPECT_THROW(pc.createDataChannel(in_characters), TypeError);
  EXPECT_THROW(pc.createDataChannel("", {.protocol = in_characters}), TypeError);
  EXPECT_THROW(pc.createDataChannel("", {.maxPacketLifeTime = 0, .maxRetransmits = 0}), TypeError);
  EXPECT_THROW(pc.createDataChannel("", {.negotiated = true}), TypeError);
  EXPECT_THROW(pc.createDataChannel("", {.negotiated = true, .id = 65535}), TypeError);
  EXPECT_EQ(pc.createDataChannel("", {.negotiated = true, .id = 65534})->id(), 65534);
  EXPECT_THROW(pc.createDataChannel("", {.negotiated = true, .id = 65534}), OperationError);
  // Announced channels have their ids chosen for them, whatever the program says.
  EXPECT_EQ(pc.createDataChannel("", {.id = 65535})->id(), std::nullopt);
  EXPECT_EQ(pc.createDataChannel("", {.id = 65534})->id(), std::nullopt);
  pc.close();
  EXPECT_THROW(pc.createDataChannel(in_characters), InvalidStateError);
}

TEST_F(Refused, ChannelsBeyondWhatTheAssociationHas) {
  test::Latch open;
  channel->onopen = [&] { open.set(); };
  negotiate();
  ASSERT_TRUE(open.wait());
  const std::uint16_t most = *pc.sctp()->maxChannels();
  EXPECT_THROW(pc.createDataChannel("", {.negotiated = true, .id = most}), OperationError);
  EXPECT_NO_THROW(pc.createDataChannel("", {.negotiated = true, .id = static_cast<std::uint16_t>(most - 1)}));
  std::size_t made = 1;
  try {
    for (;; ++made) (void)pc.createDataChannel("");
  } catch (const OperationError&) {
    EXPECT_EQ(made, most / 2U - (most % 2 == 0 ? 1 : 0));  // half of them are the peer's, one we have just taken
  }
}

RTCConfiguration with(RTCIceServer server) {
  RTCConfiguration configuration = test::on_loopback();
  configuration.iceServers = {std::move(server)};
  return configuration;
}

TEST(RefusedConfiguration, ServersByTheirUrls) {
  using Urls = std::vector<std::string>;
  for (const StringOrStrings& urls :
       {StringOrStrings(Urls{}), StringOrStrings(""), StringOrStrings("example.org"),
        StringOrStrings("http://example.org"), StringOrStrings("stun://example.org"),
        StringOrStrings("stun:example.org?transport=udp"), StringOrStrings(Urls{"stun:example.org", "stun:"})})
    EXPECT_THROW(RTCPeerConnection(with({.urls = urls})), SyntaxError);
  // What is no URL comes before what is missing beside it.
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:example.org?transport=sctp"})), SyntaxError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = Urls{"turn:example.org", "nonsense"}})), InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turns:example.org"})), NotSupportedError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "stuns:example.org"})), NotSupportedError);
}

TEST(RefusedConfiguration, TurnServersByTheirCredentials) {
  const std::string longest(508, 'u');
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:127.0.0.1:9"})), InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:127.0.0.1:9", .username = "u"})), InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:127.0.0.1:9", .credential = "c"})), InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:127.0.0.1:9", .username = "u", .credential = ""})),
               InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({.urls = "turn:127.0.0.1:9", .username = longest + "u", .credential = "c"})),
               InvalidAccessError);
  EXPECT_NO_THROW(RTCPeerConnection(with({.urls = "turn:127.0.0.1:9", .username = longest, .credential = "c"})));
  EXPECT_NO_THROW(RTCPeerConnection(with({.urls = "stun:127.0.0.1:9"})));
}

TEST(RefusedConfiguration, CertificatesBeforeServers) {
  RTCCertificateKeygen keygen;
  keygen.expires = 0ms;
  RTCConfiguration configuration = with({.urls = "nonsense"});
  configuration.certificates = {RTCPeerConnection::generateCertificate(keygen).get(10s)};
  EXPECT_THROW(RTCPeerConnection{configuration}, InvalidAccessError);
  configuration.certificates = {RTCPeerConnection::generateCertificate().get(10s)};
  EXPECT_THROW(RTCPeerConnection{configuration}, SyntaxError);
}

TEST(Configuration, IsGivenBackAsItWasStored) {
  RTCConfiguration configuration =
      with({.urls = {"turn:127.0.0.1:9", "stun:127.0.0.1:9"}, .username = "u", .credential = "c"});
  configuration.iceTransportPolicy = RTCIceTransportPolicy::Relay;
  configuration.bundlePolicy = RTCBundlePolicy::MaxBundle;
  configuration.iceCandidatePoolSize = 3;
  configuration.certificates = {RTCPeerConnection::generateCertificate().get(10s)};
  RTCPeerConnection pc(configuration);
  for (int closed = 0; closed < 2; ++closed) {
    const RTCConfiguration got = pc.getConfiguration();
    ASSERT_EQ(got.iceServers.size(), 1U);
    EXPECT_EQ(got.iceServers[0].urls, configuration.iceServers[0].urls);
    EXPECT_EQ(got.iceServers[0].username, "u");
    EXPECT_EQ(got.iceServers[0].credential, "c");
    EXPECT_EQ(got.iceTransportPolicy, RTCIceTransportPolicy::Relay);
    EXPECT_EQ(got.bundlePolicy, RTCBundlePolicy::MaxBundle);
    EXPECT_EQ(got.rtcpMuxPolicy, RTCRtcpMuxPolicy::Require);
    EXPECT_EQ(got.iceCandidatePoolSize, 3);
    EXPECT_EQ(got.certificates, configuration.certificates);
    pc.close();
  }
  const RTCConfiguration defaults = RTCPeerConnection().getConfiguration();
  EXPECT_TRUE(defaults.iceServers.empty());
  EXPECT_EQ(defaults.iceTransportPolicy, RTCIceTransportPolicy::All);
  EXPECT_EQ(defaults.bundlePolicy, RTCBundlePolicy::Balanced);
  EXPECT_EQ(defaults.iceCandidatePoolSize, 0);
}

TEST(Certificate, ExpiresWhenAskedAndHasThreeFingerprints) {
  const auto now = std::chrono::system_clock::now;
  RTCCertificateKeygen keygen;
  keygen.expires = 1h;
  const RTCCertificate hour = RTCPeerConnection::generateCertificate(keygen).get(10s);
  EXPECT_LE(hour.expires(), now() + 1h);
  EXPECT_GT(hour.expires(), now() + 1h - 1min);
  keygen.expires = 24h * 1000;
  EXPECT_LE(RTCPeerConnection::generateCertificate(keygen).get(10s).expires(), now() + 24h * 365);
  const auto fingerprints = hour.getFingerprints();
  ASSERT_EQ(fingerprints.size(), 3U);
  const std::pair<const char*, std::size_t> expected[] = {{"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(fingerprints[i].algorithm, expected[i].first);
    EXPECT_EQ(fingerprints[i].value.size(), 3 * expected[i].second - 1);
    EXPECT_EQ(fingerprints[i].value.find_first_not_of("0123456789abcdef:"), std::string::npos);
  }
  RTCCertificateKeygen other;
  other.namedCurve = "P-521";
  EXPECT_REJECTION(RTCPeerConnection::generateCertificate(other), "NotSupportedError");
  other = RTCCertificateKeygen("RSASSA-PKCS1-v1_5");
  other.hash = "SHA-1";
  EXPECT_REJECTION(RTCPeerConnection::generateCertificate(other), "NotSupportedError");
  other.hash = "SHA-256";
  EXPECT_EQ(RTCPeerConnection::generateCertificate(other).get(30s).getFingerprints().size(), 3U);
}

}  // namespace
}  // namespace parley::refusal_test
