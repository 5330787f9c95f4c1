#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ice/direct_socket.hpp"
#include "support/loop_time.hpp"
#include "unit/ice/peer.hpp"
#include "unit/ice/servers.hpp"

namespace parley::ice {
namespace {

using namespace testing;
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// With and without the fast path: they have different STUN clients.
class IceGather : public ::testing::TestWithParam<bool> {
 protected:
  Agent::Config config(std::vector<Server> servers) const {
    Agent::Config config = on_loopback(GetParam());
    config.servers = std::move(servers);
    return config;
  }
  std::unique_ptr<Peer> gather(Agent::Config with) {
    auto peer = std::make_unique<Peer>(EventLoop::create(), bell_, std::move(with));
    const test::LoopTime time(*peer->loop);
    peer->loop->run([&] { peer->agent->gather(); });
    EXPECT_TRUE(peer->wait([&] { return peer->gathered; }));
    took_ = time.elapsed();
    return peer;
  }
  static std::size_t count(const Peer& peer, CandidateType type) {
    return static_cast<std::size_t>(std::count_if(peer.candidates.begin(), peer.candidates.end(),
                                                  [&](const Candidate& c) { return c.type == type; }));
  }
  Bell bell_;
  Duration took_{};
};

TEST_P(IceGather, HostCandidatesNeedNoServer) {
  const auto peer = gather(config({}));
  ASSERT_EQ(peer->candidates.size(), 1U);
  EXPECT_EQ(peer->candidates[0].address, "127.0.0.1");
  EXPECT_EQ(peer->candidates[0].username_fragment, peer->credentials.ufrag);
  EXPECT_EQ(peer->candidates[0].priority >> 24, 120U);
  EXPECT_LT(took_, 1s);
}

/// What an agent says to whoever is not told any more.
struct Ignored : Agent::Handler {
  void on_ice_candidate(const Candidate&, const CandidateSource&) override { ++told; }
  void on_ice_candidate_error(const CandidateError&) override { ++told; }
  void on_ice_gathering_complete() override {
    ++told;
    bell->ring();
  }
  void on_ice_state(State) override { ++told; }
  void on_ice_selected_pair(const Candidate&, const Candidate&) override { ++told; }
  void on_ice_packet(ByteView) override { ++told; }
  Bell* bell = nullptr;
  int told = 0;
};

TEST_P(IceGather, AnotherHandlerIsToldEverythingFromTheBeginning) {
  const std::string dead = "stun:127.0.0.1:" + std::to_string(free_port(SOCK_DGRAM));
  for (const bool complete : {false, true}) {
    Ignored ignored;
    ignored.bell = &bell_;
    Peer peer(EventLoop::create(), bell_, config({}));
    const Credentials other{.ufrag = "other", .password = "of-twenty-two-characters"};
    const auto hand_over = [&] {
      peer.agent->hand_over({.handler = peer, .role = Role::Controlled, .local = other});
      return ignored.told;
    };
    int before = peer.loop->run([&] {
      Agent::Config with = config({{.url = *parse_server_url(dead)}});
      with.times.gathering = 300ms;
      peer.agent = std::make_unique<Agent>(*peer.loop, std::move(with), ignored);
      peer.agent->gather();
      return complete ? 0 : hand_over();
    });
    if (complete) {
      ASSERT_TRUE(bell_.wait(*peer.loop, [&] { return peer.agent->gathering_complete(); }));
      before = peer.loop->run(hand_over);
    }
    ASSERT_TRUE(peer.wait([&] { return peer.gathered; }));
    peer.loop->run([&] {
      EXPECT_EQ(ignored.told, before);
      EXPECT_EQ(before > 0, complete);
      ASSERT_EQ(peer.candidates.size(), 1U);
      EXPECT_EQ(peer.candidates[0].username_fragment, "other");
      EXPECT_EQ(peer.errors.size(), 1U);
      EXPECT_EQ(peer.agent->local_credentials(), other);
      EXPECT_EQ(peer.agent->role(), Role::Controlled);
    });
  }
}

TEST_P(IceGather, NoUsableInterfaceIsTheEndAndNotAHang) {
  Agent::Config none = config({});
  none.allow = [](std::string_view, std::string_view) { return false; };
  const auto peer = gather(std::move(none));
  EXPECT_TRUE(peer->candidates.empty());
}

TEST_P(IceGather, RelayCandidatesComeOverUdpAndTcp) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  for (const std::string transport : {"udp", "tcp"}) {
    const auto peer = gather(config({server.turn(transport)}));
    ASSERT_EQ(peer->candidates.size(), 2U);
    EXPECT_EQ(peer->candidates[1].type, CandidateType::Relay);
    EXPECT_EQ(peer->candidates[1].protocol, Protocol::Udp);
    EXPECT_EQ(peer->candidates[1].related_address, "0.0.0.0");
    EXPECT_THAT(peer->sources[1].url, HasSubstr("transport=" + transport));
    EXPECT_EQ(*peer->sources[1].relay_protocol, transport == "tcp" ? ServerTransport::Tcp : ServerTransport::Udp);
    EXPECT_TRUE(peer->errors.empty());
    EXPECT_LT(took_, 3s);
  }
}

TEST_P(IceGather, OneServerByTwoWaysGivesOneCandidateAndNoError) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  const auto peer = gather(config({server.turn("udp"), server.turn("tcp"), server.stun()}));
  EXPECT_EQ(count(*peer, CandidateType::Relay), 1U);
  EXPECT_TRUE(peer->errors.empty());
  EXPECT_LT(took_, 3s);
}

