// What a program hears of servers that do not work, and of candidates from those that do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pair.hpp"
#include "support/transcript.hpp"
#include "unit/ice/servers.hpp"

namespace parley {
namespace {

using ice::testing::FarStunServer;
using ice::testing::free_port;
using ice::testing::LoopbackSocket;
using ice::testing::TurnServer;
using test::Transcript;
using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;

RTCIceServer server(const std::string& url, const std::string& password = "secret") {
  return {.urls = url, .username = "alice", .credential = password};
}

std::string turn_url(std::uint16_t port, const std::string& transport) {
  return "turn:127.0.0.1:" + std::to_string(port) + "?transport=" + transport;
}

/// One connection that gathers from one server until it is done.
class Gathering {
 public:
  explicit Gathering(const RTCIceServer& from, RTCIceTransportPolicy policy = RTCIceTransportPolicy::All)
      : pc(configuration(from, policy)) {
    transcript.follow(pc);
    pc.onicecandidateerror = [this](const RTCPeerConnectionIceErrorEvent& event) { errors.push_back(event); };
    pc.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
      if (!event.candidate) return;
      EXPECT_EQ(event.url, event.candidate->url());
      if (!event.candidate->candidate().empty()) candidates.push_back(*event.candidate);
    };
    const TimePoint start = Clock::now();
    const auto channel = pc.createDataChannel("x");
    pc.setLocalDescription().get(10s);
    complete = transcript.wait_for("candidate null");
    took = Clock::now() - start;
  }

  /// One error, told before gathering ended, with what is true of all of them.
  void expect_error(const std::string& url, int code) {
    ASSERT_TRUE(complete);
    EXPECT_LT(took, 10s);
    ASSERT_EQ(errors.size(), 1U) << url;
    EXPECT_EQ(errors[0].url, url);
    EXPECT_EQ(errors[0].errorCode, code);
    EXPECT_FALSE(errors[0].errorText.empty());
    EXPECT_EQ(pc.iceGatheringState(), RTCIceGatheringState::Complete);
    EXPECT_THAT(transcript.only({"gathering", "candidateerror", "candidate end", "candidate null"}),
                testing::ElementsAre("gathering gathering", "candidateerror " + url, "candidate end",
                                     "gathering complete", "candidate null"));
  }
  /// The error says from where the server was asked.
  void expect_place() {
    ASSERT_FALSE(errors.empty());
    ASSERT_EQ(candidates.size(), 1U);  // the host's
    EXPECT_EQ(errors[0].address, "127.0.0.1");
    EXPECT_EQ(errors[0].port, candidates[0].port());
  }

  Transcript transcript;
  std::vector<RTCPeerConnectionIceErrorEvent> errors;
  std::vector<RTCIceCandidate> candidates;
  bool complete = false;
  Duration took{};
  RTCPeerConnection pc;

