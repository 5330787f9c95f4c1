// The operations chain, and what closing does to it: webrtc-pc section 4.4.1.2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/noted_promises.hpp"

namespace parley {
namespace {

using test::run;
using test::settle;
using namespace std::chrono_literals;
using enum RTCRtpTransceiverDirection;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using Operations = test::NotedPromises;

TEST_F(Operations, AreDoneInTheirOrderWhateverBecomesOfThem) {
  run([this]() -> Promise<void> {
    const auto transceiver = pc.addTransceiver("audio");
    note(pc.createOffer(), "createOffer");
    note(pc.createAnswer(), "createAnswer");
    note(pc.setLocalDescription(), "setLocalDescription");
    note(transceiver->sender()->replaceTrack(MediaStreamTrack::create("audio")), "replaceTrack");
    note(pc.addIceCandidate(), "addIceCandidate");
    const auto last = pc.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Rollback));
    note(last, "rollback");
    EXPECT_EQ(pc.signalingState(), RTCSignalingState::Stable) << "nothing happens before the caller has returned";
    EXPECT_EQ(transceiver->sender()->track(), nullptr);
    co_await last;
  });
  settle();
  EXPECT_THAT(events, ElementsAre("createOffer", "createAnswer InvalidStateError", "setLocalDescription",
                                  "replaceTrack", "addIceCandidate InvalidStateError", "rollback"));
}

TEST_F(Operations, SeeWhatTheProgramDoesBeforeItsTurn) {
  run([this]() -> Promise<void> {
    const auto first = pc.createOffer();
    (void)pc.addTransceiver("audio");
    const RTCSessionDescriptionInit offer = co_await first;
    EXPECT_THAT(offer.sdp, HasSubstr("m=audio "));
    // Without an argument the description is of what there is; the last one created may be set all the same.
    (void)pc.addTransceiver("video");
    const auto implied = pc.setLocalDescription();
    co_await implied;
    EXPECT_THAT(pc.localDescription()->sdp(), HasSubstr("m=video "));
  });
}

/// "If the chain is empty, the operation begins at once": webrtc-pc section 4.4.1.2, step 5.
TEST_F(Operations, BeginAtOnceWhereNoneStandsBefore) {
  run([this]() -> Promise<void> {
    const auto first = pc.addTransceiver("audio"), second = pc.addTransceiver("audio");
    const auto track = MediaStreamTrack::create("audio");
    const auto replaced = first->sender()->replaceTrack(track);
    note(replaced, "replaceTrack");
    first->stop();
    const auto refused = second->sender()->replaceTrack(track);
    note(refused, "replaceTrack");
    second->stop();
    try {
      co_await refused;
    } catch (const DOMException&) {
    }
    EXPECT_EQ(first->sender()->track(), track);
  });
  EXPECT_THAT(events, ElementsAre("replaceTrack", "replaceTrack InvalidStateError"));
}

TEST(OperationsOfAFilterThatThrows, GoOn) {
  RTCConfiguration configuration;
  configuration.network.interface_filter = [](std::string_view, std::string_view) -> bool {
    throw std::runtime_error("no");
  };
  RTCPeerConnection pc(configuration);
  const auto channel = pc.createDataChannel("x");
  pc.setLocalDescription().get(10s);
  EXPECT_NE(pc.createOffer().get(10s).sdp, "");
}

