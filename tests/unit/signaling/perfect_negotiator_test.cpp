#include "parley/perfect_negotiator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "parley/json.hpp"
#include "support/pair.hpp"
#include "support/seeded_wire.hpp"
#include "unit/base/reported_errors.hpp"

namespace parley::perfect_negotiator_test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::Latch;
using test::on_loopback;
using test::SeededWire;
using testing::HasSubstr;

/// A channel whose other end is the test, which sees what is sent and says what it likes. Loop thread, or while the
/// loop is idle.
class Manual final : public SignalingChannel {
 public:
  using SignalingChannel::opened;
  using SignalingChannel::received;
  using SignalingChannel::SignalingChannel;
  void send(const json& message) override {
    if (state() == State::Closed) throw InvalidStateError("closed");
    sent.push_back(message);
  }
  void close() override { closed(ClosedBy::Us); }
  /// How many descriptions of that kind were sent.
  [[nodiscard]] std::ptrdiff_t count(const char* name) const {
    return std::ranges::count_if(sent, [&](const json& message) { return message.contains(name); });
  }
  [[nodiscard]] const json& last(const char* name) const {
    const auto found = std::find_if(sent.rbegin(), sent.rend(), [&](const json& one) { return one.contains(name); });
    return found == sent.rend() ? sent.front() : (*found)[name];
  }
  std::deque<json> sent;
};

/// Asks again until it is true, as what is posted may post more.
template <class F>
bool becomes(EventLoop& loop, F condition, std::chrono::milliseconds limit = 20s) {
  for (const auto end = std::chrono::steady_clock::now() + limit; std::chrono::steady_clock::now() < end;) {
    if (loop.run(condition)) return true;
    loop.delay(1ms).get();
  }
  return false;
}

/// A negotiator against the test, which has a second connection to make descriptions with.
struct Bench {
  explicit Bench(Politeness politeness) : negotiator(connection, channel, politeness) {
    negotiator.onerror = [this](const NegotiationErrorEvent& event) { errors.push_back(event.message); };
  }
  std::size_t error_count() {
    return loop->run([this] { return errors.size(); });
  }
  bool has_sent(const char* name, std::ptrdiff_t times = 1) {
    return becomes(*loop, [&] { return channel->count(name) >= times; });
  }
  json last(const char* name) {
    return loop->run([&] { return channel->last(name); });
  }
  /// How many errors there are once a candidate of that description's ICE generation has come.
  std::size_t after_candidate_of(const std::string& sdp) {
    const auto at = sdp.find("a=ice-ufrag:") + 12;
    channel->received(json{{"candidate",
                            {{"candidate", "candidate:1 1 udp 1 127.0.0.1 9 typ host"},
                             {"sdpMid", "0"},
                             {"usernameFragment", sdp.substr(at, sdp.find('\r', at) - at)}}}});
    settle();
    return error_count();
  }
  /// Everything on its way has been done: operations are tasks, and so are the reactions to them.
  void settle() {
    for (int i = 0; i < 20; ++i) loop->delay(1ms).get();
  }
  /// An offer of the other side.
  json offer() {
    foreign.setLocalDescription().get(10s);
    return *foreign.localDescription();
  }

  std::shared_ptr<EventLoop> loop = EventLoop::create();
  std::vector<std::string> errors;  // on the loop
  RTCPeerConnection foreign{on_loopback(loop)};
  std::shared_ptr<RTCDataChannel> foreign_channel = foreign.createDataChannel("foreign");
  RTCPeerConnection connection{on_loopback(loop)};
  std::shared_ptr<Manual> channel = std::make_shared<Manual>(loop);
  PerfectNegotiator negotiator;
};

TEST(PerfectNegotiator, PeersConnectWithoutAWordAboutDescriptions) {
  const auto first = EventLoop::create(), second = EventLoop::create();
  RTCPeerConnection one(on_loopback(first)), other(on_loopback(second));
  // Made before there is a negotiator, on another thread: nothing is missed.
  const auto channel = one.createDataChannel("x");
  Latch open;
  channel->onopen = [&] { open.set(); };
  first->run([] {});
  const auto [near, far] = make_signaling_pair(second, first);  // not even on the loops of the connections
  PerfectNegotiator negotiator(one, near, Politeness::Polite);
  PerfectNegotiator opposite(other, far, Politeness::Impolite);
  EXPECT_TRUE(open.wait());
}

