#include <dirent.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include <cstdlib>

#include "ice/address.hpp"
#include "unit/ice/peer.hpp"

namespace parley::ice {
namespace {

using namespace testing;

/// Makes all sockets of this process on `port` deaf, or hear again.
void set_deaf(std::uint16_t port, bool deaf) {
  const sock_filter drop[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
  const sock_fprog program{1, const_cast<sock_filter*>(drop)};
  const int unused = 0;
  DIR* dir = opendir("/proc/self/fd");
  while (const dirent* entry = readdir(dir)) {
    const int fd = std::atoi(entry->d_name);
    if (local_address(fd).port() != port) continue;
    if (deaf) {
      setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    } else {
      setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
    }
  }
  closedir(dir);
}

/// libnice's clock cannot be moved: one test for all, so that the half minute passes once.
TEST(IceConsent, IsLostAndComesBackOrNot) {
  const LoopPtr loop = EventLoop::create();
  struct Case {
    Case(bool fast, bool r, const LoopPtr& loop) : pair(on_loopback(fast), on_loopback(fast), loop), recovers(r) {}
    Pair pair;
    bool recovers;
    TimePoint since{};
  };
  std::vector<std::unique_ptr<Case>> cases;
  for (const bool fast : {true, false})
    for (const bool recovers : {true, false}) cases.push_back(std::make_unique<Case>(fast, recovers, loop));
  for (auto& c : cases) {
    ASSERT_TRUE(c->pair.connect());
    ASSERT_TRUE(c->pair.a.wait([&] { return c->pair.a.agent->state() == State::Completed; }));
    const auto port = loop->run([&] { return c->pair.b.candidates[0].port; });
    set_deaf(port, true);  // a's checks get no answer
    c->since = Clock::now();
  }
  for (auto& c : cases) {
    Peer& a = c->pair.a;
    ASSERT_TRUE(a.wait([&] { return a.agent->state() == State::Disconnected; }));
    EXPECT_LT(Clock::now() - c->since, 17s);               // a check within 6 s, then 10 s
    loop->run([&] { EXPECT_TRUE(a.agent->writable()); });  // RFC 7675: until 30 s have passed
  }
  for (auto& c : cases) {
    if (!c->recovers) continue;
    Peer& a = c->pair.a;
    set_deaf(loop->run([&] { return c->pair.b.candidates[0].port; }), false);
    loop->run([&] { c->pair.b.agent->send(Bytes(100, 0x80)); });
    EXPECT_TRUE(a.wait([&] { return a.agent->state() == State::Completed; }, 5s));
    loop->run([&] { a.agent->send(Bytes(100, 0x80)); });
    EXPECT_TRUE(c->pair.b.wait([&] { return c->pair.b.packets > 0; }));
  }
  for (auto& c : cases) {
    Peer& a = c->pair.a;
    if (c->recovers) continue;
    EXPECT_TRUE(a.wait([&] { return a.agent->state() == State::Failed; }, 30s));
    EXPECT_LT(Clock::now() - c->since, 37s);
    loop->run([&] {
      EXPECT_FALSE(a.agent->writable());
      a.agent->send(Bytes(100, 0x80));
      EXPECT_EQ(a.agent->counters().packets_discarded, 1U);
    });
  }
  for (auto& c : cases)
    if (c->recovers) loop->run([&] { EXPECT_EQ(c->pair.a.agent->state(), State::Completed); });
}

}  // namespace
}  // namespace parley::ice