/// Also to be refused: section 10.7's peer looks at what it ignores after that.
TEST_F(Operations, AreRefusedWhereTheyBeginAndNotInALaterTask) {
  const auto refused_at_once = [this](const std::string& what, auto begin) {
    events.clear();
    EventLoop::shared()->run([&] {
      EventLoop::shared()->post([this] { events.emplace_back("task"); });
      begin();
    });
    settle();
    EXPECT_THAT(events, ElementsAre(what, "task"));
  };
  refused_at_once("answer InvalidStateError", [this] { note(pc.createAnswer(), "answer"); });
  refused_at_once("candidate InvalidStateError", [this] { note(pc.addIceCandidate({"", "0"}), "candidate"); });
  refused_at_once("rollback InvalidStateError", [this] {
    note(pc.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Rollback)), "rollback");
  });
  refused_at_once("changed InvalidModificationError", [this] {
    note(pc.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Offer, "v=0")), "changed");
  });
  (void)pc.addTransceiver("audio");
  RTCPeerConnection third(test::on_loopback());  // which is told no candidates meanwhile
  third.setRemoteDescription(pc.createOffer().get(10s)).get(10s);
  refused_at_once("offer InvalidStateError", [&] { note(third.createOffer(), "offer"); });
  refused_at_once("candidate OperationError", [&] { note(third.addIceCandidate({"", "none"}), "candidate"); });
}

TEST_F(Operations, ComeToTheirTurnWhereParametersAreSetAgainAndAgain) {
  run([this]() -> Promise<void> {
    const auto sender = pc.addTransceiver("video")->sender();
    note(pc.createOffer(), "offer");
    for (int i = 0; i < 1000 && events.empty(); ++i) co_await sender->setParameters(sender->getParameters());
  });
  EXPECT_THAT(events, ElementsAre("offer"));
}

TEST_F(Operations, WaitForTheSendersParametersInVain) {
  run([this]() -> Promise<void> {
    const auto sender = pc.addTransceiver("audio")->sender();
    const auto set = sender->setParameters(sender->getParameters());
    note(set, "setParameters");
    pc.close();
    try {
      co_await set;
    } catch (const DOMException&) {
    }
  });
  EXPECT_THAT(events, ElementsAre("setParameters InvalidStateError"));
}

TEST_F(Operations, TakeTheLastOfferAlsoIfItIsOutOfDate) {
  int needed = 0;
  pc.onnegotiationneeded = [&] { ++needed; };
  run([&]() -> Promise<void> {
    (void)pc.addTransceiver("audio");
    const RTCSessionDescriptionInit before = co_await pc.createOffer();
    const RTCSessionDescriptionInit offer = co_await pc.createOffer();
    (void)pc.addTransceiver("video");
    std::string refused;
    try {
      if (before.sdp != offer.sdp) co_await pc.setLocalDescription(before);
    } catch (const Exception& error) {
      refused = error.name();
    }
    EXPECT_EQ(refused, "InvalidModificationError") << "it is not the last";
    co_await pc.setLocalDescription(offer);
    EXPECT_EQ(pc.getTransceivers().at(1)->mid(), std::nullopt);
    needed = 0;
    co_await other.setRemoteDescription(offer);
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
  });
  settle();
  EXPECT_EQ(needed, 1);
  pc.close();
}

TEST_F(Operations, AreRefusedAtOnceWhenTheConnectionIsClosed) {
  const auto sender = pc.addTransceiver("audio")->sender();
  const RTCSessionDescriptionInit offer = pc.createOffer().get(10s);
  pc.close();
  pc.close();
  run([&]() -> Promise<void> {
    note(pc.createOffer(), "createOffer");
    note(pc.createAnswer(), "createAnswer");
    note(pc.setLocalDescription(), "setLocalDescription");
    note(pc.setLocalDescription(offer), "setLocalDescription");
    note(pc.setRemoteDescription(offer), "setRemoteDescription");
    note(pc.addIceCandidate(), "addIceCandidate");
    note(sender->replaceTrack(nullptr), "replaceTrack");
    co_return;
  });
  settle();
  EXPECT_THAT(events, SizeIs(7));
  EXPECT_THAT(events, Each(HasSubstr("InvalidStateError")));
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::Closed);
  EXPECT_EQ(pc.connectionState(), RTCPeerConnectionState::Closed);
  EXPECT_EQ(pc.iceConnectionState(), RTCIceConnectionState::Closed);
  EXPECT_THROW(pc.setConfiguration(pc.getConfiguration()), InvalidStateError);
}

