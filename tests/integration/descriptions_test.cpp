// The six description attributes in every state, and every form of setLocalDescription: webrtc-pc sections 4.4.1.5
// and 4.7.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;
using enum RTCSdpType;
using testing::ElementsAre;

/// The types of currentLocal, pendingLocal, local, currentRemote, pendingRemote, remote; "-" where there is none.
std::vector<std::string> attributes(const RTCPeerConnection& pc) {
  std::vector<std::string> types;
  for (const auto& one : {pc.currentLocalDescription(), pc.pendingLocalDescription(), pc.localDescription(),
                          pc.currentRemoteDescription(), pc.pendingRemoteDescription(), pc.remoteDescription()})
    types.emplace_back(one ? to_string(one->type()) : "-");
  return types;
}

/// Up to the name of the session: whose description it is, and which one. The rest changes with the candidates.
std::string origin(const std::string& sdp) { return sdp.substr(0, sdp.find("\r\ns=")); }

class Descriptions : public testing::Test {
 protected:
  Descriptions() { channel = pc.createDataChannel("x"); }
  RTCPeerConnection pc{test::on_loopback()}, other{test::on_loopback()};
  std::shared_ptr<RTCDataChannel> channel;
};

TEST_F(Descriptions, AreThoseOfTheStateThroughoutANegotiation) {
  EXPECT_THAT(attributes(pc), ElementsAre("-", "-", "-", "-", "-", "-"));
  pc.setLocalDescription().get(10s);
  EXPECT_THAT(attributes(pc), ElementsAre("-", "offer", "offer", "-", "-", "-"));
  const std::string offer = pc.localDescription()->sdp();  // with the candidates that there are by now
  other.setRemoteDescription({Offer, offer}).get(10s);
  EXPECT_THAT(attributes(other), ElementsAre("-", "-", "-", "-", "offer", "offer"));
  EXPECT_EQ(other.remoteDescription()->sdp(), offer);
  other.setLocalDescription().get(10s);
  EXPECT_EQ(other.signalingState(), RTCSignalingState::Stable);
  EXPECT_THAT(attributes(other), ElementsAre("answer", "-", "answer", "offer", "-", "offer"));
  const std::string answer = other.localDescription()->sdp();
  pc.setRemoteDescription({Answer, answer}).get(10s);
  EXPECT_THAT(attributes(pc), ElementsAre("offer", "-", "offer", "answer", "-", "answer"));
  EXPECT_EQ(pc.remoteDescription()->sdp(), answer);

  // The next negotiation stands beside what has been agreed on, and a rollback takes it away.
  pc.setLocalDescription().get(10s);
  EXPECT_THAT(attributes(pc), ElementsAre("offer", "offer", "offer", "answer", "-", "answer"));
  EXPECT_EQ(origin(pc.localDescription()->sdp()), origin(pc.pendingLocalDescription()->sdp()));
  EXPECT_NE(origin(pc.localDescription()->sdp()), origin(pc.currentLocalDescription()->sdp()));
  pc.setLocalDescription({Rollback}).get(10s);
  EXPECT_THAT(attributes(pc), ElementsAre("offer", "-", "offer", "answer", "-", "answer"));
  other.setRemoteDescription(pc.createOffer().get(10s)).get(10s);
  EXPECT_THAT(attributes(other), ElementsAre("answer", "-", "answer", "offer", "offer", "offer"));
  other.setRemoteDescription({Rollback}).get(10s);
  EXPECT_THAT(attributes(other), ElementsAre("answer", "-", "answer", "offer", "-", "offer"));
  pc.close();
  EXPECT_THAT(attributes(pc), ElementsAre("offer", "-", "offer", "answer", "-", "answer"));
}

TEST_F(Descriptions, OfAProvisionalAnswerArePendingOnBothSides) {
  pc.setLocalDescription().get(10s);
  other.setRemoteDescription(*pc.localDescription()).get(10s);
  auto answer = other.createAnswer().get(10s);
  answer.type = Pranswer;
  other.setLocalDescription(answer).get(10s);
  EXPECT_EQ(other.signalingState(), RTCSignalingState::HaveLocalPranswer);
  EXPECT_THAT(attributes(other), ElementsAre("-", "pranswer", "pranswer", "-", "offer", "offer"));
  pc.setRemoteDescription(answer).get(10s);
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::HaveRemotePranswer);
  EXPECT_THAT(attributes(pc), ElementsAre("-", "offer", "offer", "-", "pranswer", "pranswer"));
  other.setLocalDescription().get(10s);
  EXPECT_THAT(attributes(other), ElementsAre("answer", "-", "answer", "offer", "-", "offer"));
  pc.setRemoteDescription(*other.localDescription()).get(10s);
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::Stable);
  EXPECT_THAT(attributes(pc), ElementsAre("offer", "-", "offer", "answer", "-", "answer"));
}

