// restartIce(), and what it survives: webrtc-pc section 4.4.2 and [[LocalIceCredentialsToReplace]].
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using test::settle;

/// The ufrags of a description.
std::set<std::string> ufrags(const std::optional<RTCSessionDescription>& description) {
  std::set<std::string> all;
  if (!description) return all;
  const std::string sdp = description->sdp();
  constexpr std::string_view kLine = "a=ice-ufrag:";
  for (std::size_t at = sdp.find(kLine); at != std::string::npos; at = sdp.find(kLine, at + 1))
    all.insert(sdp.substr(at + kLine.size(), sdp.find("\r\n", at) - at - kLine.size()));
  return all;
}

bool share(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) { return b.contains(one); });
}

class Restart : public testing::Test {
 protected:
  /// Negotiates a transceiver, then counts how often more negotiation is needed.
  void begin() {
    transceiver = pc.addTransceiver("audio");
    run([this]() -> Promise<void> { co_await pair.negotiate(); });
    pc.onnegotiationneeded = [this] { ++needed; };
    settle();
    needed = 0;
    old_here = ufrags(pc.localDescription());
    old_there = ufrags(other.localDescription());
  }
  Promise<void> reply() {
    co_await other.setRemoteDescription(*pc.localDescription());
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
  }
  [[nodiscard]] bool is_restarted() const {
    return !share(old_here, ufrags(pc.localDescription())) && !share(old_there, ufrags(other.localDescription()));
  }

  int needed = 0;
  Latch open, before_answer, after, moved;
  std::vector<std::string> states;
  std::shared_ptr<RTCRtpTransceiver> transceiver;
  std::set<std::string> old_here, old_there;
  Pair pair;
  RTCPeerConnection &pc = pair.offerer, &other = pair.answerer;
};

TEST_F(Restart, NeedsNegotiationOnceAndRenewsBothSides) {
  begin();
  pc.restartIce();
  pc.restartIce();
  settle();
  EXPECT_EQ(needed, 1);
  run([this] { return pair.negotiate(); });
  EXPECT_TRUE(is_restarted());
  settle();
  EXPECT_EQ(needed, 1);
  old_here = ufrags(pc.localDescription());
  run([this] { return pair.negotiate(); });
  EXPECT_EQ(ufrags(pc.localDescription()), old_here) << "one restart is enough";
}

TEST_F(Restart, IsNothingBeforeThereIsAnythingToRestartAndAfterTheEnd) {
  pc.onnegotiationneeded = [this] { ++needed; };
  pc.restartIce();
  settle();
  EXPECT_EQ(needed, 0);
  pc.close();
  EXPECT_NO_THROW(pc.restartIce());
  settle();
  EXPECT_EQ(needed, 0);
}

TEST_F(Restart, AskedForWhileAnOfferIsPendingIsForTheNext) {
  begin();
  run([this]() -> Promise<void> {
    co_await pc.setLocalDescription();
    pc.restartIce();
    co_await reply();
  });
  EXPECT_EQ(ufrags(pc.localDescription()), old_here);
  settle();
  EXPECT_EQ(needed, 1);
  run([this] { return pair.negotiate(); });
  EXPECT_TRUE(is_restarted());
  settle();
  EXPECT_EQ(needed, 1);
}

TEST_F(Restart, OfAFirstOfferThatIsPendingIsForTheNextAsWell) {
  transceiver = pc.addTransceiver("audio");
  run([this]() -> Promise<void> {
    co_await pc.setLocalDescription();
    old_here = ufrags(pc.localDescription());
    pc.onnegotiationneeded = [this] { ++needed; };
    pc.restartIce();
    co_await reply();
  });
  old_there = ufrags(other.localDescription());
  settle();
  EXPECT_EQ(needed, 1);
  EXPECT_EQ(ufrags(pc.localDescription()), old_here);
  run([this] { return pair.negotiate(); });
  EXPECT_TRUE(is_restarted());
}

TEST_F(Restart, SurvivesARollback) {
  begin();
  pc.restartIce();
  run([this]() -> Promise<void> {
    co_await pc.setLocalDescription();
    EXPECT_FALSE(share(old_here, ufrags(pc.localDescription())));
    co_await pc.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Rollback));
    EXPECT_EQ(ufrags(pc.localDescription()), old_here);
  });
  settle();
  EXPECT_GE(needed, 1);
  run([this] { return pair.negotiate(); });
  EXPECT_TRUE(is_restarted());
}

TEST_F(Restart, SurvivesAnOfferOfThePeer) {
  begin();
  run([this]() -> Promise<void> {
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
    pc.restartIce();
    co_await pc.setLocalDescription();  // an answer cannot begin a restart
    co_await other.setRemoteDescription(*pc.localDescription());
  });
  EXPECT_EQ(ufrags(pc.localDescription()), old_here);
  settle();
  EXPECT_EQ(needed, 1);
  run([this] { return pair.negotiate(); });
  EXPECT_TRUE(is_restarted());
}

TEST_F(Restart, IsSatisfiedByThatOfThePeer) {
  begin();
  run([this]() -> Promise<void> {
    RTCOfferOptions options;
    options.iceRestart = true;
    const auto offer = co_await other.createOffer(options);
    pc.restartIce();
    co_await other.setLocalDescription(offer);
    co_await pc.setRemoteDescription(*other.localDescription());
    co_await pc.setLocalDescription();
    co_await other.setRemoteDescription(*pc.localDescription());
  });
  EXPECT_TRUE(is_restarted());
  const auto renewed = ufrags(pc.localDescription());
  needed = 0;
  settle();
  EXPECT_EQ(needed, 0);
  run([this] { return pair.negotiate(); });
  EXPECT_EQ(ufrags(pc.localDescription()), renewed);
}