TEST_P(IceGather, RelayOnlyLeaksNoHostAddress) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  Agent::Config relay_only = config({server.turn(), server.stun()});
  relay_only.relay_only = true;
  const auto peer = gather(std::move(relay_only));
  ASSERT_EQ(peer->candidates.size(), 1U);
  EXPECT_EQ(peer->candidates[0].type, CandidateType::Relay);
  EXPECT_EQ(peer->candidates[0].related_address, "0.0.0.0");
  EXPECT_EQ(peer->candidates[0].related_port, 0);
}

TEST_P(IceGather, AServerThatSeesTheSameAddressGivesNoSecondCandidate) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  const auto peer = gather(config({server.stun()}));
  EXPECT_EQ(peer->candidates.size(), 1U);
  EXPECT_TRUE(peer->errors.empty());
}

TEST_P(IceGather, AServerBeyondANatGivesAReflexiveCandidate) {
  FarStunServer server(EventLoop::create());
  const auto peer = gather(config({{*parse_server_url(server.url())}}));
  ASSERT_EQ(peer->candidates.size(), 2U);
  const Candidate& host = peer->candidates[0];
  const Candidate& srflx = peer->candidates[1];
  EXPECT_EQ(srflx.type, CandidateType::Srflx);
  EXPECT_EQ(srflx.address, "203.0.113.7");
  EXPECT_EQ(srflx.port, host.port);  // asked from the very socket
  EXPECT_EQ(srflx.related_address, "127.0.0.1");
  EXPECT_EQ(srflx.related_port, host.port);
  EXPECT_EQ(srflx.priority, (100U << 24) | (host.priority & 0xFFFFFF));
  EXPECT_NE(srflx.foundation, host.foundation);
  EXPECT_EQ(peer->sources[1].url, server.url());
  EXPECT_EQ(server.requests, 1);
  EXPECT_TRUE(peer->errors.empty());
}

TEST_P(IceGather, OneDeadServerBesideALivingOneDoesNotMatter) {
  if (!GetParam() || !DirectSocket::supported()) GTEST_SKIP() << "libnice knows one STUN server";
  FarStunServer alive(EventLoop::create());
  const LoopbackSocket silent(SOCK_DGRAM);
  const std::string dead = "stun:127.0.0.1:" + std::to_string(silent.port());
  const auto peer = gather(config({{*parse_server_url(dead)}, {*parse_server_url(alive.url())}}));
  EXPECT_EQ(count(*peer, CandidateType::Srflx), 1U);
  ASSERT_EQ(peer->errors.size(), 1U);
  EXPECT_EQ(peer->errors[0].url, dead);
}

TEST(IceReflexive, AnAgentThatAsksForItsAddressStillConnects) {
  FarStunServer server(EventLoop::create());
  Agent::Config config = on_loopback();
  config.servers = {{*parse_server_url(server.url())}};
  Pair pair(config, config);
  ASSERT_TRUE(pair.connect());
  pair.a.loop->run([&] {
    for (int i = 0; i < 10; ++i) pair.a.agent->send(Bytes(100, 0x80));
  });
  EXPECT_TRUE(pair.b.wait([&] { return pair.b.packets == 10; }));
}

TEST_P(IceGather, ADeadServerIsReportedAndDoesNotHoldUp) {
  const LoopbackSocket silent(SOCK_DGRAM);
  const std::string port = std::to_string(silent.port());
  for (const std::string& url : {"stun:127.0.0.1:" + port, "turn:127.0.0.1:" + port}) {
    const auto peer = gather(config({{*parse_server_url(url), "alice", "secret"}}));
    ASSERT_EQ(peer->errors.size(), 1U) << url;
    EXPECT_EQ(peer->errors[0].code, 701);
    EXPECT_EQ(peer->errors[0].url, url);
    EXPECT_EQ(peer->errors[0].address, "127.0.0.1");
    EXPECT_EQ(peer->errors[0].port, peer->candidates[0].port);
    EXPECT_LT(took_, 5s);
  }
}

