// Which transports sections have: bundlePolicy, peers that do not bundle, sections that are rejected later, and orders
// of sections. webrtc-pc sections 4.4.1.5 and 4.4.2, RFC 9143.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using namespace std::chrono_literals;
using enum RTCRtpTransceiverDirection;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

RTCConfiguration with_policy(RTCBundlePolicy policy) {
  RTCConfiguration configuration = test::on_loopback();
  configuration.bundlePolicy = policy;
  return configuration;
}

/// The transports of everything, each once.
std::set<std::shared_ptr<RTCDtlsTransport>> transports_of(const RTCPeerConnection& pc) {
  std::set<std::shared_ptr<RTCDtlsTransport>> all;
  for (const auto& transceiver : pc.getTransceivers()) {
    EXPECT_EQ(transceiver->sender()->transport(), transceiver->receiver()->transport());
    all.insert(transceiver->sender()->transport());
  }
  if (pc.sctp()) all.insert(pc.sctp()->transport());
  return all;
}

/// A description as of somebody who does not know BUNDLE.
template <class Init>
Init without_groups(RTCSdpType type, std::string sdp) {
  for (std::size_t at = sdp.find("a=group:"); at != std::string::npos; at = sdp.find("a=group:"))
    sdp.erase(at, sdp.find("\r\n", at) + 2 - at);
  return Init(type, sdp);
}

TEST(BundlePolicy, SaysHowManyTransportsAnOfferHasAndTheAnswerLeavesOne) {
  for (const auto& [policy, expected] : std::vector<std::pair<RTCBundlePolicy, std::size_t>>{
           {RTCBundlePolicy::Balanced, 3}, {RTCBundlePolicy::MaxCompat, 5}, {RTCBundlePolicy::MaxBundle, 1}}) {
    Latch connected;
    Pair pair(with_policy(policy));
    for (const std::string kind : {"audio", "audio", "video", "video"}) (void)pair.offerer.addTransceiver(kind);
    (void)pair.offerer.createDataChannel("x");
    pair.offerer.onconnectionstatechange = [&] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
    std::set<std::shared_ptr<RTCDtlsTransport>> offered;
    run([&]() -> Promise<void> {
      co_await pair.offerer.setLocalDescription();
      offered = transports_of(pair.offerer);
      co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
      co_await pair.answerer.setLocalDescription();
      co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
    });
    EXPECT_THAT(offered, SizeIs(expected)) << to_string(policy);
    EXPECT_THAT(transports_of(pair.offerer), SizeIs(1)) << to_string(policy);
    EXPECT_THAT(transports_of(pair.answerer), SizeIs(1)) << to_string(policy);
    EXPECT_TRUE(connected.wait()) << to_string(policy);
    for (const auto& transport : offered)
      if (!transports_of(pair.offerer).contains(transport)) {
        EXPECT_EQ(transport->state(), RTCDtlsTransportState::Closed) << to_string(policy);
        EXPECT_EQ(transport->iceTransport()->state(), RTCIceTransportState::Closed) << to_string(policy);
      }
    pair.offerer.close();
  }
}

class WithoutBundle : public testing::TestWithParam<RTCBundlePolicy> {};

TEST_P(WithoutBundle, EverySectionConnectsOnATransportOfItsOwn) {
  Latch connected_here, connected_there, heard_data, heard_sound;
  Pair pair(with_policy(GetParam()), with_policy(GetParam()));
  const auto track = MediaStreamTrack::create("audio");
  pair.offerer.addTrack(track);
  (void)pair.offerer.addTransceiver("video");
  const auto channel = pair.offerer.createDataChannel("x");
  channel->onopen = [&] { channel->send("hello"); };
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&] { heard_data.set(); };
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    if (event.track->kind() == "audio") event.track->onaudioframe = [&] { heard_sound.set(); };
  };
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected_here.set();
  };
  pair.answerer.onconnectionstatechange = [&] {
    if (pair.answerer.connectionState() == RTCPeerConnectionState::Connected) connected_there.set();
  };
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    const auto offer =
        without_groups<RTCSessionDescriptionInit>(RTCSdpType::Offer, pair.offerer.localDescription()->sdp());
    co_await pair.answerer.setRemoteDescription(offer);
    co_await pair.answerer.setLocalDescription();
    EXPECT_THAT(pair.answerer.localDescription()->sdp(), Not(HasSubstr("a=group:BUNDLE")));
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  });
  EXPECT_THAT(transports_of(pair.offerer), SizeIs(3));
  EXPECT_THAT(transports_of(pair.answerer), SizeIs(3));
  ASSERT_TRUE(connected_here.wait());
  ASSERT_TRUE(connected_there.wait());
  EXPECT_TRUE(heard_data.wait());
  for (std::uint32_t i = 0; i < 2000 && !heard_sound.is_set(); ++i) {
    track->write(test::audio_frame(80, i));
    EventLoop::shared()->delay(10ms).get();
  }
  EXPECT_TRUE(heard_sound.is_set());
  for (const auto& transport : transports_of(pair.offerer))
    EXPECT_EQ(transport->state(), RTCDtlsTransportState::Connected);
  pair.offerer.close();
  pair.answerer.close();
}