/// webrtc-pc section 4.2.6, iceRestart: as long as [[LocalIceCredentialsToReplace]] is not empty, an offer has none of
/// the credentials in use, those that the peer has just made us renew included.
TEST_F(Restart, OutlastsOneOfThePeerThatIsOfSomeTransportsOnly) {
  const auto unbundled = [](std::string sdp) {
    const std::size_t at = sdp.find("a=group:BUNDLE");
    return sdp.erase(at, sdp.find("\r\n", at) + 2 - at);
  };
  const auto line = [](const std::string& sdp, const std::string& name) {
    const std::size_t at = sdp.rfind(name);  // of the last section
    return sdp.substr(at, sdp.find("\r\n", at) - at);
  };
  const auto as_offer = [&](const std::string& sdp) {
    return RTCSessionDescriptionInit(RTCSdpType::Offer, unbundled(sdp));
  };
  (void)pc.addTransceiver("audio");
  (void)pc.addTransceiver("video");
  run([&]() -> Promise<void> {
    co_await pc.setLocalDescription();
    co_await other.setRemoteDescription(as_offer(pc.localDescription()->sdp()));
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
    pc.restartIce();
    const std::string before = other.localDescription()->sdp();
    RTCOfferOptions restart;
    restart.iceRestart = true;
    std::string offer = (co_await other.createOffer(restart)).sdp;
    for (const std::string name : {"a=ice-ufrag:", "a=ice-pwd:"})
      offer.replace(offer.rfind(name), line(offer, name).size(), line(before, name));
    co_await pc.setRemoteDescription(as_offer(offer));
    co_await pc.setLocalDescription();
    const auto in_use = ufrags(pc.localDescription());
    EXPECT_EQ(in_use.size(), 2U);
    EXPECT_FALSE(share(in_use, ufrags(RTCSessionDescription(co_await pc.createOffer()))));
  });
}

TEST_F(Restart, IsNotCancelledByAnOfferOption) {
  begin();
  pc.restartIce();
  run([this]() -> Promise<void> {
    RTCOfferOptions options;
    options.iceRestart = false;
    const auto offer = co_await pc.createOffer(options);
    co_await pc.setLocalDescription(offer);
    co_await reply();
  });
  EXPECT_TRUE(is_restarted());
}

TEST_F(Restart, OfBothSidesAtOnceEndsInOne) {
  begin();
  pc.restartIce();
  other.restartIce();
  run([this]() -> Promise<void> {
    co_await pc.setLocalDescription();
    co_await other.setLocalDescription();
    co_await reply();  // rolls back the other's offer
  });
  EXPECT_TRUE(is_restarted());
  EXPECT_EQ(other.signalingState(), RTCSignalingState::Stable);
  const auto renewed = ufrags(other.localDescription());
  run([this] { return Pair::negotiate(other, pc); });
  EXPECT_EQ(ufrags(other.localDescription()), renewed) << "the answer has been one of the credentials asked for";
}

TEST_F(Restart, LetsDataFlowOnTheOldPathUntilTheNewOneIsThere) {
  const auto channel = pc.createDataChannel("x");
  channel->onopen = [&] { open.set(); };
  other.ondatachannel = [](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [far = event.channel](const MessageEvent& message) { far->send(message.text()); };
  };
  begin();
  ASSERT_TRUE(open.wait());
  channel->onmessage = [&](const MessageEvent& message) { (message.text() == "old" ? before_answer : after).set(); };
  pc.restartIce();
  run([&]() -> Promise<void> {
    co_await pc.setLocalDescription();
    co_await other.setRemoteDescription(*pc.localDescription());
  });
  channel->send("old");
  ASSERT_TRUE(before_answer.wait());
  EXPECT_EQ(pc.connectionState(), RTCPeerConnectionState::Connected);
  const auto ice = pc.sctp()->transport()->iceTransport();
  const auto old_pair = ice->getSelectedCandidatePair();
  ASSERT_TRUE(old_pair);
  ice->onselectedcandidatepairchange = [&] { moved.set(); };
  // webrtc-pc section 5.6, "RTCIceTransportState": connected, as long as the old path is.
  pc.oniceconnectionstatechange = [&] { states.emplace_back(to_string(pc.iceConnectionState())); };
  pc.onconnectionstatechange = [&] { states.emplace_back(to_string(pc.connectionState())); };
  bool had_pair = true;
  ice->onstatechange = [&] { had_pair = had_pair && ice->getSelectedCandidatePair(); };
  run([&]() -> Promise<void> {
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
  });
  EXPECT_TRUE(ice->getSelectedCandidatePair());
  channel->send("new");
  EXPECT_TRUE(after.wait());
  EXPECT_TRUE(moved.wait());
  settle();
  EXPECT_TRUE(had_pair);
  for (const std::string& state : EventLoop::shared()->run([&] { return states; }))
    EXPECT_TRUE(state == "connected" || state == "completed") << state;
  EXPECT_TRUE(is_restarted());
  EXPECT_NE(ice->getSelectedCandidatePair()->local.usernameFragment(), old_pair->local.usernameFragment());
  EXPECT_EQ(channel->readyState(), RTCDataChannelState::Open);
}

}  // namespace
}  // namespace parley
