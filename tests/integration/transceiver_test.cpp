// What becomes of transceivers: which of them addTrack() takes, what stop() and rollbacks leave of them, and what is
// left when the connection is closed. webrtc-pc sections 5.1 and 5.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Pair;
using test::run;
using test::settle;
using namespace std::chrono_literals;
using enum RTCRtpTransceiverDirection;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Track = std::shared_ptr<MediaStreamTrack>;
const auto kLocalRollback = [] { return RTCLocalSessionDescriptionInit(RTCSdpType::Rollback); };
const auto kRemoteRollback = [] { return RTCSessionDescriptionInit(RTCSdpType::Rollback); };

/// A connection that has taken an offer of such a section. What it answers nobody hears.
struct Offered : Pair {
  explicit Offered(RTCRtpTransceiverDirection direction, const std::string& kind = "audio") {
    RTCRtpTransceiverInit init;
    init.direction = direction;
    offerer.addTransceiver(kind, init);
    offerer.setLocalDescription().get(20s);
    answerer.setRemoteDescription(*offerer.localDescription()).get(20s);
  }
};

TEST(AddTrack, TakesTheTransceiverOfARemoteOfferThatHasSentNothing) {
  Offered pair(SendRecv);
  const auto transceiver = pair.answerer.getTransceivers().at(0);
  EXPECT_EQ(transceiver->direction(), RecvOnly);
  const Track track = MediaStreamTrack::create("audio");
  EXPECT_EQ(pair.answerer.addTrack(track), transceiver->sender());
  EXPECT_EQ(transceiver->sender()->track(), track);
  EXPECT_EQ(transceiver->direction(), SendRecv);
  EXPECT_THAT(pair.answerer.getTransceivers(), SizeIs(1));
  // Of the other kind there is none.
  const auto video = pair.answerer.addTrack(MediaStreamTrack::create("video"));
  EXPECT_NE(video, transceiver->sender());
  EXPECT_THAT(pair.answerer.getTransceivers(), SizeIs(2));
}

TEST(AddTrack, TurnsAnInactiveTransceiverToSending) {
  RTCPeerConnection pc(test::on_loopback());
  const auto idle = pc.addTransceiver("video", {.direction = Inactive});
  const auto stream = MediaStream::create();
  EXPECT_EQ(pc.addTrack(MediaStreamTrack::create("video"), stream), idle->sender());
  EXPECT_EQ(idle->direction(), SendOnly);
  EXPECT_THAT(pc.createOffer().get(10s).sdp, HasSubstr("a=msid:" + stream->id() + " "));
}

TEST(AddTrack, TakesNoSenderThatHasATrackHasSentOrIsStopping) {
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  const auto busy = pc.addTransceiver(MediaStreamTrack::create("audio"));
  const auto stopping = pc.addTransceiver("audio");
  stopping->stop();
  const auto used = pc.addTrack(MediaStreamTrack::create("audio"));
  EXPECT_NE(used, busy->sender());
  EXPECT_NE(used, stopping->sender());
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  pc.removeTrack(used);
  const Track track = MediaStreamTrack::create("audio");
  const auto fresh = pc.addTrack(track);
  EXPECT_NE(fresh, used);
  EXPECT_EQ(used->track(), nullptr);
  // One that has sent nothing is taken again and again.
  pc.removeTrack(fresh);
  EXPECT_EQ(pc.addTrack(track), fresh);
}

TEST(AddTrack, OfATrackWhoseSenderWasStoppedIsAllowedOnceThatIsNegotiated) {
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  const Track track = MediaStreamTrack::create("audio");
  const auto sender = pc.addTrack(track);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  pc.getTransceivers().at(0)->stop();
  EXPECT_THROW(pc.addTrack(track), InvalidAccessError);  // it is stopping: the sender is in the set of senders
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_THAT(pc.getSenders(), IsEmpty());
  EXPECT_NE(pc.addTrack(track), sender);
}