TEST_F(Descriptions, AreSetWithATextWithATypeAloneAndWithNothing) {
  // With nothing: what the state wants.
  pc.setLocalDescription().get(10s);
  EXPECT_EQ(pc.localDescription()->type(), Offer);
  pc.setLocalDescription({Rollback}).get(10s);
  // With a type alone: the description made last, as long as it is true, else a new one.
  const auto made = pc.createOffer().get(10s);
  pc.setLocalDescription({Offer}).get(10s);
  EXPECT_EQ(origin(pc.pendingLocalDescription()->sdp()), origin(made.sdp));
  other.setRemoteDescription(*pc.localDescription()).get(10s);
  other.setLocalDescription({Pranswer}).get(10s);
  EXPECT_EQ(other.signalingState(), RTCSignalingState::HaveLocalPranswer);
  other.setLocalDescription({Answer}).get(10s);
  EXPECT_EQ(other.currentLocalDescription()->type(), Answer);
  // With a text: that one.
  pc.setRemoteDescription(*other.localDescription()).get(10s);
  const auto offer = pc.createOffer().get(10s);
  pc.setLocalDescription(offer).get(10s);
  EXPECT_EQ(origin(pc.localDescription()->sdp()), origin(offer.sdp));
  EXPECT_NE(origin(offer.sdp), origin(made.sdp));
  pc.setLocalDescription({Rollback}).get(10s);
  // An older one is not it.
  (void)pc.createOffer().get(10s);
  EXPECT_THROW(pc.setLocalDescription(made).get(10s), InvalidModificationError);
}

TEST_F(Descriptions, TellWhetherThePeerCanTrickle) {
  EXPECT_EQ(other.canTrickleIceCandidates(), std::nullopt);
  const auto offer = pc.createOffer().get(10s);
  other.setRemoteDescription({Offer, std::regex_replace(offer.sdp, std::regex("a=ice-options:[^\r]*\r\n"), "")})
      .get(10s);
  EXPECT_EQ(other.canTrickleIceCandidates(), false);
  other.setRemoteDescription(offer).get(10s);
  EXPECT_EQ(other.canTrickleIceCandidates(), true);
  other.setRemoteDescription({Rollback}).get(10s);
  EXPECT_EQ(other.canTrickleIceCandidates(), std::nullopt);
}

TEST(States, OfAConnectionFromItsBeginningToItsEnd) {
  using Ice = RTCIceConnectionState;
  using Gathering = RTCIceGatheringState;
  using Whole = RTCPeerConnectionState;
  Latch connected, gathered;
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::Stable);
  EXPECT_EQ(pc.iceGatheringState(), Gathering::New);
  EXPECT_EQ(pc.iceConnectionState(), Ice::New);
  EXPECT_EQ(pc.connectionState(), Whole::New);
  pc.onconnectionstatechange = [&] {
    if (pc.connectionState() == Whole::Connected) connected.set();
  };
  pc.onicegatheringstatechange = [&] {
    if (pc.iceGatheringState() == Gathering::Complete) gathered.set();
  };
  const auto channel = pc.createDataChannel("x");
  pair.negotiate().get(20s);
  ASSERT_TRUE(connected.wait() && gathered.wait());
  EXPECT_EQ(pc.iceGatheringState(), Gathering::Complete);
  EXPECT_TRUE(pc.iceConnectionState() == Ice::Connected || pc.iceConnectionState() == Ice::Completed);
  EXPECT_EQ(pc.connectionState(), Whole::Connected);
  pc.close();
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::Closed);
  EXPECT_EQ(pc.iceConnectionState(), Ice::Closed);
  EXPECT_EQ(pc.connectionState(), Whole::Closed);
}

}  // namespace
}  // namespace parley