TEST(PerfectNegotiator, TheImpolitePeerInsists) {
  Bench bench(Politeness::Impolite);
  (void)bench.connection.createDataChannel("x");
  ASSERT_TRUE(bench.has_sent("offer"));
  bench.channel->received(json{{"offer", bench.offer()}});
  bench.channel->received(
      json{{"candidate", {{"candidate", "candidate:1 1 udp 1 127.0.0.1 9 typ host"}, {"sdpMid", "0"}}}});
  bench.settle();
  EXPECT_EQ(bench.channel->count("answer"), 0);
  EXPECT_EQ(bench.connection.signalingState(), RTCSignalingState::HaveLocalOffer);
  EXPECT_EQ(bench.error_count(), 0U);
}

TEST(PerfectNegotiator, CandidatesOfAnIgnoredOfferAreNoErrorHoweverLate) {
  Bench bench(Politeness::Impolite);
  (void)bench.connection.createDataChannel("x");
  ASSERT_TRUE(bench.has_sent("offer"));
  const std::string ignored = bench.offer()["sdp"];
  bench.channel->received(json{{"offer", {{"type", "offer"}, {"sdp", ignored}}}});
  bench.foreign.setRemoteDescription(bench.last("offer").get<RTCSessionDescriptionInit>()).get(10s);
  bench.foreign.setLocalDescription().get(10s);
  bench.channel->received(json{{"answer", *bench.foreign.localDescription()}});
  EXPECT_TRUE(becomes(*bench.loop, [&] { return bench.connection.signalingState() == RTCSignalingState::Stable; }));
  EXPECT_EQ(bench.after_candidate_of(ignored), 0U);
  EXPECT_EQ(bench.after_candidate_of("a=ice-ufrag:nobodys\r\n"), 1U);
}

TEST(PerfectNegotiator, CandidatesFromBeforeAnIceRestartAreNoErrorHoweverLate) {
  Bench bench(Politeness::Polite);
  const std::string before = bench.offer()["sdp"];
  bench.channel->received(json{{"offer", {{"type", "offer"}, {"sdp", before}}}});
  ASSERT_TRUE(bench.has_sent("answer"));
  bench.foreign.setRemoteDescription(bench.last("answer").get<RTCSessionDescriptionInit>()).get(10s);
  bench.foreign.restartIce();
  bench.channel->received(json{{"offer", bench.offer()}});
  ASSERT_TRUE(bench.has_sent("answer", 2));
  EXPECT_EQ(bench.after_candidate_of(before), 0U);
}

TEST(PerfectNegotiator, ThePolitePeerGivesWay) {
  Bench bench(Politeness::Polite);
  (void)bench.connection.createDataChannel("x");
  ASSERT_TRUE(bench.has_sent("offer"));
  bench.channel->received(json{{"offer", bench.offer()}});
  ASSERT_TRUE(bench.has_sent("answer"));
  EXPECT_EQ(bench.last("answer")["type"], "answer");
  EXPECT_EQ(bench.connection.signalingState(), RTCSignalingState::Stable);
}

TEST(PerfectNegotiator, AnAnswerThatComesTwiceChangesNothing) {
  Bench bench(Politeness::Polite);
  (void)bench.connection.createDataChannel("x");
  ASSERT_TRUE(bench.has_sent("offer"));
  bench.foreign.setRemoteDescription(bench.last("offer").get<RTCSessionDescriptionInit>()).get(10s);
  bench.foreign.setLocalDescription().get(10s);
  const json answer = *bench.foreign.localDescription();
  for (int i = 0; i < 3; ++i) bench.channel->received(json{{"answer", answer}});
  EXPECT_TRUE(becomes(*bench.loop, [&] { return bench.connection.signalingState() == RTCSignalingState::Stable; }));
  bench.channel->received(json{{"answer", answer}});
  bench.settle();
  EXPECT_EQ(bench.connection.signalingState(), RTCSignalingState::Stable);
  EXPECT_EQ(bench.error_count(), 0U);
}

TEST(PerfectNegotiator, AnOfferThatComesTwiceIsAnsweredInTheSameWay) {
  Bench bench(Politeness::Polite);
  const json offer = bench.offer();
  bench.channel->received(json{{"offer", offer}});
  bench.channel->received(json{{"offer", offer}});  // while it is being answered
  ASSERT_TRUE(bench.has_sent("answer"));
  const json first = bench.last("answer");
  bench.channel->received(json{{"offer", offer}});  // the answer may have been lost
  ASSERT_TRUE(bench.has_sent("answer", 2));
  EXPECT_EQ(bench.last("answer")["type"], "answer");
  bench.foreign.setRemoteDescription(bench.last("answer").get<RTCSessionDescriptionInit>()).get(10s);
  bench.settle();
  EXPECT_EQ(bench.error_count(), 0U);
}