TEST(RemoveTrack, TakesTheTrackAndTheDirectionAndLeavesTheSender) {
  RTCPeerConnection pc(test::on_loopback());
  const Track track = MediaStreamTrack::create("audio");
  const auto both = pc.addTransceiver(track);
  const auto only = pc.addTransceiver(MediaStreamTrack::create("audio"), {.direction = SendOnly});
  pc.removeTrack(both->sender());
  pc.removeTrack(only->sender());
  EXPECT_EQ(both->sender()->track(), nullptr);
  EXPECT_EQ(both->direction(), RecvOnly);
  EXPECT_EQ(only->direction(), Inactive);
  EXPECT_THAT(pc.getSenders(), ElementsAre(both->sender(), only->sender()));
  // Without a track there is nothing to remove, whatever the direction has become.
  both->direction(SendRecv);
  pc.removeTrack(both->sender());
  EXPECT_EQ(both->direction(), SendRecv);
}

TEST(RemoveTrack, DoesNothingToWhatIsStoppingOrGone) {
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  const Track track = MediaStreamTrack::create("audio");
  const auto sender = pc.addTrack(track);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  pc.getTransceivers().at(0)->stop();
  pc.removeTrack(sender);
  EXPECT_EQ(sender->track(), track);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  pc.removeTrack(sender);
  EXPECT_EQ(sender->track(), track);
  pc.close();
  EXPECT_THROW(pc.removeTrack(sender), InvalidStateError);
  EXPECT_THROW(pair.answerer.removeTrack(sender), InvalidAccessError);
}

TEST(Stop, IsStoppingUntilItIsNegotiated) {
  std::vector<std::string> events;
  Pair pair;
  const auto transceiver = pair.offerer.addTransceiver("audio");
  const auto receiver = transceiver->receiver();
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  pair.offerer.onnegotiationneeded = [&] { events.emplace_back("negotiationneeded"); };
  receiver->track()->onended = [&] { events.emplace_back("ended"); };
  settle();  // a new handler is told what is needed by then
  EventLoop::shared()->run([&] {
    transceiver->stop();
    EXPECT_EQ(receiver->track()->readyState(), MediaStreamTrackState::Live);  // that is a task's business
    EXPECT_EQ(transceiver->direction(), Stopped);
    EXPECT_EQ(transceiver->currentDirection(), SendOnly) << "what was negotiated is in force";
    transceiver->stop();
  });
  settle();
  EXPECT_EQ(receiver->track()->readyState(), MediaStreamTrackState::Ended);
  EXPECT_THAT(events, ElementsAre("ended", "negotiationneeded"));
  EXPECT_THAT(pair.offerer.getReceivers(), ElementsAre(receiver));
  const auto mid = transceiver->mid();
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(transceiver->currentDirection(), Stopped);
  EXPECT_EQ(transceiver->mid(), mid);
  EXPECT_THAT(pair.offerer.getTransceivers(), IsEmpty());
  EXPECT_THAT(pair.offerer.getReceivers(), IsEmpty());
  EXPECT_NO_THROW(transceiver->stop());
}

TEST(Stop, ByTheAnswererIsAnsweredAsIfNothingHadHappenedAndThenNeedsNegotiation) {
  bool needed = false;
  Offered pair(SendRecv);
  const auto theirs = pair.answerer.getTransceivers().at(0);
  pair.answerer.onnegotiationneeded = [&] { needed = true; };
  theirs->stop();
  settle();
  EXPECT_FALSE(needed);
  run([&]() -> Promise<void> {
    co_await pair.answerer.setLocalDescription();
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  });
  EXPECT_EQ(pair.offerer.getTransceivers().at(0)->currentDirection(), Inactive);
  settle();
  EXPECT_TRUE(needed);
  run([&]() -> Promise<void> { co_await Pair::negotiate(pair.answerer, pair.offerer); });
  EXPECT_THAT(pair.offerer.getTransceivers(), IsEmpty());
  EXPECT_THAT(pair.answerer.getTransceivers(), IsEmpty());
}

