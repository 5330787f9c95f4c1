// Associations of several loops: one of them runs the timers of all.
#include <atomic>

#include "unit/sctp/link.hpp"

namespace parley::sctp::testing {
namespace {

struct TwoLoops : TwoEnds {
  TwoLoops() { loop_b = EventLoop::create(); }
};

TEST_F(TwoLoops, OneAssociationAcrossThem) {
  make();
  std::atomic<unsigned> received = 0;
  b->keep_bytes = false;
  b->on_message = [&](const End::Message&) { ++received; };
  start();
  wait([&] { return a->streams > 0; });
  a->path = {.loss = 0.02, .delay = 1ms};
  b->path = {.loss = 0.02, .delay = 1ms};
  loop_a->run([&] {
    for (unsigned n = 0; n < 100; ++n) sender_a->push(to(n % 10), pattern(20'000, n));
  });
  wait([&] { return received == 100; }, 60s);
}

/// Timers fire on whichever loop ticks, for associations of the others; pairs come and go meanwhile.
TEST_F(TwoLoops, PairsOnEachComeGoAndSufferLossAtOnce) {
  struct Pair {
    std::unique_ptr<End> a, b;
    std::unique_ptr<Sender> sender;
  };
  struct Side {
    std::shared_ptr<EventLoop> loop;
    std::atomic<unsigned> received = 0;
    std::vector<Pair> pairs{};
  };
  Side sides[2] = {{.loop = loop_a}, {.loop = loop_b}};
  for (unsigned round = 0; round < 3; ++round) {
    for (Side& side : sides) {
      side.received = 0;
      side.loop->post([&, round] {
        for (unsigned n = 0; n < 5; ++n) {
          Pair pair{std::make_unique<End>(*side.loop, config, round * 10 + n),
                    std::make_unique<End>(*side.loop, config, round * 10 + n + 100), nullptr};
          pair.a->peer = pair.b.get();
          pair.b->peer = pair.a.get();
          pair.a->path = pair.b->path = {.loss = 0.1, .delay = 1ms};
          pair.b->on_message = [&](const End::Message&) { ++side.received; };
          pair.sender = std::make_unique<Sender>(*pair.a);
          pair.sender->add(to(1), pattern(30'000));
          pair.a->on_connected = [sender = pair.sender.get()](unsigned) { sender->pump(); };
          pair.a->association->connect();
          pair.b->association->connect();
          side.pairs.push_back(std::move(pair));
        }
      });
    }
    wait([&] { return sides[0].received == 5 && sides[1].received == 5; }, 60s);
    for (Side& side : sides) {
      side.loop->run([&] {
        for (Pair& pair : side.pairs) pair.a->association.reset();
        for (Pair& pair : side.pairs) pair.b->association.reset();
        side.pairs.clear();
      });
    }
  }
}

TEST_F(TwoLoops, AFailureFoundByTheTimersReachesTheOwner) {
  // The peer never answers the INIT: only timers move, ticked by either loop.
  config.max_init_attempts = 1;
  make();
  a->filter = b->filter = [](ByteView) { return false; };
  start();
  wait([&] { return a->closed.has_value(); });
  ASSERT_TRUE(a->closed->has_value());
  EXPECT_EQ((*a->closed)->detail->errorDetail, RTCErrorDetailType::SctpFailure);
}

}  // namespace
}  // namespace parley::sctp::testing