TEST_P(IceGather, AWrongPasswordIsReportedAsTheServerSaysIt) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  for (const std::string transport : {"udp", "tcp"}) {
    const auto peer = gather(config({server.turn(transport, "wrong")}));
    ASSERT_EQ(peer->errors.size(), 1U);
    EXPECT_EQ(peer->errors[0].code, 401);
    EXPECT_THAT(peer->errors[0].text, HasSubstr("nauthorized"));
    EXPECT_EQ(count(*peer, CandidateType::Relay), 0U);
  }
}

TEST_P(IceGather, ANameWithoutAddressIsReported) {
  for (const std::string scheme : {"stun:", "turn:"}) {
    Agent::Config names = config({{*parse_server_url(scheme + "nowhere.example"), "alice", "secret"}});
    names.resolve = [](std::string_view name, std::function<void(std::vector<std::string>)> answer) {
      EXPECT_EQ(name, "nowhere.example");
      answer({});
    };
    const auto peer = gather(std::move(names));
    ASSERT_EQ(peer->errors.size(), 1U);
    EXPECT_EQ(peer->errors[0].code, 701);
    EXPECT_EQ(peer->candidates.size(), 1U);
    EXPECT_LT(took_, 2s);
  }
}

TEST_P(IceGather, TheSystemResolverIsAskedWithoutBlocking) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  const std::string too_long(64, 'x');  // refused by the resolver itself: nothing is sent
  const auto peer =
      gather(config({{*parse_server_url("turn:localhost:" + std::to_string(server.port())), "alice", "secret"},
                     {*parse_server_url("turn:" + too_long + ".example"), "alice", "secret"}}));
  EXPECT_EQ(count(*peer, CandidateType::Relay), 1U);
  ASSERT_EQ(peer->errors.size(), 1U);
  EXPECT_EQ(peer->errors[0].code, 701);
}

TEST_P(IceGather, ANameThatIsNeverAnsweredEndsWithTheWatchdog) {
  Agent::Config names = config({{*parse_server_url("stun:slow.example")}});
  names.resolve = [](std::string_view, const auto&) {};
  names.times.gathering = 300ms;
  const auto peer = gather(std::move(names));
  ASSERT_EQ(peer->errors.size(), 1U);
  EXPECT_EQ(peer->errors[0].code, 701);
  EXPECT_LT(took_, 2s);
}

TEST_P(IceGather, AConnectionClosedByTheServerIsReported) {
  LoopbackSocket listener(SOCK_STREAM);
  const LoopPtr loop = EventLoop::create();
  Watch accepting;
  loop->run([&] {
    accepting =
        loop->reactor().watch(listener.fd(), POLLIN, [&](short) { close(accept(listener.fd(), nullptr, nullptr)); });
  });
  {
    const std::string url = "turn:127.0.0.1:" + std::to_string(listener.port()) + "?transport=tcp";
    const auto peer = gather(config({{*parse_server_url(url), "alice", "secret"}}));
    ASSERT_EQ(peer->errors.size(), 1U);
    EXPECT_EQ(peer->errors[0].code, 701);
    EXPECT_THAT(peer->errors[0].text, AnyOf(HasSubstr("close"), HasSubstr("reset")));
    EXPECT_LT(took_, 5s);
  }
  loop->run([&] { accepting.stop(); });
}

TEST_P(IceGather, ARefusedConnectionIsReported) {
  const std::string url = "turn:127.0.0.1:" + std::to_string(free_port(SOCK_STREAM)) + "?transport=tcp";
  const auto peer = gather(config({{*parse_server_url(url), "alice", "secret"}}));
  ASSERT_EQ(peer->errors.size(), 1U);
  EXPECT_EQ(peer->errors[0].code, 701);
  EXPECT_THAT(peer->errors[0].text, HasSubstr("refused"));
}

INSTANTIATE_TEST_SUITE_P(FastPath, IceGather, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "On" : "Off"; });

/// Two agents that can only reach each other through the server.
TEST(IceRelay, TwoRelayOnlyAgentsTalkOverUdpAndTcp) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  for (const std::string transport : {"udp", "tcp"}) {
    Agent::Config config = on_loopback();
    config.relay_only = true;
    config.servers = {server.turn(transport)};
    Pair pair(config, config);
    ASSERT_TRUE(pair.connect()) << transport;
    pair.a.loop->run([&] {
      EXPECT_FALSE(pair.a.agent->on_fast_path());
      EXPECT_EQ(pair.a.agent->selected_pair()->local.type, CandidateType::Relay);
      for (int i = 0; i < 20; ++i) pair.a.agent->send(Bytes(1000, 0x80));
      for (int i = 0; i < 20; ++i) pair.b.agent->send(Bytes(1000, 0x80));
    });
    EXPECT_TRUE(pair.b.wait([&] { return pair.b.packets == 20; })) << transport << pair.b.packets;
    EXPECT_TRUE(pair.a.wait([&] { return pair.a.packets == 20; })) << transport << pair.a.packets;
  }
}

}  // namespace
}  // namespace parley::ice
