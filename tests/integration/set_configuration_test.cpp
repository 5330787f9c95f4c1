// What setConfiguration() takes and what it refuses: webrtc-pc section 4.4.1.6.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "support/pair.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

class SetConfiguration : public testing::Test {
 protected:
  static RTCCertificate certificate() { return RTCPeerConnection::generateCertificate().get(10s); }
  /// What setConfiguration() says to the present configuration with a change.
  std::string verdict(const std::function<void(RTCConfiguration&)>& change) {
    RTCConfiguration configuration = pc->getConfiguration();
    change(configuration);
    try {
      pc->setConfiguration(configuration);
    } catch (const Exception& error) {
      return error.name();
    }
    return "accepted";
  }
  void make(const RTCConfiguration& configuration) { pc = std::make_unique<RTCPeerConnection>(configuration); }
  std::unique_ptr<RTCPeerConnection> pc = std::make_unique<RTCPeerConnection>(test::on_loopback());
};

TEST_F(SetConfiguration, KeepsItsBundlePolicyAndItsCertificates) {
  const std::string refused = "InvalidModificationError";
  EXPECT_EQ(verdict([](auto&) {}), "accepted");
  EXPECT_EQ(verdict([](auto& c) { c.bundlePolicy = RTCBundlePolicy::MaxBundle; }), refused);
  EXPECT_EQ(verdict([](auto& c) { c.certificates = {certificate()}; }), refused);
  const RTCCertificate first = certificate(), second = certificate();
  RTCConfiguration configuration = test::on_loopback();
  configuration.certificates = {first, second};
  configuration.bundlePolicy = RTCBundlePolicy::MaxCompat;
  make(configuration);
  EXPECT_EQ(verdict([](auto&) {}), "accepted");
  EXPECT_EQ(verdict([](auto& c) { c.bundlePolicy = RTCBundlePolicy::Balanced; }), refused);
  EXPECT_EQ(verdict([](auto& c) { c.certificates.clear(); }), refused);
  EXPECT_EQ(verdict([](auto& c) { c.certificates.pop_back(); }), refused);
  EXPECT_EQ(verdict([](auto& c) { std::swap(c.certificates[0], c.certificates[1]); }), refused);
  EXPECT_EQ(verdict([](auto& c) { c.certificates[1] = certificate(); }), refused);
  EXPECT_EQ(verdict([&](auto& c) { c.certificates = {first, second}; }), "accepted");
}

TEST_F(SetConfiguration, IsRefusedWholeOrTaken) {
  const std::vector<std::string> urls = {"stun:127.0.0.1:9"};
  EXPECT_EQ(verdict([&](auto& c) { c.iceServers = {{.urls = urls}}; }), "accepted");
  EXPECT_EQ(verdict([](auto& c) {
              c.iceTransportPolicy = RTCIceTransportPolicy::Relay;
              c.iceServers = {{.urls = "nonsense:"}};
            }),
            "SyntaxError");
  EXPECT_EQ(verdict([](auto& c) {
              c.bundlePolicy = RTCBundlePolicy::MaxBundle;
              c.iceServers = {{.urls = "nonsense:"}};
            }),
            "InvalidModificationError")
      << "what cannot be changed comes first";
  EXPECT_EQ(pc->getConfiguration().iceTransportPolicy, RTCIceTransportPolicy::All);
  ASSERT_THAT(pc->getConfiguration().iceServers, SizeIs(1));
  EXPECT_EQ(verdict([](auto& c) { c.iceServers.clear(); }), "accepted");
  EXPECT_THAT(pc->getConfiguration().iceServers, IsEmpty());
  EXPECT_EQ(verdict([](auto& c) { c.iceTransportPolicy = RTCIceTransportPolicy::Relay; }), "accepted");
  EXPECT_EQ(pc->getConfiguration().iceTransportPolicy, RTCIceTransportPolicy::Relay);
}

TEST_F(SetConfiguration, KeepsThePoolOnceSetLocalDescriptionWasCalled) {
  EXPECT_EQ(verdict([](auto& c) { c.iceCandidatePoolSize = 1; }), "accepted");
  EXPECT_EQ(pc->getConfiguration().iceCandidatePoolSize, 1);
  (void)pc->createOffer().get(10s);
  EXPECT_EQ(verdict([](auto& c) { c.iceCandidatePoolSize = 2; }), "accepted");
  EXPECT_THROW(pc->setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Answer)).get(10s), InvalidStateError);
  EXPECT_EQ(verdict([](auto& c) { c.iceCandidatePoolSize = 3; }), "InvalidModificationError");
  EXPECT_EQ(verdict([](auto& c) { c.iceServers = {{.urls = "stun:127.0.0.1:9"}}; }), "accepted");
  EXPECT_EQ(pc->getConfiguration().iceCandidatePoolSize, 2);
}

/// RFC 9429 section 4.1.18: the next offer restarts ICE, so that the new servers and the new policy are used.
TEST(SetConfigurationLater, MakesTheNextOfferRestartIceAndAsksForNone) {
  test::Pair pair;
  RTCPeerConnection &pc = pair.offerer, &other = pair.answerer;
  const auto channel = pc.createDataChannel("x");
  test::run([&] { return pair.negotiate(); });
  int needed = 0;
  pc.onnegotiationneeded = [&] { ++needed; };
  const auto password = [](const std::string& sdp) { return sdp.substr(sdp.find("a=ice-pwd:"), 34); };
  const auto has_new = [&] {
    return password(pc.createOffer().get(10s).sdp) != password(pc.localDescription()->sdp());
  };
  RTCConfiguration configuration = pc.getConfiguration();
  pc.setConfiguration(configuration);
  EXPECT_FALSE(has_new());
  configuration.iceTransportPolicy = RTCIceTransportPolicy::Relay;
  pc.setConfiguration(configuration);
  EXPECT_TRUE(has_new());
  configuration.iceTransportPolicy = RTCIceTransportPolicy::All;
  pc.setConfiguration(configuration);
  EXPECT_TRUE(has_new()) << "there and back is a change as well";
  test::settle();
  EXPECT_EQ(needed, 0);
  test::run([&] { return pair.negotiate(); });
  EXPECT_FALSE(has_new());
  configuration.iceServers = {{.urls = "stun:127.0.0.1:9"}};
  pc.setConfiguration(configuration);
  EXPECT_TRUE(has_new());
  // An answer keeps what it has.
  const std::string before = password(pc.localDescription()->sdp());
  test::run([&] { return test::Pair::negotiate(other, pc); });
  EXPECT_EQ(password(pc.localDescription()->sdp()), before);
}

}  // namespace
}  // namespace parley