INSTANTIATE_TEST_SUITE_P(BundlePolicy, WithoutBundle,
                         testing::Values(RTCBundlePolicy::Balanced, RTCBundlePolicy::MaxCompat),
                         [](const auto& policy) {
                           return std::string(policy.param == RTCBundlePolicy::Balanced ? "Balanced" : "MaxCompat");
                         });

TEST(RejectedSections, TakeTheirTransportAlongWithItsEvents) {
  std::vector<std::string> events;
  Latch connected, dtls_closed, ice_closed;
  Pair pair;
  (void)pair.offerer.addTransceiver("audio");
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  ASSERT_TRUE(connected.wait());
  const auto transceiver = pair.offerer.getTransceivers().at(0);
  const auto transport = transceiver->sender()->transport();
  ASSERT_TRUE(transport);
  transport->onstatechange = [&] {
    if (transport->state() == RTCDtlsTransportState::Closed) dtls_closed.set();
  };
  transport->iceTransport()->onstatechange = [&] {
    if (transport->iceTransport()->state() == RTCIceTransportState::Closed) ice_closed.set();
  };
  transceiver->stop();
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_TRUE(dtls_closed.wait());
  EXPECT_TRUE(ice_closed.wait());
  EXPECT_EQ(pair.offerer.signalingState(), RTCSignalingState::Stable);
  // What comes next begins anew.
  (void)pair.offerer.addTransceiver("video");
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  const auto next = pair.offerer.getTransceivers().at(0)->sender()->transport();
  ASSERT_TRUE(next);
  EXPECT_NE(next, transport);
  pair.offerer.close();
  pair.answerer.close();
}

/// Sections of all kinds in this order, added by both sides in turn.
class Orders : public testing::TestWithParam<std::string> {
 protected:
  static void add(RTCPeerConnection& pc, char what) {
    if (what == 'd') {
      (void)pc.createDataChannel("x");
    } else {
      pc.addTrack(MediaStreamTrack::create(what == 'a' ? "audio" : "video"));
    }
  }
};

TEST_P(Orders, AreAllNegotiated) {
  // The first half by one offer of this side, the rest by offers of the other and this side again.
  Pair pair;
  RTCPeerConnection *from = &pair.offerer, *to = &pair.answerer;
  for (const char what : GetParam()) {
    add(*from, what);
    run([&]() -> Promise<void> { co_await Pair::negotiate(*from, *to); });
    std::swap(from, to);
  }
  for (const RTCPeerConnection* pc : {&pair.offerer, &pair.answerer}) {
    EXPECT_EQ(pc->signalingState(), RTCSignalingState::Stable);
    EXPECT_THAT(transports_of(*pc), SizeIs(1));
    EXPECT_NE(pc->sctp(), nullptr);
  }
  const auto here = pair.offerer.getTransceivers();
  const auto there = pair.answerer.getTransceivers();
  ASSERT_EQ(here.size(), there.size());
  for (const auto& transceiver : here) {
    const auto mid = transceiver->mid();
    const auto same = std::find_if(there.begin(), there.end(), [&](const auto& one) { return one->mid() == mid; });
    ASSERT_NE(same, there.end());
    const auto ours = transceiver->currentDirection(), theirs = (*same)->currentDirection();
    ASSERT_TRUE(ours && theirs);
    const auto mirrored = *ours == SendOnly ? RecvOnly : *ours == RecvOnly ? SendOnly : *ours;
    EXPECT_EQ(mirrored, *theirs);
    EXPECT_NE(*ours, Inactive);
  }
}

INSTANTIATE_TEST_SUITE_P(OfSections, Orders,
                         testing::Values("avd", "adv", "vad", "vda", "dav", "dva", "aavvd", "davav"),
                         [](const auto& order) { return order.param; });

}  // namespace
}  // namespace parley
