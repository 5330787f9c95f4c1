// The order of events and promises, which webrtc-pc fixes for each of its algorithms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "support/pair.hpp"
#include "support/transcript.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::settle;
using test::Transcript;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

Promise<void> negotiate_noting(Pair& pair, Transcript& offerer, Transcript& answerer) {
  co_await pair.offerer.setLocalDescription();
  offerer.add("setLocalDescription resolved");
  offerer.follow(pair.offerer.sctp());
  co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
  answerer.add("setRemoteDescription resolved");
  answerer.follow(pair.answerer.sctp());
  co_await pair.answerer.setLocalDescription();
  answerer.add("setLocalDescription resolved");
  co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  offerer.add("setRemoteDescription resolved");
}

class EventOrder : public testing::Test {
 protected:
  void connect() {
    offerer.follow(pair.offerer);
    answerer.follow(pair.answerer);
    pair.answerer.addEventListener<"datachannel">([this](const RTCDataChannelEvent& event) {
      answerer.add("channel announced as " + std::string(to_string(event.channel->readyState())));
      answerer.follow(event.channel);
      event.channel->send("said before open");
      far = event.channel;
    });
    loop->run([this] {
      near = pair.offerer.createDataChannel("x");
      offerer.follow(near);
      near->addEventListener<"open">([this] { near->send("hello"); });
    });
    // On the loop, where what follows a co_await comes before the next event.
    loop->run([this] { return negotiate_noting(pair, offerer, answerer); }).get(20s);
    ASSERT_TRUE(offerer.wait_for("channel message said before open"));
    ASSERT_TRUE(answerer.wait_for("channel message hello"));
    ASSERT_TRUE(offerer.wait_for("candidate null"));
    ASSERT_TRUE(answerer.wait_for("candidate null"));
  }

  /// Of a path that comes to be; whether it is known at once to be the best one does not matter here.
  static Transcript::Lines path(Transcript& transcript) {
    Transcript::Lines seen;
    for (std::string line :
         transcript.only({"setRemote", "icetransport", "ice ", "pair", "dtls", "connection", "sctp", "channel open"})) {
      if (const auto completed = line.find("completed"); completed != std::string::npos)
        line.replace(completed, 9, "connected");
      if (std::ranges::find(seen, line) == seen.end()) seen.push_back(line);
    }
    return seen;
  }

  std::shared_ptr<EventLoop> loop = EventLoop::create();
  Transcript offerer, answerer;
  Pair pair{test::on_loopback(loop), test::on_loopback(loop)};
  std::shared_ptr<RTCDataChannel> near, far;
};

TEST_F(EventOrder, AnOfferIsSetBeforeGatheringBeginsAndANullCandidateEndsIt) {
  connect();
  EXPECT_THAT(
      offerer.only({"negotiationneeded", "signaling", "set", "gather", "candidate"}),
      ElementsAre("negotiationneeded", "signaling have-local-offer", "setLocalDescription resolved",
                  "gatherer gathering", "gathering gathering", "candidate", "candidate end", "gatherer complete",
                  "gathering complete", "candidate null", "signaling stable", "setRemoteDescription resolved"));
  EXPECT_THAT(answerer.only({"negotiationneeded", "signaling", "set", "gather", "candidate"}),
              ElementsAre("signaling have-remote-offer", "setRemoteDescription resolved", "signaling stable",
                          "setLocalDescription resolved", "gatherer gathering", "gathering gathering", "candidate",
                          "candidate end", "gatherer complete", "gathering complete", "candidate null"));
}

TEST_F(EventOrder, APathComesToBeFromTheBottomUp) {
  connect();
  EXPECT_THAT(path(offerer), ElementsAre("setRemoteDescription resolved", "icetransport checking", "ice checking",
                                         "connection connecting", "pair in connected", "icetransport connected",
                                         "ice connected", "dtls connecting", "dtls connected", "connection connected",
                                         "sctp connected", "channel open"));
  EXPECT_THAT(path(answerer), ElementsAre("setRemoteDescription resolved", "icetransport checking", "ice checking",
                                          "connection connecting", "pair in connected", "icetransport connected",
                                          "ice connected", "dtls connecting", "dtls connected", "connection connected",
                                          "sctp connected", "channel open"));
}

TEST_F(EventOrder, AChannelOfThePeerIsAnnouncedThenOpensThenSpeaks) {
  connect();
  EXPECT_THAT(answerer.only({"datachannel", "channel"}),
              ElementsAre("datachannel", "channel announced as open", "channel open", "channel message hello"));
  EXPECT_THAT(offerer.only({"datachannel", "channel"}),
              ElementsAre("channel open", "channel message said before open"));
}

TEST_F(EventOrder, AClosedChannelSaysClosingToTheOtherSideOnly) {
  connect();
  near->send("bye");
  near->close();
  near->close();
  ASSERT_TRUE(offerer.wait_for("channel close"));
  ASSERT_TRUE(answerer.wait_for("channel close"));
  settle(*loop);
  EXPECT_THAT(offerer.only({"channel"}),
              ElementsAre("channel open", "channel message said before open", "channel close"));
  EXPECT_THAT(answerer.only({"channel"}),
              ElementsAre("channel announced as open", "channel open", "channel message hello", "channel message bye",
                          "channel closing", "channel close"));
}