TEST(PerfectNegotiator, WhatIsRefusedIsAnErrorAndNotTheEnd) {
  Bench bench(Politeness::Polite);
  bench.channel->received(json{{"offer", {{"type", "offer"}, {"sdp", "nonsense"}}}});
  EXPECT_TRUE(becomes(*bench.loop, [&] { return bench.errors.size() == 1; }));
  EXPECT_THAT(bench.errors.at(0), HasSubstr("OperationError"));
  bench.channel->received(json{{"offer", 7}});
  bench.channel->received(json{{"candidate", {{"candidate", "candidate:odd"}, {"sdpMid", "0"}}}});
  bench.channel->received(json{{"answer", {{"type", "answer"}, {"sdp", "v=0"}}}});
  bench.channel->received(json{{"chat", "hello"}});
  EXPECT_TRUE(becomes(*bench.loop, [&] { return bench.errors.size() == 4; }));
  bench.channel->received(json{{"offer", bench.offer()}});
  EXPECT_TRUE(bench.has_sent("answer"));
}

TEST(PerfectNegotiator, WithoutAHandlerErrorsGoToTheHook) {
  const ReportedErrors reported;
  Bench bench(Politeness::Polite);
  bench.negotiator.onerror = nullptr;
  bench.channel->received(json{{"offer", 7}});
  bench.settle();
  ASSERT_EQ(reported.all().size(), 1U);
  EXPECT_THAT(reported.all()[0], HasSubstr("PerfectNegotiator: TypeError"));
}

TEST(PerfectNegotiator, ClosingTheConnectionIsNoError) {
  const ReportedErrors reported;
  Bench bench(Politeness::Polite);
  const json offer = bench.offer();
  bench.loop->run([&] {
    (void)bench.connection.createDataChannel("x");
    bench.connection.addEventListener<"signalingstatechange">([&] { bench.connection.close(); });
  });
  bench.channel->received(json{{"offer", offer}});
  bench.settle();
  EXPECT_EQ(bench.connection.signalingState(), RTCSignalingState::Closed);
  bench.channel->received(json{{"offer", offer}});
  bench.settle();
  EXPECT_EQ(bench.error_count(), 0U);
  EXPECT_EQ(reported.all().size(), 0U);
}

TEST(PerfectNegotiator, AnotherChannelHearsWhatTheFirstHasLost) {
  Bench bench(Politeness::Impolite);
  bench.channel->opened();
  (void)bench.connection.createDataChannel("x");
  ASSERT_TRUE(bench.has_sent("offer"));
  const auto next = std::make_shared<Manual>(bench.loop);
  bench.channel->close();
  bench.settle();
  bench.negotiator.use(next);
  EXPECT_TRUE(becomes(*bench.loop, [&] { return next->count("offer") == 1; }));
  EXPECT_EQ(next->last("offer"), bench.channel->last("offer"));
  EXPECT_THROW(bench.negotiator.use(nullptr), TypeError);
}

TEST(PerfectNegotiator, MakesAnotherChannelUntilOneOpens) {
  const auto loop = EventLoop::create();
  RTCPeerConnection connection(on_loopback(loop));
  std::vector<std::shared_ptr<Manual>> made;  // on the loop
  std::vector<std::string> errors;
  const auto reconnect = [&]() -> std::shared_ptr<SignalingChannel> {
    made.push_back(std::make_shared<Manual>(loop));
    if (made.size() == 1) throw NetworkError("not yet");
    if (made.size() == 2) return nullptr;
    if (made.size() == 3) made.back()->close();
    return made.back();
  };
  const auto first = std::make_shared<Manual>(loop);
  PerfectNegotiator negotiator(connection, first, Politeness::Polite, {.reconnect = reconnect, .first_wait = 1ms});
  negotiator.onerror = [&](const NegotiationErrorEvent& event) { errors.push_back(event.message); };
  (void)connection.createDataChannel("x");
  ASSERT_TRUE(becomes(*loop, [&] { return first->count("offer") == 1; }));
  first->close();
  EXPECT_TRUE(becomes(*loop, [&] { return made.size() == 4 && made[3]->count("offer") == 1; }));
  EXPECT_EQ(errors, std::vector<std::string>{"NetworkError: not yet"});
}

/// Lets no address through until it is told to.
class Isolating final : public SignalingChannel {
 public:
  using SignalingChannel::SignalingChannel;
  void send(const json& message) override {
    const auto other = far.lock();
    if (!other) return;
    json through = message;
    const auto found = through.find("new-ice-candidate");
    if (isolating && found != through.end() && (*found)["candidate"] != "") through.erase(found);
    other->received(std::move(through));
  }
  void close() override { closed(ClosedBy::Us); }
  bool isolating = true;
  std::weak_ptr<Isolating> far;
};

