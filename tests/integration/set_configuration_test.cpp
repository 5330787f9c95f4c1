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

}  // namespace
}  // namespace parley