TEST_F(EventOrder, ClosingTheConnectionIsSilentHereAndAnErrorThenACloseThere) {
  connect();
  const auto sctp = pair.answerer.sctp();
  const auto before = offerer.lines();
  std::optional<int> cause;
  far->addEventListener<"error">([&](const RTCErrorEvent& event) { cause = event.error.sctpCauseCode(); });
  pair.offerer.close();
  EXPECT_EQ(near->readyState(), RTCDataChannelState::Closed);
  ASSERT_TRUE(answerer.wait_for("channel close"));
  ASSERT_TRUE(answerer.wait_for("sctp closed"));
  ASSERT_TRUE(answerer.wait_for("dtls closed"));
  settle(*loop);
  EXPECT_EQ(offerer.lines(), before);
  EXPECT_THAT(answerer.only({"channel c", "channel error"}),
              ElementsAre("channel error sctp-failure in closed", "channel close"));
  EXPECT_EQ(loop->run([&] { return cause; }), 12);  // RFC 9260 section 3.3.10.12: user-initiated abort
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Closed);
  EXPECT_EQ(pair.answerer.signalingState(), RTCSignalingState::Stable);
}

TEST_F(EventOrder, AWrongFingerprintFailsFromTheBottomUp) {
  offerer.follow(pair.offerer);
  near = pair.offerer.createDataChannel("x");
  offerer.follow(near);
  const auto negotiate = [this]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    offerer.follow(pair.offerer.sctp());
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setLocalDescription();
    const std::regex fingerprint("a=fingerprint:sha-256 [0-9A-F:]+");
    std::string other = "a=fingerprint:sha-256 00";
    for (int i = 1; i < 32; ++i) other += ":00";
    const std::string answer = std::regex_replace(pair.answerer.localDescription()->sdp(), fingerprint, other);
    co_await pair.offerer.setRemoteDescription({RTCSdpType::Answer, answer});
  };
  loop->run(negotiate).get(20s);
  ASSERT_TRUE(offerer.wait_for("channel close"));
  ASSERT_TRUE(offerer.wait_for("connection failed"));
  settle(*loop);
  EXPECT_THAT(offerer.only({"dtls", "connection", "sctp"}),
              ElementsAre("connection connecting", "dtls connecting", "dtls error fingerprint-failure in failed",
                          "dtls failed", "connection failed", "sctp closed"));
  EXPECT_THAT(offerer.only({"channel"}), ElementsAre("channel error sctp-failure in closed", "channel close"));
}

class NegotiationNeeded : public testing::Test {
 protected:
  /// Runs `steps` on the loop, so that everything in it up to its first wait is one task.
  template <class Steps>
  void run(Steps steps) {
    transcript.follow(pc);
    loop->run(steps).get(20s);
    settle(*loop);
  }
  [[nodiscard]] Transcript::Lines seen() { return transcript.only({"negotiationneeded", "signaling", "note"}); }

  std::shared_ptr<EventLoop> loop = EventLoop::create();
  Transcript transcript;
  RTCPeerConnection pc{test::on_loopback(loop)}, other{test::on_loopback(loop)};
};

TEST_F(NegotiationNeeded, IsSaidOnceHoweverManyChannelsThereAre) {
  run([this]() -> Promise<void> {
    for (int i = 0; i < 3; ++i) (void)pc.createDataChannel("x");
    transcript.add("note made");
    co_return;
  });
  (void)pc.createDataChannel("later");
  settle(*loop);
  EXPECT_THAT(seen(), ElementsAre("note made", "negotiationneeded"));
}

TEST_F(NegotiationNeeded, WaitsUntilNoOperationIsPending) {
  run([this]() -> Promise<void> {
    const auto first = pc.createOffer(), second = pc.createOffer();
    (void)pc.createDataChannel("x");
    co_await first;
    transcript.add("note first");
    co_await second;
    transcript.add("note second");
  });
  EXPECT_THAT(seen(), ElementsAre("note first", "note second", "negotiationneeded"));
}

TEST_F(NegotiationNeeded, IsNotSaidOutsideStableAndThenWhenThatIsReached) {
  run([this]() -> Promise<void> {
    co_await pc.setRemoteDescription(co_await other.createOffer());
    (void)pc.createDataChannel("x");
    co_await loop->delay(20ms);
    transcript.add("note still nothing");
    co_await pc.setLocalDescription();
  });
  EXPECT_THAT(seen(), ElementsAre("signaling have-remote-offer", "note still nothing", "signaling stable",
                                  "negotiationneeded"));
}

TEST_F(NegotiationNeeded, IsSaidAgainAfterARollback) {
  run([this]() -> Promise<void> {
    (void)pc.createDataChannel("x");
    co_await loop->delay(1ms);  // in which the event is fired
    co_await pc.setLocalDescription();
    EXPECT_NE(pc.sctp(), nullptr);
    co_await pc.setLocalDescription({RTCSdpType::Rollback});
    EXPECT_EQ(pc.sctp(), nullptr);
  });
  EXPECT_THAT(seen(),
              ElementsAre("negotiationneeded", "signaling have-local-offer", "signaling stable", "negotiationneeded"));
}

TEST_F(NegotiationNeeded, IsNotSaidForAChannelThatTheNegotiatedTransportCarries) {
  run([this]() -> Promise<void> {
    (void)other.createDataChannel("y");
    co_await other.setLocalDescription();
    co_await pc.setRemoteDescription(*other.localDescription());
    co_await pc.setLocalDescription();
    (void)pc.createDataChannel("x");
  });
  EXPECT_THAT(seen(), Not(Contains("negotiationneeded")));
}

TEST_F(NegotiationNeeded, IsNotSaidByAClosedConnection) {
  run([this]() -> Promise<void> {
    (void)pc.createDataChannel("x");
    pc.close();
    co_return;
  });
  EXPECT_THAT(transcript.lines(), IsEmpty());
}

}  // namespace
}  // namespace parley
