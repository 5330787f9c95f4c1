// What comes over signaling from somebody who means harm: candidates without end or sense, huge descriptions, and
// descriptions that change their mind.
#include <gtest/gtest.h>

#include "support/healthy_pair.hpp"
#include "support/hostile_peer.hpp"
#include "support/meddler.hpp"

namespace parley::hostile_signaling_test {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr std::size_t kMiB = 1 << 20;

/// A connection that has answered the offer of another one, which plays no part any more.
struct Target {
  Target() {
    const auto unused = elsewhere.createDataChannel("x");
    elsewhere.setLocalDescription().get(20s);
    gathered(elsewhere).get(20s);
    victim.setRemoteDescription(*elsewhere.localDescription()).get(20s);
    victim.setLocalDescription().get(20s);
  }
  ~Target() {
    victim.close();
    elsewhere.close();
  }
  RTCIceCandidateInit candidate(const std::string& text) const {
    return {text, attribute(elsewhere.localDescription()->sdp(), "mid"), std::nullopt, std::nullopt};
  }
  std::shared_ptr<EventLoop> loop = EventLoop::create();
  HealthyPair healthy{loop};
  RTCPeerConnection victim{on_loopback(loop)}, elsewhere{on_loopback()};
};

/// True if it was accepted.
bool add(RTCPeerConnection& victim, const RTCIceCandidateInit& candidate) {
  try {
    victim.addIceCandidate(candidate).get(20s);
    return true;
  } catch (const OperationError&) {
    return false;
  }
}

TEST(HostileSignaling, OfTenThousandCandidatesTheFirstThousandAreKept) {
  Target target;
  ASSERT_TRUE(target.healthy.opened());
  const std::size_t before = allocated_bytes();
  int accepted = 0;
  const int all = kSanitized ? 2'000 : 10'000;
  for (int i = 0; i < all; ++i)
    if (add(target.victim,
            target.candidate("candidate:" + std::to_string(i) + " 1 udp 2113937151 127." + std::to_string(1 + i / 200) +
                             ".9." + std::to_string(1 + i % 200) + " 9999 typ host")))
      ++accepted;
  EXPECT_LE(accepted, 1000);
  EXPECT_GE(accepted, 990);  // a few were in the offer
  EXPECT_LT(allocated_bytes(), before + 16 * kMiB);
  EXPECT_TRUE(target.healthy.alive());
  EXPECT_LT(target.healthy.worst(), HealthyPair::kBearable);
}

TEST(HostileSignaling, CandidatesThatLeadNowhereAreHarmless) {
  Target target;
  ASSERT_TRUE(target.healthy.opened());
  // Addresses that are nobody's, everybody's or none; ports and components out of the usual. The victim's sockets are
  // bound to 127.0.0.1, so nothing leaves the machine.
  for (const char* where :
       {"0.0.0.0 9", "255.255.255.255 9", "224.0.0.1 9", "127.255.255.255 9", "127.0.0.1 0", "127.0.0.1 1", ":: 9",
        "::1 9", "ff02::1 9", "fe80::1 9", "::ffff:127.0.0.1 9", "no-such-host.local 9", "example.invalid 9"})
    for (const char* kind : {"udp", "tcp", "sctp"})
      EXPECT_TRUE(
          add(target.victim, target.candidate("candidate:1 1 " + std::string(kind) + " 1 " + where + " typ host")))
          << where;
  for (const char* malformed :
       {"candidate:", "candidate:1", "candidate:1 1 udp 1 127.0.0.1 99999 typ host", "candidate:1 1 udp 1 127.0.0.1",
        "candidate:1 0 udp 1 127.0.0.1 9 typ", "nonsense", "candidate:1 1 udp 99999999999 127.0.0.1 9 typ host"})
    EXPECT_FALSE(add(target.victim, target.candidate(malformed))) << malformed;
  EXPECT_FALSE(add(target.victim, target.candidate("candidate:1 1 udp 1 " + std::string(100'000, 'x') + " 9 typ")));
  EXPECT_EQ(target.victim.connectionState(), RTCPeerConnectionState::Connecting);
  EXPECT_TRUE(target.healthy.alive());
  EXPECT_LT(target.healthy.worst(), HealthyPair::kBearable);
}

/// The victim's own description as a start, so that only the size is wrong with it.
std::string offer_text() {
  RTCPeerConnection pc(on_loopback());
  const auto channel = pc.createDataChannel("x");
  return pc.createOffer().get(20s).sdp;
}

TEST(HostileSignaling, HugeDescriptionsAreRefusedOrReadInReasonableTime) {
  const auto loop = EventLoop::create();
  HealthyPair healthy(loop);
  ASSERT_TRUE(healthy.opened());
  const std::size_t before = allocated_bytes();
  const std::string offer = offer_text();
  const auto refused = [&](const std::string& sdp) {
    RTCPeerConnection victim(on_loopback(loop));
    try {
      victim.setRemoteDescription({RTCSdpType::Offer, sdp}).get(60s);
      return false;
    } catch (const RTCError& error) {
      return error.errorDetail() == RTCErrorDetailType::SdpSyntaxError;
    } catch (const Exception&) {
      return true;
    }
  };
  EXPECT_TRUE(refused(offer + "a=x:" + std::string(5 * kMiB, 'x') + "\r\n"));  // above 4 MiB
  std::string lines = offer;
  while (lines.size() < 3 * kMiB) lines += "a=unknown:something that nobody knows\r\n";
  EXPECT_FALSE(refused(lines));
  std::string candidates = offer;
  for (int i = 0; i < 20'000; ++i)
    candidates += "a=candidate:" + std::to_string(i) + " 1 udp 1 127.1.1.1 " + std::to_string(1 + i) + " typ host\r\n";
  refused(candidates);  // either, but soon
  std::string sections = offer.substr(0, offer.find("m="));
  for (int i = 0; i < 5'000; ++i)
    sections += "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:m" + std::to_string(i) + "\r\n";
  refused(sections);
  EXPECT_LT(healthy.worst(), 3 * HealthyPair::kBearable);  // a loop reads a description in one go
  EXPECT_TRUE(healthy.alive());
  EXPECT_LT(allocated_bytes(), before + 16 * kMiB);
}

/// A peer that starts anew in the middle of a connection, again and again.
TEST(HostileSignaling, IceRestartsWithoutEndLeaveNoGenerationsBehind) {
  const auto loop = EventLoop::create();
  Pair pair(on_loopback(loop), on_loopback(loop));
  Latch open;
  const auto channel = pair.offerer.createDataChannel("x");
  channel->onopen = [&] { open.set(); };
  pair.negotiate().get(20s);
  ASSERT_TRUE(open.wait());
  std::size_t memory = 0, descriptors = 0;
  const auto restart = [&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription(co_await pair.offerer.createOffer({.iceRestart = true}));
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setLocalDescription();
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  };
  for (int i = 0; i < 60; ++i) {
    restart().get(20s);
    if (i == 19) {
      memory = allocated_bytes();
      descriptors = open_descriptors();
    }
  }
  const auto settled = [&] {
    return pair.offerer.iceConnectionState() == RTCIceConnectionState::Completed && allocated_bytes() < memory + kMiB &&
           open_descriptors() <= descriptors + 2;
  };
  for (int i = 0; i < 5000 && !settled(); ++i) loop->delay(2ms).get();
  EXPECT_TRUE(settled());
  Latch heard;
  const auto second = pair.offerer.createDataChannel("y");
  second->onopen = [&] { heard.set(); };
  EXPECT_TRUE(heard.wait());
}

TEST(HostileSignaling, AnotherIdentityInTheMiddleOfAConnectionIsANewAssociationOrAnError) {
  const auto loop = EventLoop::create();
  Pair pair(on_loopback(loop), on_loopback(loop));
  Latch open;
  const auto channel = pair.offerer.createDataChannel("x");
  std::atomic<int> messages = 0;
  channel->onmessage = [&] { ++messages; };
  channel->onopen = [&] { open.set(); };
  pair.negotiate().get(20s);
  ASSERT_TRUE(open.wait());
  // A third party's fingerprint in what claims to be the peer's next answer.
  pair.offerer.setLocalDescription().get(20s);
  std::string answer = pair.offerer.currentRemoteDescription()->sdp();
  const std::string old = attribute(answer, "fingerprint");
  const std::string other = to_string((*dtls::Certificate::generate())->fingerprint(dtls::Hash::Sha256));
  answer.replace(answer.find(old), old.size(), other);
  try {
    pair.offerer.setRemoteDescription({RTCSdpType::Answer, answer}).get(20s);
    // The peer that we were connected to has not that certificate.
    for (int i = 0; i < 20'000 && pair.offerer.connectionState() != RTCPeerConnectionState::Failed; ++i)
      loop->delay(2ms).get();
    EXPECT_EQ(pair.offerer.connectionState(), RTCPeerConnectionState::Failed);
  } catch (const DOMException&) {
    EXPECT_EQ(pair.offerer.signalingState(), RTCSignalingState::HaveLocalOffer);
    EXPECT_EQ(channel->readyState(), RTCDataChannelState::Open);
  }
  EXPECT_EQ(messages, 0);
}

}  // namespace
}  // namespace parley::hostile_signaling_test