TEST(Stop, LeavesAPlaceThatTheNextTransceiverTakes) {
  Pair pair;
  const auto first = pair.offerer.addTransceiver("audio");
  (void)pair.offerer.addTransceiver("video");
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  const auto mid = first->mid();
  first->stop();
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  const auto next = pair.answerer.addTransceiver("video");
  run([&]() -> Promise<void> { co_await Pair::negotiate(pair.answerer, pair.offerer); });
  EXPECT_NE(next->mid(), mid);
  const std::string sdp = pair.offerer.localDescription()->sdp();
  std::size_t sections = 0;
  for (std::size_t at = sdp.find("m="); at != std::string::npos; at = sdp.find("\r\nm=", at + 1)) ++sections;
  EXPECT_EQ(sections, 2U);
  ASSERT_THAT(pair.offerer.getTransceivers(), SizeIs(2));
  EXPECT_EQ(pair.offerer.getTransceivers()[1]->mid(), next->mid());
}

TEST(RollbackOfALocalOffer, TakesMidsAndTransportsAndNothingThatTheProgramDid) {
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  const auto sender = pc.addTrack(MediaStreamTrack::create("audio"));
  const auto transceiver = pc.getTransceivers().at(0);
  const Track other = MediaStreamTrack::create("audio");
  run([&]() -> Promise<void> {
    co_await pc.setLocalDescription();
    EXPECT_NE(sender->transport(), nullptr);
    EXPECT_NE(transceiver->mid(), std::nullopt);
    transceiver->direction(SendOnly);
    co_await sender->replaceTrack(other);
    co_await pc.setLocalDescription(kLocalRollback());
  });
  EXPECT_EQ(transceiver->direction(), SendOnly);
  EXPECT_EQ(sender->track(), other);
  EXPECT_EQ(transceiver->mid(), std::nullopt);
  EXPECT_EQ(sender->transport(), nullptr);
  EXPECT_EQ(transceiver->receiver()->transport(), nullptr);
  run([&]() -> Promise<void> {
    co_await pc.setLocalDescription();
    transceiver->stop();
    co_await pc.setLocalDescription(kLocalRollback());
  });
  EXPECT_EQ(transceiver->direction(), Stopped);
}

TEST(RollbackOfALocalOffer, LetsAnOfferOfAnotherKindHaveItsMid) {
  Pair pair;
  pair.offerer.addTrack(MediaStreamTrack::create("audio"));
  pair.answerer.addTrack(MediaStreamTrack::create("video"));
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    co_await pair.offerer.setLocalDescription(kLocalRollback());
    co_await Pair::negotiate(pair.answerer, pair.offerer);
  });
  auto here = pair.offerer.getTransceivers();
  ASSERT_THAT(here, SizeIs(2));
  EXPECT_EQ(here[0]->mid(), std::nullopt);
  EXPECT_EQ(here[0]->currentDirection(), std::nullopt);
  EXPECT_EQ(here[1]->currentDirection(), RecvOnly);
  EXPECT_EQ(pair.answerer.getTransceivers().at(0)->currentDirection(), SendOnly);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(here[0]->currentDirection(), SendOnly);
  EXPECT_NE(here[0]->mid(), here[1]->mid());
}