TEST_F(Operations, LeaveNoTraceWhenTheConnectionIsClosedBeforeTheirTurn) {
  pc.onsignalingstatechange = [this] { events.emplace_back("signalingstatechange"); };
  pc.onnegotiationneeded = [this] { events.emplace_back("negotiationneeded"); };
  const auto sender = pc.addTransceiver("audio")->sender();
  settle();
  events.clear();
  run([&]() -> Promise<void> {
    note(pc.setLocalDescription(), "setLocalDescription");
    note(sender->replaceTrack(MediaStreamTrack::create("audio")), "replaceTrack");
    pc.restartIce();
    pc.close();
    co_return;
  });
  settle();
  EXPECT_THAT(events, ElementsAre("setLocalDescription InvalidStateError", "replaceTrack InvalidStateError"));
  EXPECT_EQ(sender->track(), nullptr);
  EXPECT_EQ(pc.localDescription(), std::nullopt);
}

TEST_F(Operations, RollBackWhatStandsInTheWayOfAnOfferAlsoIfThatIsRefused) {
  (void)pc.addTransceiver("audio");
  (void)other.addTransceiver("video");
  const RTCSessionDescriptionInit offer = other.createOffer().get(10s);
  pc.onsignalingstatechange = [this] { events.emplace_back(to_string(pc.signalingState())); };
  run([&]() -> Promise<void> {
    co_await pc.setLocalDescription();
    const RTCSessionDescriptionInit nonsense(RTCSdpType::Offer, "nonsense");
    std::string refused;
    try {
      co_await pc.setRemoteDescription(nonsense);
    } catch (const Exception& error) {
      refused = error.name();
    }
    EXPECT_EQ(refused, "OperationError");
    events.emplace_back("refused");
    EXPECT_EQ(pc.getTransceivers().at(0)->mid(), std::nullopt);
    co_await pc.setLocalDescription();
    co_await pc.setRemoteDescription(offer);
    events.emplace_back("set");
  });
  EXPECT_THAT(events, ElementsAre("have-local-offer", "stable", "refused", "have-local-offer", "stable",
                                  "have-remote-offer", "set"));
  EXPECT_THAT(pc.getTransceivers(), SizeIs(2));
  pc.close();
}

TEST_F(Operations, InAPranswerStateAreNotRolledBack) {
  (void)pc.addTransceiver("audio");
  run([&]() -> Promise<void> {
    co_await pc.setLocalDescription();
    co_await other.setRemoteDescription(*pc.localDescription());
    const RTCSessionDescriptionInit offer = *other.remoteDescription();
    co_await other.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Pranswer));
    EXPECT_EQ(other.signalingState(), RTCSignalingState::HaveLocalPranswer);
    const RTCSessionDescriptionInit provisional(RTCSdpType::Pranswer, other.localDescription()->sdp());
    co_await pc.setRemoteDescription(provisional);
    EXPECT_EQ(pc.signalingState(), RTCSignalingState::HaveRemotePranswer);
    EXPECT_EQ(pc.getTransceivers().at(0)->currentDirection(), SendOnly);
    for (RTCPeerConnection* one : {&pc, &other}) {
      const RTCSignalingState before = one->signalingState();
      note(one->setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Rollback)), "local");
      note(one->setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Rollback)), "remote");
      const auto third = one->setRemoteDescription(offer);
      note(third, "offer");
      try {
        co_await third;
      } catch (const InvalidStateError&) {
      }
      EXPECT_EQ(one->signalingState(), before);
    }
    other.getTransceivers().at(0)->direction(SendRecv);
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
  });
  EXPECT_THAT(events, SizeIs(6));
  EXPECT_THAT(events, Each(HasSubstr("InvalidStateError")));
  EXPECT_EQ(pc.signalingState(), RTCSignalingState::Stable);
  EXPECT_EQ(pc.getTransceivers().at(0)->currentDirection(), SendRecv);
}

}  // namespace
}  // namespace parley
