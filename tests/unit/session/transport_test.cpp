// A transport and its ICE generations, against agents that do what they are told.
#include "session/transport.hpp"

#include <gtest/gtest.h>

#include "unit/ice/peer.hpp"

namespace parley::session::transport_test {
namespace {

using ice::testing::Bell;
using ice::testing::on_loopback;
using ice::testing::Peer;
using namespace std::chrono_literals;

struct Silent final : Transport::Observer {
  explicit Silent(Bell& bell_) : bell(bell_) {}
  void on_local_candidate(Transport&, const std::string&, const ice::Candidate&, const ice::CandidateSource&) override {
  }
  void on_candidate_error(Transport&, const ice::CandidateError&) override {}
  void on_gathering_complete(Transport&, const std::string&) override { bell.ring(); }
  void on_ice_state(Transport&) override { bell.ring(); }
  void on_selected_pair(Transport&) override {}
  void on_path_changed(Transport&) override { bell.ring(); }
  void on_dtls_state(Transport&, const std::optional<Error>&) override {}
  void on_data(Transport&, ByteView) override {}
  void on_rtp(Transport&, ByteView) override {}
  void on_rtcp(Transport&, ByteView) override {}
  Bell& bell;
};

class TransportGenerations : public testing::Test {
 protected:
  TransportGenerations() {
    loop->run(
        [this] { transport = std::make_unique<Transport>(*loop, dtls::Certificate::generate().value(), observer); });
  }
  ~TransportGenerations() override {
    loop->run([this] { transport.reset(); });
  }
  static ice::Agent::Config with(ice::Role role, std::string ufrag) {
    ice::Agent::Config config = on_loopback();
    config.role = role;
    config.local = {std::move(ufrag), "0123456789abcdef01234567"};
    return config;
  }
  /// A generation begins and connects with `peer`, as after an offer and an answer.
  void connect(const std::string& ufrag, Peer& peer) {
    const auto is_ready = [&] { return peer.gathered && transport->gathering() == Transport::Gathering::Complete; };
    loop->run([&] {
      transport->start_generation(with(ice::Role::Controlling, ufrag));
      peer.agent->gather();
    });
    ASSERT_TRUE(bell.wait(*loop, is_ready));
    loop->run([&] {
      if (const auto* before = transport->carrier(); before != transport->newest())
        transport->abandon(before->local_credentials().ufrag);
      transport->start_checks(ufrag, peer.credentials);
      peer.agent->set_remote_credentials(transport->newest()->local_credentials());
      for (const auto& [candidate, source] : transport->newest()->local_candidates())
        peer.agent->add_remote_candidate(candidate);
      for (const ice::Candidate& candidate : peer.candidates) transport->add_remote_candidate(ufrag, candidate);
    });
    ASSERT_TRUE(bell.wait(*loop, [&] { return peer.connected() && carrier() == ufrag; }));
  }
  [[nodiscard]] std::string carrier() const {
    const ice::Agent* agent = transport->carrier();
    return agent != nullptr && agent->selected_pair() ? agent->local_credentials().ufrag : "";
  }
  /// Whether a packet of the peer's arrives.
  bool hears(Peer& peer) {
    const std::uint64_t before = loop->run([&] {
      peer.agent->send(Bytes{0x80, 0x60, 0, 1});
      return transport->counters().packets_received;
    });
    return eventually([&] { return transport->counters().packets_received > before; });
  }
  /// Of what nobody tells.
  bool eventually(const std::function<bool()>& condition) {
    loop->run([this] { tick(); });
    const bool is_so = bell.wait(*loop, condition);
    loop->run([this] { timer.cancel(); });
    return is_so;
  }
  void tick() {
    bell.ring();
    timer = loop->reactor().at(Clock::now() + 5ms, [this] { tick(); });
  }

  Bell bell;
  ice::testing::LoopPtr loop = EventLoop::create();
  Silent observer{bell};
  Peer old{loop, bell, with(ice::Role::Controlled, "oldpeer")},
      next{loop, bell, with(ice::Role::Controlled, "nextpeer")};
  std::unique_ptr<Transport> transport;
  Timer timer;
};

/// Chromium does so if it is controlled, and what is on its way comes by it, too.
TEST_F(TransportGenerations, APeerMaySendByTheOldPathAfterARestart) {
  connect("first", old);
  ASSERT_TRUE(hears(old));
  connect("second", next);
  EXPECT_TRUE(hears(old));
  EXPECT_TRUE(hears(next));
  EXPECT_EQ(loop->run([&] { return carrier(); }), "second");
  // It is over once nothing comes any more: nobody needs its sockets.
  loop->run([&] { old.agent->close(); });
  EXPECT_TRUE(eventually([&] { return transport->agents().size() == 1; }));
  EXPECT_TRUE(hears(next));
}

/// As long as the new path is not there, the old one carries, whatever becomes of its state meanwhile.
TEST_F(TransportGenerations, TheOldPathIsKeptUntilTheNewOneIsThere) {
  connect("first", old);
  loop->run([&] {
    transport->start_generation(with(ice::Role::Controlling, "second"));
    transport->start_checks("second", next.credentials);  // of a peer that is not there
    transport->abandon("first");
    transport->set_remote_end_of_candidates("first");
  });
  ASSERT_TRUE(bell.wait(*loop, [&] { return transport->carrier()->state() == ice::State::Completed; }));
  const auto begin = Clock::now();
  ASSERT_TRUE(eventually([&] { return Clock::now() - begin > 4s; }));
  EXPECT_EQ(loop->run([&] { return carrier(); }), "first");
  EXPECT_TRUE(hears(old));
}

TEST_F(TransportGenerations, OneOldPathIsListenedToHoweverOftenThereIsARestart) {
  connect("first", old);
  connect("second", next);
  for (int i = 0; i < 5; ++i) {
    Peer another{loop, bell, with(ice::Role::Controlled, "another" + std::to_string(i))};
    connect("again" + std::to_string(i), another);
    EXPECT_EQ(loop->run([&] { return transport->agents().size(); }), 2U);
  }
}

}  // namespace
}  // namespace parley::session::transport_test
