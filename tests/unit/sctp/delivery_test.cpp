// What arrives, over links that lose, double, delay and reorder.
#include <algorithm>

#include "unit/sctp/link.hpp"

namespace parley::sctp::testing {
namespace {

struct Delivery : TwoEnds {
  /// So that the stack itself interleaves what all its streams have.
  void make_sender_with_room(std::uint32_t bytes) {
    make();
    loop_a->run([&] {
      Config roomy = config;
      roomy.send_buffer = bytes;
      a->association = std::make_unique<Association>(*loop_a, roomy, *a);
    });
    start();
    wait([&] { return a->streams > 0 && b->streams > 0; });
  }
  void spoil(Path path) { a->path = b->path = path; }
  unsigned number(const End::Message& message) { return unsigned{message.bytes[0]} | unsigned{message.bytes[1]} << 8; }
  static Bytes numbered(unsigned n, std::size_t size) {
    Bytes bytes = pattern(std::max<std::size_t>(size, 2), n);
    bytes[0] = static_cast<std::uint8_t>(n);
    bytes[1] = static_cast<std::uint8_t>(n >> 8);
    return bytes;
  }
};

constexpr Path kBad{.loss = 0.05, .duplicate = 0.02, .delay = 1ms, .jitter = 3ms};

TEST_F(Delivery, OrderedMessagesStayWholeAndInOrderOverABadLink) {
  for (const bool interleaving : {true, false}) {
    TearDown();
    config.interleaving = interleaving;
    connect();
    EXPECT_EQ(loop_a->run([&] { return a->association->interleaving(); }), interleaving);
    spoil(kBad);
    loop_a->run([&] {
      for (unsigned n = 0; n < 60; ++n) sender_a->push(to(n % 3), numbered(n, n * n * 10 % 20'000));
    });
    wait([&] { return b->messages.size() == 60; }, 60s);
    unsigned next[3] = {0, 1, 2};
    for (const End::Message& message : b->messages) {
      EXPECT_EQ(number(message), next[message.stream]);
      next[message.stream] += 3;
      const unsigned n = number(message);
      EXPECT_TRUE(message.bytes == numbered(n, n * n * 10 % 20'000)) << n;
    }
  }
}

TEST_F(Delivery, UnorderedMessagesAllArriveWholeOverABadLink) {
  for (const bool interleaving : {true, false}) {
    TearDown();
    config.interleaving = interleaving;
    connect();
    spoil(kBad);
    loop_a->run([&] {
      for (unsigned n = 0; n < 60; ++n) sender_a->push(to(n % 3, {.ordered = false}), numbered(n, n * 200));
    });
    wait([&] { return b->messages.size() == 60; }, 60s);
    std::vector<unsigned> seen;
    for (const End::Message& message : b->messages) {
      seen.push_back(number(message));
      EXPECT_TRUE(message.bytes == numbered(seen.back(), seen.back() * 200));
    }
    EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end())) << "a link that reorders was expected to show";
    std::sort(seen.begin(), seen.end());
    for (unsigned n = 0; n < 60; ++n) EXPECT_EQ(seen[n], n);
  }
}

TEST_F(Delivery, AnUnorderedMessageDoesNotWaitForALostOne) {
  connect();
  bool lost = false;
  a->filter = [&](ByteView packet) { return packet.size() < 500 || std::exchange(lost, true); };
  loop_a->run([&] {
    sender_a->push(to(1, {.ordered = false}), numbered(1, 600));
    sender_a->push(to(1, {.ordered = false}), numbered(2, 100));
  });
  wait([&] { return b->messages.size() == 2; });
  EXPECT_EQ(number(b->messages[0]), 2u);
}

TEST_F(Delivery, WithoutRetransmissionsALostMessageIsSkipped) {
  for (const bool interleaving : {true, false}) {
    for (const bool ordered : {true, false}) {
      TearDown();
      config.interleaving = interleaving;
      connect();
      a->filter = [](ByteView packet) { return packet.size() < 500; };
      loop_a->run([&] {
        const dcep::Reliability never_again{.ordered = ordered, .max_retransmits = 0};
        sender_a->push(to(1, never_again), numbered(1, 600));
        sender_a->push(to(1, never_again), numbered(2, 3000));
        sender_a->push(to(1, never_again), numbered(3, 100));
        sender_a->push(to(1, {.ordered = ordered}), numbered(4, 100));
      });
      wait([&] { return b->messages.size() == 2; });
      EXPECT_EQ(number(b->messages[0]), 3u);
      EXPECT_EQ(number(b->messages[1]), 4u);
    }
  }
}

TEST_F(Delivery, AMessagePastItsLifetimeIsGivenUp) {
  connect();
  bool dark = true;
  a->filter = [&](ByteView) { return !dark; };
  loop_a->run([&] {
    sender_a->push(to(1, {.max_packet_life_time = 50}), numbered(1, 600));
    sender_a->push(to(1), numbered(2, 600));
    loop_a->after(150ms, [&] { dark = false; });
  });
  wait([&] { return !b->messages.empty(); });
  EXPECT_EQ(number(b->messages[0]), 2u);
}

TEST_F(Delivery, ReliableMessagesAreNotHarmedByAbandonedOnesOverABadLink) {
  for (const bool interleaving : {true, false}) {
    TearDown();
    config.interleaving = interleaving;
    connect();
    spoil(kBad);
    unsigned reliable = 0;
    b->on_message = [&](const End::Message& message) {
      const unsigned n = number(message);
      EXPECT_TRUE(message.bytes == numbered(n, n % 2 == 0 ? 4000 : 9000)) << n;
      if (n % 2 == 0) {
        EXPECT_EQ(n, 2 * reliable++);
      }
    };
    loop_a->run([&] {
      for (unsigned n = 0; n < 200; ++n) {
        if (n % 2 == 0) {
          sender_a->push(to(1), numbered(n, 4000));
        } else {
          sender_a->push(to(2, {.ordered = n % 4 == 1, .max_retransmits = 0}), numbered(n, 9000));
        }
      }
    });
    wait([&] { return reliable == 100 || b->closed || a->closed; }, 60s);
    EXPECT_EQ(reliable, 100u);
    EXPECT_LT(b->messages.size(), 200u) << "some were expected to be lost";
  }
}

TEST_F(Delivery, AHugeMessageDoesNotBlockOthersWhenThePeerInterleaves) {
  config.max_message_size = 20 << 20;
  connect();
  loop_a->run([&] {
    sender_a->turns = true;
    sender_a->add(to(1), pattern(16 << 20));
    sender_a->add(to(2), pattern(1000));
    sender_a->pump();
  });
  wait([&] { return b->messages.size() == 2; }, 60s);
  EXPECT_EQ(b->messages[0].stream, 2u);
  EXPECT_TRUE(b->messages[1].bytes == pattern(16 << 20));
}

TEST_F(Delivery, WithoutInterleavingOtherStreamsAreToldToWait) {
  config.interleaving = false;
  config.max_message_size = 20 << 20;
  connect();
  loop_a->run([&] {
    sender_a->push(to(1), pattern(4 << 20));
    const Bytes small = pattern(1000);
    ByteView rest = small;
    EXPECT_EQ(a->association->send(to(2), rest), SendResult::Busy);
    sender_a->push(to(2), small);
  });
  wait([&] { return b->messages.size() == 2; }, 60s);
  EXPECT_EQ(b->messages[0].stream, 1u);
}

TEST_F(Delivery, ManyIncompleteMessagesDoNotBringTheReceiverToAStandstill) {
  // Together far more than the receive buffer, each alone far less than the library's usual share for one.
  config.max_message_size = 1 << 20;
  make_sender_with_room(64 << 20);
  loop_a->run([&] {
    sender_a->turns = true;
    for (unsigned stream = 0; stream < 64; ++stream) sender_a->add(to(stream), pattern(200'000, stream));
    sender_a->pump();
  });
  wait([&] { return b->messages.size() == 64; }, 60s);
  for (const End::Message& message : b->messages)
    EXPECT_TRUE(message.bytes == pattern(200'000, message.stream)) << message.stream;
}

TEST_F(Delivery, WhatAPeerKeepsIncompleteIsBounded) {
  config.max_message_size = 1 << 20;
  config.max_incomplete = 2 << 20;
  make_sender_with_room(256 << 20);
  loop_a->run([&] {
    sender_a->turns = true;
    for (unsigned stream = 0; stream < 64; ++stream) sender_a->add(to(stream), pattern(1'000'000, stream));
    sender_a->pump();
  });
  wait([&] { return b->closed.has_value(); }, 60s);
  EXPECT_TRUE(b->messages.empty());
}

TEST_F(Delivery, AReceiverThatDoesNotReadStopsTheSenderAndLosesNothing) {
  connect();
  const Bytes bytes = pattern(60'000);
  constexpr std::size_t kCount = 200;
  loop_a->run([&] {
    b->association->pause();
    for (std::size_t i = 0; i < kCount; ++i) sender_a->push(to(1), bytes);
  });
  std::size_t left = 0;
  TimePoint since = Clock::now();
  wait([&] {
    if (std::exchange(left, sender_a->left()) != sender_a->left()) since = Clock::now();
    return Clock::now() - since > 150ms;
  });
  EXPECT_TRUE(b->messages.empty());
  EXPECT_GT(left, kCount * bytes.size() - (4u << 20)) << "the two buffers took something, and nothing else did";
  loop_a->run([&] { b->association->resume(); });
  wait([&] { return b->messages.size() == kCount; }, 60s);
  for (const End::Message& message : b->messages) EXPECT_TRUE(message.bytes == bytes);
}

TEST_F(Delivery, TinyMessagesCannotFillMemoryEither) {
  connect();
  a->path.loss = 1;
  const Bytes bytes(1);
  std::size_t accepted = 0;
  loop_a->run([&] {
    for (; accepted < 200'000; ++accepted) {
      ByteView rest = bytes;
      if (a->association->send(to(1), rest) != SendResult::Sent) break;
    }
  });
  EXPECT_LT(accepted, 20'000u);
  a->path.loss = 0;
  wait([&] { return b->messages.size() == accepted && a->writable > 0; });
}

TEST_F(Delivery, EveryStreamCarriesItsOwn) {
  connect();
  loop_a->run([&] {
    for (unsigned n = 0; n < 512; ++n) sender_a->push(to(n % 256), numbered(n, 500));
  });
  wait([&] { return b->messages.size() == 512; });
  std::vector<unsigned> count(256);
  for (const End::Message& message : b->messages) ++count[message.stream];
  EXPECT_EQ(count, std::vector<unsigned>(256, 2));
}

}  // namespace
}  // namespace parley::sctp::testing
