// Associations on paths of different sizes.
#include "unit/sctp/link.hpp"

namespace parley::sctp::testing {
namespace {

struct APath : TwoEnds {
  std::size_t carries = 65535;  // what the path carries from a to b; the way back carries everything

  void connect_over_it() {
    connect();
    loop_a->run([&] { a->filter = [this](ByteView packet) { return packet.size() <= carries; }; });
  }
  void send(std::size_t messages, dcep::Reliability reliability = {}) {
    loop_a->run([&] {
      for (std::size_t i = 0; i < messages; ++i)
        sender_a->push(to(1, reliability), pattern(64 << 10, static_cast<unsigned>(i)));
    });
  }
  void expect_all(std::size_t messages) {
    wait([&] { return b->messages.size() == messages; }, 60s);
    for (std::size_t i = 0; i < messages; ++i)
      EXPECT_EQ(b->messages[i].bytes, pattern(64 << 10, static_cast<unsigned>(i)));
    loop_a->run([&] { b->messages.clear(); });
  }
  std::size_t mtu() {
    return loop_a->run([&] { return a->association->stats().mtu; });
  }
};

TEST_F(APath, ThatCarriesLargePacketsGetsThem) {
  connect_over_it();
  send(100);
  expect_all(100);
  EXPECT_EQ(mtu(), config.large_mtu);
  EXPECT_EQ(a->largest_packet, config.large_mtu);
  const std::size_t before = a->packets;
  send(10);
  expect_all(10);
  EXPECT_LT(a->packets - before, (640u << 10) / config.large_mtu * 5 / 4);
}

TEST_F(APath, IsNotTriedWithoutMuchToSend) {
  connect_over_it();
  loop_a->run([&] { sender_a->push(to(1), pattern(10000)); });
  wait([&] { return b->messages.size() == 1; });
  EXPECT_EQ(a->probes + b->probes, 0u);
}

TEST_F(APath, ThatCarriesNoneKeepsSmallOnes) {
  carries = config.mtu;
  connect_over_it();
  send(100);
  expect_all(100);
  EXPECT_LE(mtu(), config.mtu);
  wait([&] { return a->probes == 3; });
}

TEST_F(APath, ToAPeerThatTakesNoneIsNotProbed) {
  make();
  loop_a->run([&] {
    Config other = config;
    other.large_mtu = 0;
    b = std::make_unique<End>(*loop_b, other, 2);
  });
  a->peer = b.get();
  b->peer = a.get();
  start();
  wait([&] { return a->streams > 0 && b->streams > 0; });
  send(100);
  expect_all(100);
  EXPECT_EQ(a->probes, 0u);
  EXPECT_LE(a->largest_packet, config.mtu);
}

TEST_F(APath, ThatShrinksLosesNoMessage) {
  connect_over_it();
  send(50);
  expect_all(50);
  ASSERT_EQ(mtu(), config.large_mtu);
  send(100);
  loop_a->run([&] { carries = config.mtu; });
  expect_all(100);
  EXPECT_LE(mtu(), config.mtu);
}

TEST_F(APath, ThatShrinksUnderUnreliableMessagesLetsThemThroughAgain) {
  connect_over_it();
  send(50);
  expect_all(50);
  ASSERT_EQ(mtu(), config.large_mtu);
  loop_a->run([&] { carries = config.mtu; });
  // Each is given up at its first loss.
  loop_a->run([&] {
    b->messages.clear();
    sender_a->push(to(2, {.max_retransmits = 0}), pattern(64 << 10, 1));
  });
  wait([&] {
    sender_a->push(to(2, {.max_retransmits = 0}), pattern(6000, 2));
    return !b->messages.empty();
  });
  EXPECT_LE(mtu(), config.mtu);
}

TEST_F(APath, ThatIsReplacedIsProbedAgain) {
  connect_over_it();
  send(50);
  expect_all(50);
  ASSERT_EQ(mtu(), config.large_mtu);
  loop_a->run([&] {
    a->association->path_changed();
    EXPECT_LE(a->association->stats().mtu, config.mtu);
  });
  wait([&] { return a->association->stats().mtu == config.large_mtu; });
}

TEST_F(APath, WithLossAndLargePacketsDeliversEverything) {
  connect_over_it();
  loop_a->run([&] { a->path = b->path = {.loss = 0.02, .delay = 2ms, .jitter = 1ms}; });
  send(50);
  expect_all(50);
}

TEST_F(APath, WithoutInterleavingIsTheSame) {
  config.interleaving = false;
  connect_over_it();
  send(50);
  expect_all(50);
  EXPECT_EQ(mtu(), config.large_mtu);
}

}  // namespace
}  // namespace parley::sctp::testing
