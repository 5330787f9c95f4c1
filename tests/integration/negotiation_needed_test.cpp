// When negotiation is needed, and when that is said: webrtc-pc section 4.7.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "support/noted_promises.hpp"

namespace parley::negotiation_needed_test {
namespace {

using test::run;
using test::settle;
using enum RTCRtpTransceiverDirection;
using testing::ElementsAre;
using testing::SizeIs;

class NeedsNegotiation : public test::NotedPromises {
 protected:
  /// What `change` makes necessary, in a connection that has negotiated a sender and a receiver.
  int after(const std::function<void()>& change) {
    settle();
    needed = 0;
    EventLoop::shared()->run(change);
    settle();
    return needed;
  }
  void begin() {
    pc.onnegotiationneeded = [this] { ++needed; };
    sender = pc.addTrack(MediaStreamTrack::create("audio"), stream);
    transceiver = pc.getTransceivers().at(0);
    run([this]() -> Promise<void> { co_await pair.negotiate(); });
  }
  void negotiate() {
    run([this]() -> Promise<void> { co_await pair.negotiate(); });
  }

  int needed = 0;
  std::shared_ptr<MediaStream> stream = MediaStream::create();
  std::shared_ptr<RTCRtpSender> sender;
  std::shared_ptr<RTCRtpTransceiver> transceiver;
};

TEST_F(NeedsNegotiation, ForEachKindOfChangeAndForNothingElse) {
  begin();
  EXPECT_EQ(after([] {}), 0);
  EXPECT_EQ(after([this] { transceiver->direction(SendRecv); }), 0) << "as it was";
  EXPECT_EQ(after([this] { (void)sender->replaceTrack(nullptr); }), 0);
  EXPECT_EQ(after([this] { sender->setStreams(stream); }), 0);
  EXPECT_EQ(after([this] { transceiver->setCodecPreferences({}); }), 0);
  EXPECT_EQ(after([this] { (void)pc.createOffer(); }), 0);
  EXPECT_EQ(after([this] { transceiver->direction(RecvOnly); }), 1);
  EXPECT_EQ(after([this] { transceiver->direction(Inactive); }), 0) << "it has been said";
  EXPECT_EQ(after([this] { transceiver->direction(SendRecv); }), 0) << "it is not true any more";
  EXPECT_EQ(after([this] { transceiver->direction(RecvOnly); }), 1) << "and may be said again";
  negotiate();
  EXPECT_EQ(after([this] { sender->setStreams(); }), 0) << "of what is not sent";
  EXPECT_EQ(after([this] { pc.addTrack(MediaStreamTrack::create("audio")); }), 1);
  negotiate();
  EXPECT_EQ(after([this] { (void)pc.createDataChannel("x"); }), 1);
  negotiate();
  EXPECT_EQ(after([this] { (void)pc.createDataChannel("y"); }), 0);
  EXPECT_EQ(after([this] { transceiver->stop(); }), 1);
  negotiate();
  EXPECT_EQ(after([] {}), 0);
  pc.close();
}

TEST_F(NeedsNegotiation, WaitsForReplaceTrackAndForCandidates) {
  begin();
  run([this]() -> Promise<void> {
    pc.onnegotiationneeded = [this] { events.emplace_back("negotiationneeded"); };
    note(sender->replaceTrack(nullptr), "replaceTrack");
    note(pc.addIceCandidate(), "addIceCandidate");
    transceiver->direction(RecvOnly);
    co_return;
  });
  settle();
  EXPECT_THAT(events, ElementsAre("replaceTrack", "addIceCandidate", "negotiationneeded"));
  pc.close();
}

TEST_F(NeedsNegotiation, IsSaidAfterEveryNegotiationThatLeavesSomethingOut) {
  begin();
  settle();
  needed = 0;
  run([this]() -> Promise<void> {
    co_await pc.setLocalDescription();
    transceiver->direction(RecvOnly);
    (void)pc.addTransceiver("video");
    co_await other.setRemoteDescription(*pc.localDescription());
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
  });
  settle();
  EXPECT_EQ(needed, 1);
  // And again, if nobody heeds it but something else was negotiated.
  run([this]() -> Promise<void> { co_await Pair::negotiate(other, pc); });
  settle();
  EXPECT_EQ(needed, 2);
  pc.close();
}

TEST_F(NeedsNegotiation, OfferToReceiveDoesNotAskForIt) {
  pc.onnegotiationneeded = [this] { ++needed; };
  run([this]() -> Promise<void> {
    RTCOfferOptions options;
    options.offerToReceiveAudio = options.offerToReceiveVideo = true;
    const auto offer = co_await pc.createOffer(options);
    EXPECT_THAT(pc.getTransceivers(), SizeIs(2));
    for (const auto& one : pc.getTransceivers()) EXPECT_EQ(one->direction(), RecvOnly);
    (void)co_await pc.createOffer(options);
    EXPECT_THAT(pc.getTransceivers(), SizeIs(2)) << "there are some that receive";
    pc.getTransceivers().at(0)->direction(SendRecv);
    options.offerToReceiveAudio = options.offerToReceiveVideo = false;
    (void)co_await pc.createOffer(options);
    EXPECT_EQ(pc.getTransceivers().at(0)->direction(), SendOnly);
    EXPECT_EQ(pc.getTransceivers().at(1)->direction(), Inactive);
    options.offerToReceiveVideo = true;
    (void)co_await pc.createOffer(options);
    EXPECT_THAT(pc.getTransceivers(), SizeIs(3)) << "none of video receives";
    EXPECT_EQ(pc.getTransceivers().at(2)->direction(), RecvOnly);
  });
  pc.close();
  std::string refused;
  run([&]() -> Promise<void> {
    RTCOfferOptions options;
    options.offerToReceiveAudio = true;
    try {
      (void)co_await pc.createOffer(options);
    } catch (const Exception& error) {
      refused = error.name();
    }
  });
  EXPECT_EQ(refused, "InvalidStateError");
  EXPECT_THAT(pc.getTransceivers(), SizeIs(3));
}

}  // namespace
}  // namespace parley::negotiation_needed_test
