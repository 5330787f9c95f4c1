// What connections authenticate with: keys of both kinds, several certificates, those that have expired.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <regex>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;
using testing::HasSubstr;

RTCCertificate ecdsa() { return RTCPeerConnection::generateCertificate().get(10s); }
const RTCCertificate& rsa() {
  static const RTCCertificate one =
      RTCPeerConnection::generateCertificate(RTCCertificateKeygen("RSASSA-PKCS1-v1_5")).get(30s);
  return one;
}

RTCConfiguration with(std::vector<RTCCertificate> certificates) {
  RTCConfiguration configuration = test::on_loopback();
  configuration.certificates = std::move(certificates);
  return configuration;
}

/// As session descriptions have it.
std::string fingerprint(const RTCCertificate& certificate) {
  std::string value = certificate.getFingerprints().front().value;
  std::ranges::transform(value, value.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return value;
}

/// The certificates that each side has seen of the other, once a message has passed.
using Seen = std::pair<std::size_t, std::size_t>;
Seen connect(const RTCConfiguration& offerer, const RTCConfiguration& answerer) {
  Latch heard;
  Pair pair(offerer, answerer);
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&] { heard.set(); };
  };
  const auto channel = pair.offerer.createDataChannel("x");
  channel->onopen = [&] { channel->send("x"); };
  pair.negotiate().get(20s);
  if (!heard.wait()) return {};
  const auto count = [](const RTCPeerConnection& pc) { return pc.sctp()->transport()->getRemoteCertificates().size(); };
  return {count(pair.offerer), count(pair.answerer)};
}

TEST(Certificates, OfEitherKindConnectWithEither) {
  const RTCCertificate other = ecdsa();
  EXPECT_EQ(connect(with({rsa()}), with({rsa()})), Seen(1, 1));
  EXPECT_EQ(connect(with({rsa()}), with({other})), Seen(1, 1));
  EXPECT_EQ(connect(with({other}), with({rsa()})), Seen(1, 1));
}

/// RFC 8122 section 5: the answerer is told its peer's fingerprint by one hash or by several, of the right certificate
/// or, in the last case, of another.
TEST(Certificates, AreRecognizedByEveryHashThatTheyHave) {
  const RTCCertificate mine = ecdsa(), stranger = ecdsa();
  const auto lines = [](const RTCCertificate& certificate, const std::vector<std::size_t>& which) {
    const auto all = certificate.getFingerprints();
    std::string text;
    for (const std::size_t i : which) text += "a=fingerprint:" + all.at(i).algorithm + ' ' + all[i].value + "\r\n";
    return text;
  };
  const std::pair<std::string, bool> cases[] = {{lines(mine, {1}), true},
                                                {lines(mine, {2}), true},
                                                {lines(mine, {0, 1, 2}), true},
                                                {lines(stranger, {1}), false},
                                                {lines(mine, {0}) + lines(stranger, {2}), false}};
  for (const auto& [told, right] : cases) {
    SCOPED_TRACE(told);
    Latch decided;
    std::atomic<bool> heard = false;
    Pair pair(with({mine}), test::on_loopback());
    RTCPeerConnection& answerer = pair.answerer;
    answerer.onconnectionstatechange = [&] {
      const auto state = answerer.connectionState();
      if (state == RTCPeerConnectionState::Connected || state == RTCPeerConnectionState::Failed) decided.set();
    };
    answerer.ondatachannel = [&] { heard = true; };
    const auto channel = pair.offerer.createDataChannel("x");
    pair.offerer.setLocalDescription().get(10s);
    const std::string offer =
        std::regex_replace(pair.offerer.localDescription()->sdp(), std::regex("a=fingerprint:[^\r]*\r\n"), told);
    answerer.setRemoteDescription({RTCSdpType::Offer, offer}).get(10s);
    answerer.setLocalDescription().get(10s);
    pair.offerer.setRemoteDescription(*answerer.localDescription()).get(10s);
    ASSERT_TRUE(decided.wait());
    EXPECT_EQ(answerer.connectionState(), right ? RTCPeerConnectionState::Connected : RTCPeerConnectionState::Failed);
    if (!right) {
      EXPECT_FALSE(heard);
    }
  }
}

/// The loop that asked ends while the key is being made.
TEST(Certificates, AreMadeAlsoForWhoHasGone) {
  for (int i = 0; i < 20; ++i) {
    auto loop = EventLoop::create();
    const auto promise = loop->run([] { return RTCPeerConnection::generateCertificate(); });
    loop.reset();
    EXPECT_EQ(promise.get(10s).getFingerprints().size(), 3U);
  }
}

TEST(Certificates, TheFirstOfSeveralIsUsed) {
  const RTCCertificate first = ecdsa();
  RTCPeerConnection pc(with({first, rsa()}));
  const auto channel = pc.createDataChannel("x");
  const std::string offer = pc.createOffer().get(10s).sdp;
  EXPECT_THAT(offer, HasSubstr("a=fingerprint:sha-256 " + fingerprint(first)));
  EXPECT_EQ(offer.find(fingerprint(rsa())), std::string::npos);
  EXPECT_EQ(pc.getConfiguration().certificates.size(), 2U);
  EXPECT_EQ(connect(with({rsa(), first}), with({first, rsa()})), Seen(1, 1));
}

TEST(Certificates, ThatHaveExpiredAreRefusedWhereverTheyStand) {
  RTCCertificateKeygen keygen;
  keygen.expires = 0ms;
  const RTCCertificate expired = RTCPeerConnection::generateCertificate(keygen).get(10s);
  EXPECT_LE(expired.expires(), std::chrono::system_clock::now());
  EXPECT_THROW(RTCPeerConnection{with({expired})}, InvalidAccessError);
  EXPECT_THROW(RTCPeerConnection(with({ecdsa(), expired})), InvalidAccessError);
}

TEST(Certificates, AreTheSameForTheWholeConnection) {
  const RTCCertificate first = ecdsa(), second = ecdsa();
  RTCPeerConnection pc(with({first, second}));
  EXPECT_THROW(pc.setConfiguration(with({second, first})), InvalidModificationError);
  EXPECT_THROW(pc.setConfiguration(with({first})), InvalidModificationError);
  EXPECT_THROW(pc.setConfiguration(with({})), InvalidModificationError);
  EXPECT_NO_THROW(pc.setConfiguration(with({first, second})));
  // What has been written and read again is the same certificate.
  EXPECT_NO_THROW(pc.setConfiguration(with({RTCCertificate::from_pem(first.to_pem()), second})));
  RTCPeerConnection made(test::on_loopback());
  EXPECT_THROW(made.setConfiguration(with({first})), InvalidModificationError);
  EXPECT_NO_THROW(made.setConfiguration(with({})));
}

}  // namespace
}  // namespace parley
