// Stream reset (RFC 6525), which is how data channels close and ids become free.
#include <gmock/gmock.h>

#include "unit/sctp/link.hpp"

namespace parley::sctp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

struct Reset : TwoEnds {
  static void reset(End& end, std::initializer_list<unsigned> ids) {
    std::vector<StreamId> streams;
    for (const unsigned id : ids) streams.emplace_back(static_cast<std::uint16_t>(id));
    end.association->reset(streams);
  }
};

TEST_F(Reset, IsSeenByTheOtherSideAndConfirmed) {
  connect();
  loop_a->run([&] { reset(*a, {5}); });
  wait([&] { return !a->outgoing_resets.empty() && !b->incoming_resets.empty(); });
  EXPECT_THAT(a->outgoing_resets, ElementsAre(5));
  EXPECT_THAT(b->incoming_resets, ElementsAre(5));
  EXPECT_TRUE(a->incoming_resets.empty() && b->outgoing_resets.empty());
}

TEST_F(Reset, WhatWasSentBeforeArrivesBefore) {
  connect();
  std::vector<std::string> order;
  b->on_message = [&](const End::Message&) { order.emplace_back("message"); };
  b->on_incoming_reset = [&](unsigned) { order.emplace_back("reset"); };
  a->path = b->path = {.loss = 0.1, .delay = 1ms, .jitter = 2ms};
  loop_a->run([&] {
    for (int i = 0; i < 10; ++i) sender_a->push(to(1), pattern(5000));
    reset(*a, {1});
  });
  wait([&] { return order.size() == 11; }, 60s);
  EXPECT_EQ(order.back(), "reset");
}

TEST_F(Reset, BothDirectionsManyLivesOfOneStreamOverABadLink) {
  connect();
  a->path = b->path = {.loss = 0.05, .delay = 1ms, .jitter = 1ms};
  b->on_incoming_reset = [&](unsigned id) { reset(*b, {id}); };
  for (unsigned life = 1; life <= 15; ++life) {
    loop_a->run([&] {
      sender_a->push(to(3), pattern(3000, life));
      reset(*a, {3});
    });
    wait(
        [&] {
          return a->outgoing_resets.size() == life && a->incoming_resets.size() == life &&
                 b->outgoing_resets.size() == life;
        },
        60s);
    ASSERT_EQ(b->messages.size(), life);
    EXPECT_TRUE(b->messages.back().bytes == pattern(3000, life));
  }
}

TEST_F(Reset, ManyAtOnceAndOneAfterTheOtherAllComplete) {
  connect();
  loop_a->run([&] {
    for (unsigned id = 0; id < 100; ++id) {
      sender_a->push(to(id), pattern(100));
      reset(*a, {id});
    }
    reset(*a, {100, 101, 102, 103});
    reset(*b, {0, 50});
  });
  wait([&] {
    return a->outgoing_resets.size() == 104 && b->incoming_resets.size() == 104 && b->outgoing_resets.size() == 2;
  });
  EXPECT_EQ(b->messages.size(), 100u);
}

TEST_F(Reset, EveryStreamAtOnce) {
  config.streams = config.max_incoming_streams = 1024;
  connect();
  loop_a->run([&] {
    for (unsigned id = 0; id < 1024; ++id) reset(*a, {id});
  });
  wait([&] { return a->outgoing_resets.size() == 1024 && b->incoming_resets.size() == 1024; });
}

TEST_F(Reset, StreamsBeyondTheNegotiatedNumberAreIgnored) {
  connect();
  loop_a->run([&] { reset(*a, {1000, 4}); });
  wait([&] { return !a->outgoing_resets.empty(); });
  EXPECT_THAT(a->outgoing_resets, ElementsAre(4));
}

}  // namespace
}  // namespace parley::sctp::testing