TEST(RollbackOfARemoteOffer, TakesItsTransceiversUnlessAddTrackHasUsedThem) {
  std::vector<std::string> events;
  Offered pair(SendRecv);
  RTCPeerConnection& pc = pair.answerer;
  const RTCSessionDescription offer = *pair.offerer.localDescription();
  const auto gone = pc.getTransceivers().at(0);
  gone->receiver()->track()->onended = [&] { events.emplace_back("ended"); };
  pc.onsignalingstatechange = [&] { events.emplace_back(to_string(pc.signalingState())); };
  const Track track = MediaStreamTrack::create("audio");
  run([&]() -> Promise<void> {
    // Neither of these keeps it.
    co_await gone->sender()->replaceTrack(track);
    gone->direction(SendRecv);
    co_await pc.setRemoteDescription(kRemoteRollback());
    events.emplace_back("rolled back");
  });
  settle();
  EXPECT_THAT(events, ElementsAre("stable", "rolled back", "ended"));
  EXPECT_THAT(pc.getTransceivers(), IsEmpty());
  EXPECT_EQ(gone->mid(), std::nullopt);
  EXPECT_EQ(gone->direction(), Stopped);
  EXPECT_EQ(gone->currentDirection(), Stopped);
  EXPECT_THROW(gone->sender()->replaceTrack(nullptr).get(10s), InvalidStateError);

  std::shared_ptr<RTCRtpTransceiver> kept;
  run([&]() -> Promise<void> {
    co_await pc.setRemoteDescription(offer);
    pc.addTrack(track);
    kept = pc.getTransceivers().at(0);
    co_await pc.setRemoteDescription(kRemoteRollback());
  });
  EXPECT_NE(kept, gone);
  EXPECT_THAT(pc.getTransceivers(), ElementsAre(kept));
  EXPECT_EQ(kept->mid(), std::nullopt);
  EXPECT_EQ(kept->direction(), SendRecv);
  EXPECT_EQ(kept->sender()->track(), track);
  // It answers the same offer when that comes again.
  run([&]() -> Promise<void> {
    co_await pc.setRemoteDescription(offer);
    co_await pc.setLocalDescription();
  });
  EXPECT_THAT(pc.getTransceivers(), ElementsAre(kept));
  EXPECT_EQ(kept->currentDirection(), SendRecv);
}

TEST(Closed, TransceiversStayInTheirSetAndAreStopped) {
  Pair pair;
  RTCPeerConnection& pc = pair.offerer;
  const Track track = MediaStreamTrack::create("audio");
  const auto sender = pc.addTrack(track);
  const auto fresh = pc.addTransceiver("video");
  const auto used = pc.getTransceivers().at(0);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  pc.close();
  EXPECT_THAT(pc.getTransceivers(), ElementsAre(used, fresh));
  EXPECT_THAT(pc.getSenders(), IsEmpty());
  EXPECT_THAT(pc.getReceivers(), IsEmpty());
  for (const auto& transceiver : {used, fresh}) {
    EXPECT_EQ(transceiver->direction(), Stopped);
    EXPECT_EQ(transceiver->currentDirection(), Stopped);
    EXPECT_EQ(transceiver->receiver()->track()->readyState(), MediaStreamTrackState::Ended);
    EXPECT_THROW(transceiver->stop(), InvalidStateError);
    EXPECT_THROW(transceiver->direction(SendOnly), InvalidStateError);
    EXPECT_THROW(transceiver->sender()->setStreams(), InvalidStateError);
    EXPECT_NO_THROW(transceiver->setCodecPreferences({}));  // the specification has no objection
    EXPECT_EQ(transceiver->currentDirection(), Stopped);
  }
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Live) << "what is sent is the program's";
  EXPECT_EQ(sender->track(), track);
}

TEST(SetStreams, IsAskedForOnceAndMovesTheTrackOfThePeer) {
  std::vector<std::string> events;
  Pair pair;
  const auto first = MediaStream::create(), second = MediaStream::create();
  const auto sender = pair.offerer.addTrack(MediaStreamTrack::create("audio"), first);
  std::shared_ptr<MediaStream> before;
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) { before = event.streams.at(0); };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  settle();
  pair.offerer.onnegotiationneeded = [&] { events.emplace_back("negotiationneeded"); };
  sender->setStreams(first);
  settle();
  EXPECT_THAT(events, IsEmpty()) << "the same streams";
  sender->setStreams(second, second);
  settle();
  EXPECT_THAT(events, ElementsAre("negotiationneeded"));
  before->onremovetrack = [&] { events.emplace_back("removetrack"); };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    ASSERT_THAT(event.streams, SizeIs(1));
    EXPECT_EQ(event.streams[0]->id(), second->id());
    EXPECT_THAT(event.streams[0]->getTracks(), ElementsAre(event.track));
    events.emplace_back("track");
  };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_THAT(events, ElementsAre("negotiationneeded", "removetrack", "track"));
  EXPECT_THAT(before->getTracks(), IsEmpty());
  sender->setStreams();
  EXPECT_THAT(pair.offerer.createOffer().get(10s).sdp, Not(HasSubstr("a=msid:" + second->id())));
}

}  // namespace
}  // namespace parley
