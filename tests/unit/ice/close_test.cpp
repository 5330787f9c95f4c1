#include <dirent.h>
#include <gtest/gtest.h>

#include <functional>

#include "parley/promise.hpp"
#include "support/loop_time.hpp"
#include "unit/ice/peer.hpp"
#include "unit/ice/servers.hpp"

namespace parley::ice {
namespace {

using namespace testing;

std::size_t entries(const char* directory) {
  std::size_t count = 0;
  DIR* dir = opendir(directory);
  while (readdir(dir) != nullptr) ++count;
  closedir(dir);
  return count;
}

/// Lets the loop do everything that has been posted, and what that posts, until nothing of an agent is left.
bool descriptors_return_to(std::size_t count, EventLoop& loop) {
  for (const TimePoint end = Clock::now() + 10s; Clock::now() < end;) {
    if (entries("/proc/self/fd") <= count) return true;
    loop.delay(5ms).get();
  }
  return false;
}

TEST(IceClose, AnAgentMayEndAtEveryMoment) {
  // The moments are the events of a connection's life, counted over both sides.
  for (int moment = 0; moment < 14; ++moment) {
    int seen = 0;
    bool ended = false;
    std::function<void(Peer&)> end;  // outlives the pair, whose last events may still come
    Pair pair(on_loopback(moment % 2 == 0), on_loopback());
    end = [&](Peer& peer) {
      if (seen++ != moment || !peer.agent) return;
      peer.agent.reset();  // inside its own handler
      ended = true;
    };
    pair.a.on_event = [&](const char*) { end(pair.a); };
    pair.b.on_event = [&](const char*) { end(pair.b); };
    pair.start();
    const auto over = [&] { return ended || (pair.a.connected() && pair.b.connected() && pair.a.states.size() > 2); };
    EXPECT_TRUE(pair.a.wait(over)) << moment;
  }
}

TEST(IceClose, AnAgentMayEndInsideItsPacketHandler) {
  for (const bool fast : {true, false}) {
    Pair pair(on_loopback(fast), on_loopback(fast));
    ASSERT_TRUE(pair.connect());
    pair.b.on_packet = [&](ByteView) { pair.b.agent.reset(); };
    pair.a.loop->run([&] {
      for (int i = 0; i < 100; ++i) pair.a.agent->send(Bytes(500, 0x80));
    });
    EXPECT_TRUE(pair.b.wait([&] { return pair.b.packets > 0; }));
    pair.b.loop->run([] {});
    pair.b.loop->run([&] { EXPECT_EQ(pair.b.packets, 1U); });
  }
}

TEST(IceClose, ClosedMeansSilentAndIdempotent) {
  Pair pair(on_loopback(), on_loopback());
  ASSERT_TRUE(pair.connect());
  pair.a.loop->run([&] {
    const auto events = pair.a.states.size();
    Agent& agent = *pair.a.agent;
    agent.close();
    agent.close();
    EXPECT_EQ(agent.state(), State::Closed);
    agent.gather();
    agent.set_role(Role::Controlled);
    agent.set_remote_credentials({"abcd", "0123456789012345678901"});
    agent.add_remote_candidate({});
    agent.set_remote_end_of_candidates();
    agent.send(Bytes(10, 0x80));
    agent.flush();
    EXPECT_FALSE(agent.writable());
    EXPECT_EQ(pair.a.states.size(), events);
  });
}

TEST(IceClose, TheLoopMayEndWithTheAgentStillClosing) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  Bell bell;
  Agent::Config config = on_loopback();
  config.servers = {server.turn()};
  for (const bool relayed : {false, true}) {
    Peer peer(EventLoop::create(), bell, config);
    peer.loop->run([&] { peer.agent->gather(); });
    ASSERT_TRUE(peer.wait([&] { return relayed ? peer.gathered : !peer.candidates.empty(); }));
  }
}

TEST(IceClose, TwoHundredConnectionsLeaveNothingBehind) {
  const LoopPtr loop = EventLoop::create();
  const auto cycle = [&] {
    Pair pair(on_loopback(), on_loopback(), loop);
    ASSERT_TRUE(pair.connect());
  };
  cycle();  // what GLib and libnice keep for ever is there now
  loop->delay(10ms).get();
  const std::size_t threads = entries("/proc/self/task");
  ASSERT_TRUE(descriptors_return_to(entries("/proc/self/fd"), *loop));
  const std::size_t descriptors = entries("/proc/self/fd");
  for (int i = 0; i < 200; ++i) cycle();
  EXPECT_TRUE(descriptors_return_to(descriptors, *loop)) << entries("/proc/self/fd") << " after " << descriptors;
  EXPECT_EQ(entries("/proc/self/task"), threads);
}

TEST(IceClose, AllocationsAreGivenBack) {
  TurnServer server;
  ASSERT_TRUE(server.running());
  const LoopPtr loop = EventLoop::create();
  Bell bell;
  std::size_t closing = 0;  // descriptors, when close() has returned
  const auto gather_and_close = [&](const std::string& transport) {
    Agent::Config config = on_loopback();
    config.servers = {server.turn(transport)};
    Peer peer(loop, bell, config);
    loop->run([&] { peer.agent->gather(); });
    EXPECT_TRUE(peer.wait([&] { return peer.gathered; }));
    EXPECT_EQ(peer.candidates.size(), 2U);
    loop->run([&] {
      peer.agent->close();
      closing = entries("/proc/self/fd");
    });
  };
  const std::size_t at_first = entries("/proc/self/fd");
  gather_and_close("tcp");  // what GLib and libnice keep for ever is there now
  (void)descriptors_return_to(at_first + 2, *loop);
  const std::size_t before = entries("/proc/self/fd");
  for (const std::string transport : {"udp", "tcp"}) {
    gather_and_close(transport);
    EXPECT_GT(closing, before);  // it does not wait
    const test::LoopTime time(*loop);
    EXPECT_TRUE(descriptors_return_to(before, *loop));
    EXPECT_LT(time.elapsed(), 1s);  // the server has answered: no retransmission was needed
  }
}

}  // namespace
}  // namespace parley::ice