 private:
  static RTCConfiguration configuration(const RTCIceServer& from, RTCIceTransportPolicy policy) {
    RTCConfiguration made = test::on_loopback();
    made.iceServers = {from};
    made.iceTransportPolicy = policy;
    return made;
  }
};

TEST(CandidateError, TellsOfADeadServer) {
  const LoopbackSocket silent(SOCK_DGRAM);
  for (const std::string& url : {"stun:127.0.0.1:" + std::to_string(silent.port()), turn_url(silent.port(), "udp")}) {
    Gathering gathering(server(url));
    gathering.expect_error(url, 701);
    gathering.expect_place();
  }
}

TEST(CandidateError, TellsOfANameWithoutAddress) {
  const std::string name = std::string(64, 'x') + ".example";  // the resolver refuses it without asking anybody
  for (const std::string& url : {"stun:" + name, "turn:" + name}) {
    Gathering gathering(server(url));
    gathering.expect_error(url, 701);
    EXPECT_EQ(gathering.errors[0].address, std::nullopt);
    EXPECT_EQ(gathering.errors[0].port, std::nullopt);
  }
}

TEST(CandidateError, TellsOfAWrongPassword) {
  TurnServer turn;
  ASSERT_TRUE(turn.running());
  for (const std::string transport : {"udp", "tcp"}) {
    const std::string url = turn_url(turn.port(), transport);
    Gathering gathering(server(url, "wrong"));
    gathering.expect_error(url, 401);
    gathering.expect_place();
    EXPECT_THAT(gathering.errors[0].errorText, HasSubstr("nauthorized"));
  }
}

TEST(CandidateError, TellsOfAConnectionThatTheServerClosesOrRefuses) {
  LoopbackSocket listener(SOCK_STREAM);
  const auto loop = EventLoop::create();
  Watch accepting;
  loop->run([&] {
    accepting =
        loop->reactor().watch(listener.fd(), POLLIN, [&](short) { close(accept(listener.fd(), nullptr, nullptr)); });
  });
  {
    const std::string url = turn_url(listener.port(), "tcp");
    Gathering gathering(server(url));
    gathering.expect_error(url, 701);
    gathering.expect_place();
    EXPECT_THAT(gathering.errors[0].errorText, AnyOf(HasSubstr("close"), HasSubstr("reset")));
  }
  loop->run([&] { accepting.stop(); });
  const std::string url = turn_url(free_port(SOCK_STREAM), "tcp");
  Gathering gathering(server(url));
  gathering.expect_error(url, 701);
  EXPECT_THAT(gathering.errors[0].errorText, HasSubstr("refused"));
}

TEST(CandidateError, DoesNotTellAnAddressThatNoCandidateTells) {
  TurnServer turn;
  ASSERT_TRUE(turn.running());
  const std::string url = turn_url(turn.port(), "udp");
  Gathering gathering(server(url, "wrong"), RTCIceTransportPolicy::Relay);
  gathering.expect_error(url, 401);
  EXPECT_TRUE(gathering.candidates.empty());
  EXPECT_EQ(gathering.errors[0].address, std::nullopt);
  EXPECT_EQ(gathering.errors[0].port, std::nullopt);
}

TEST(Candidate, OfARelayNamesItsServerAndHowThatIsReached) {
  TurnServer turn;
  ASSERT_TRUE(turn.running());
  for (const std::string transport : {"udp", "tcp"}) {
    const std::string url = turn_url(turn.port(), transport);
    Gathering gathering(server(url), RTCIceTransportPolicy::Relay);
    ASSERT_TRUE(gathering.complete);
    ASSERT_EQ(gathering.candidates.size(), 1U);
    const RTCIceCandidate& told = gathering.candidates[0];
    const auto kept = gathering.pc.sctp()->transport()->iceTransport()->getLocalCandidates();
    ASSERT_EQ(kept.size(), 1U);
    for (const RTCIceCandidate& candidate : {told, kept[0]}) {
      EXPECT_EQ(candidate.type(), RTCIceCandidateType::Relay);
      EXPECT_EQ(candidate.protocol(), RTCIceProtocol::Udp);
      EXPECT_EQ(candidate.url(), url);
      EXPECT_EQ(to_string(candidate.relayProtocol().value()), transport);
      EXPECT_EQ(candidate.relatedAddress(), "0.0.0.0");
      EXPECT_EQ(candidate.relatedPort(), 0);
      EXPECT_EQ(candidate.sdpMid(), "0");
      EXPECT_EQ(candidate.sdpMLineIndex(), 0);
    }
    EXPECT_EQ(told.toJSON(), kept[0].toJSON());
  }
}

TEST(Candidate, ThatIsReflexiveNamesItsServerAndWhatItIsRelatedTo) {
  FarStunServer stun(EventLoop::create());
  Gathering gathering({.urls = stun.url()});
  ASSERT_TRUE(gathering.complete);
  ASSERT_EQ(gathering.candidates.size(), 2U);
  const RTCIceCandidate& host = gathering.candidates[0];
  const RTCIceCandidate& reflexive = gathering.candidates[1];
  EXPECT_EQ(host.type(), RTCIceCandidateType::Host);
  EXPECT_EQ(host.url(), std::nullopt);
  EXPECT_EQ(host.relayProtocol(), std::nullopt);
  EXPECT_EQ(host.relatedAddress(), std::nullopt);
  EXPECT_EQ(host.tcpType(), std::nullopt);
  EXPECT_EQ(reflexive.type(), RTCIceCandidateType::Srflx);
  EXPECT_EQ(reflexive.url(), stun.url());
  EXPECT_EQ(reflexive.relayProtocol(), std::nullopt);
  EXPECT_EQ(reflexive.address(), "203.0.113.7");
  EXPECT_EQ(reflexive.relatedAddress(), "127.0.0.1");
  EXPECT_EQ(reflexive.relatedPort(), host.port());
}

}  // namespace
}  // namespace parley