TEST(PerfectNegotiator, RestartsAConnectionThatHasFailedAndGivesUpInTheEnd) {
  struct Call {
    Call(const std::shared_ptr<EventLoop>& loop, unsigned max_restarts)
        : one(on_loopback(loop)),
          other(on_loopback(loop)),
          near(std::make_shared<Isolating>(loop)),
          far(std::make_shared<Isolating>(loop)),
          negotiator(one, near, Politeness::Polite, {.max_restarts = max_restarts}),
          opposite(other, far, Politeness::Impolite, {.max_restarts = max_restarts}) {
      near->far = far;
      far->far = near;
      for (auto* each : {&negotiator, &opposite})
        each->onerror = [this](const NegotiationErrorEvent& event) { errors.push_back(event.message); };
      channel = one.createDataChannel("x");
    }
    RTCPeerConnection one, other;
    std::shared_ptr<Isolating> near, far;
    std::vector<std::string> errors;
    PerfectNegotiator negotiator, opposite;
    std::shared_ptr<RTCDataChannel> channel;
  };
  // Both fail at the same time, after 15 seconds.
  const auto loop = EventLoop::create();
  Call lost(loop, 0), saved(loop, 5);
  saved.other.addEventListener<"iceconnectionstatechange">([&] {
    if (saved.other.iceConnectionState() == RTCIceConnectionState::Failed)
      saved.near->isolating = saved.far->isolating = false;
  });
  EXPECT_TRUE(becomes(
      *loop, [&] { return saved.channel->readyState() == RTCDataChannelState::Open; }, 60s));
  EXPECT_TRUE(becomes(*loop, [&] { return lost.errors.size() == 2; }));
  EXPECT_THAT(loop->run([&] { return lost.errors; }), testing::Each(HasSubstr("cannot reach each other")));
  EXPECT_EQ(loop->run([&] { return saved.errors.size(); }), 0U);
}

TEST(PerfectNegotiator, MayBeDestroyedInAnyHandler) {
  const ReportedErrors reported;
  const auto loop = EventLoop::create();
  for (unsigned which = 0; which < 8; ++which) {
    SeededWire wire(loop, which, {});
    struct Peer {
      explicit Peer(const std::shared_ptr<EventLoop>& on) : connection(on_loopback(on)) {}
      RTCPeerConnection connection;
      std::optional<PerfectNegotiator> negotiator;
    };
    std::unique_ptr<Peer> peers[2];
    bool destroyed = false;
    loop->run([&] {
      for (std::size_t i = 0; i < 2; ++i) {
        peers[i] = std::make_unique<Peer>(loop);
        peers[i]->negotiator.emplace(peers[i]->connection, wire.end(i),
                                     i == 0 ? Politeness::Polite : Politeness::Impolite);
        (void)peers[i]->connection.createDataChannel("x");
      }
      // Alone, or with its connection.
      const auto destroy = [&, which] {
        if (which % 2 == 0 && peers[0]) peers[0]->negotiator.reset();
        if (which % 2 == 1) peers[0].reset();
        destroyed = true;
      };
      RTCPeerConnection& connection = peers[0]->connection;
      if (which / 2 == 0) connection.onsignalingstatechange = destroy;
      if (which / 2 == 1) connection.onicecandidate = destroy;
      if (which / 2 == 2) wire.end(0)->onmessage = destroy;
      if (which / 2 == 3) {
        peers[0]->negotiator->onerror = destroy;
        wire.end(1)->send({{"offer", 7}});
      }
    });
    EXPECT_TRUE(becomes(*loop, [&] { return destroyed; })) << which;
    loop->delay(10ms).get();
    loop->run([&] {
      for (auto& peer : peers) peer.reset();
    });
  }
  EXPECT_EQ(reported.all(), std::vector<std::string>{});
}

TEST(PerfectNegotiator, MayBeDestroyedAtAnyMoment) {
  const ReportedErrors reported;
  const auto loop = EventLoop::create();
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::minstd_rand random(seed);
    SeededWire wire(loop, seed, {.longest_delay = 300us});
    RTCPeerConnection one(on_loopback(loop)), other(on_loopback(loop));
    std::optional<PerfectNegotiator> negotiator, opposite;
    negotiator.emplace(one, wire.end(0), Politeness::Polite);
    opposite.emplace(other, wire.end(1), Politeness::Impolite);
    (void)one.createDataChannel("x");
    (void)other.addTransceiver("audio");
    loop->delay(std::chrono::microseconds(random() % 3000)).get();
    (random() % 2 == 0 ? negotiator : opposite).reset();
    if (random() % 2 == 0) wire.end(0)->close();
    loop->delay(std::chrono::microseconds(random() % 1000)).get();
    opposite.reset();
    negotiator.reset();
  }
  EXPECT_EQ(reported.all(), std::vector<std::string>{});
}

}  // namespace
}  // namespace parley::perfect_negotiator_test
