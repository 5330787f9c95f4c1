#include "sctp/association.hpp"

#include <gmock/gmock.h>

#include "support/loop_time.hpp"
#include "unit/sctp/link.hpp"

namespace parley::sctp::testing {
namespace {

struct AnAssociation : TwoEnds {};

TEST_F(AnAssociation, ConnectsWhenBothSidesBegin) {
  connect();
  EXPECT_EQ(a->streams, 256u);
  EXPECT_EQ(b->streams, 256u);
  EXPECT_TRUE(loop_a->run([&] { return a->association->interleaving(); }));
}

TEST_F(AnAssociation, PacketsThatComeBeforeConnectAreKept) {
  make();
  loop_a->run([&] { a->association->connect(); });
  wait([&] { return a->packets >= 1; });
  loop_a->run([] {});  // the INIT has reached b, which must not answer yet
  EXPECT_EQ(b->packets, 0u);
  loop_a->run([&] { b->association->connect(); });
  wait([&] { return a->streams > 0 && b->streams > 0; });
}

TEST_F(AnAssociation, LossOfTheFirstPacketsCostsMillisecondsNotSeconds) {
  make();
  for (End* end : {a.get(), b.get()}) end->filter = [n = 0](ByteView) mutable { return ++n > 1; };
  const test::LoopTime time(*loop_a);
  start();
  wait([&] { return a->streams > 0 && b->streams > 0; });
  EXPECT_LT(time.elapsed(), 900ms);
}

TEST_F(AnAssociation, UsesNoMoreStreamsThanTheOtherSideHas) {
  make();
  loop_a->run([&] {
    Config few = config;
    few.streams = 7;
    few.max_incoming_streams = 100;
    b = std::make_unique<End>(*loop_b, few, 2);
  });
  a->peer = b.get();
  b->peer = a.get();
  start();
  wait([&] { return a->streams > 0 && b->streams > 0; });
  EXPECT_EQ(a->streams, 7u);
  EXPECT_EQ(b->streams, 7u);
  loop_a->run([&] {
    const Bytes bytes(10);
    ByteView rest = bytes;
    EXPECT_EQ(a->association->send(to(100), rest), SendResult::Failed);
    EXPECT_EQ(rest.size(), 10u);
    EXPECT_EQ(a->association->send(to(99), rest), SendResult::Sent);
  });
}

TEST_F(AnAssociation, MoreStreamsThanConfiguredAreAskedForWhenConnecting) {
  make();
  loop_a->run([&] { a->association->connect(2000); });
  loop_b->run([&] { b->association->connect(1500); });
  wait([&] { return a->streams > 0 && b->streams > 0; });
  EXPECT_EQ(a->streams, 1500u);
  EXPECT_EQ(b->streams, 1500u);
  loop_a->run([&] { sender_a->push(to(1499), pattern(3000)); });
  wait([&] { return b->messages.size() == 1; });
}

TEST_F(AnAssociation, SixtyFiveThousandStreamsWork) {
  config.streams = config.max_incoming_streams = 65535;
  connect();
  EXPECT_EQ(a->streams, 65535u);
  loop_a->run([&] { sender_a->push(to(65534), pattern(3000)); });
  wait([&] { return b->messages.size() == 1; });
  EXPECT_EQ(b->messages[0].stream, 65534u);
}

TEST_F(AnAssociation, MessagesOfEverySizeArrive) {
  config.large_mtu = 0;
  config.max_message_size = 20 << 20;
  connect();
  const std::size_t sizes[] = {1,     2,     3,     100,    1130,   1131,    1132,          1199,    1200,
                               16384, 65535, 65536, 262144, 262145, 1 << 20, (1 << 20) + 1, 4 << 20, 16 << 20};
  loop_a->run([&] {
    for (const std::size_t size : sizes) sender_a->push(to(3), pattern(size, static_cast<unsigned>(size)));
  });
  wait([&] { return b->messages.size() == std::size(sizes); }, 60s);
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    EXPECT_EQ(b->messages[i].stream, 3u);
    EXPECT_EQ(b->messages[i].ppid, Ppid::Binary);
    EXPECT_TRUE(b->messages[i].bytes == pattern(sizes[i], static_cast<unsigned>(sizes[i]))) << sizes[i];
  }
  EXPECT_LE(a->largest_packet, 1163u);
  EXPECT_GE(a->largest_packet, 1160u);
}

TEST_F(AnAssociation, MessagesAboveTheLimitAreSwallowedAndReportedOnce) {
  config.max_message_size = 100'000;
  connect();
  loop_a->run([&] {
    for (const std::size_t size : {100'001u, 3'000'000u, 100'000u}) sender_a->push(to(1), pattern(size));
  });
  wait([&] { return b->messages.size() == 1; });
  EXPECT_EQ(b->messages[0].bytes.size(), 100'000u);
  EXPECT_EQ(b->too_long, (std::vector<unsigned>{1, 1}));
}

TEST_F(AnAssociation, TheOtherSidesCloseIsAnErrorWithItsCause) {
  connect();
  loop_a->run([&] { a->association->close(); });
  wait([&] { return b->closed.has_value(); });
  EXPECT_FALSE(a->closed.has_value()) << "who closes is not told";
  ASSERT_TRUE(b->closed->has_value());
  EXPECT_EQ((*b->closed)->kind, ErrorKind::RTCError);
  EXPECT_EQ((*b->closed)->detail->errorDetail, RTCErrorDetailType::SctpFailure);
  loop_a->run([&] {
    const Bytes bytes(1);
    ByteView rest = bytes;
    EXPECT_EQ(b->association->send(to(1), rest), SendResult::Failed);
    b->association->close();
    b->association->close();
    a->association->receive(bytes);
    a->association->connect();
  });
}

TEST_F(AnAssociation, ClosingBeforeConnectIsQuiet) {
  make();
  loop_a->run([&] {
    a->association->close();
    a->association->connect();
  });
  EXPECT_EQ(a->packets, 0u);
}

TEST_F(AnAssociation, MayBeClosedOrDestroyedInsideEveryHandler) {
  for (const bool destroy : {false, true}) {
    for (const char* moment : {"connected", "message", "writable", "incoming reset", "closed"}) {
      TearDown();
      make();
      bool done = false;
      const auto now = [&](const char* here) {
        if (std::string_view(here) != moment || done) return;
        done = true;
        if (destroy) {
          a->association.reset();
        } else {
          a->association->close();
        }
      };
      a->on_connected = [&](unsigned) { now("connected"); };
      a->on_message = [&](const End::Message&) { now("message"); };
      a->on_writable = [&] { now("writable"); };
      a->on_incoming_reset = [&](unsigned) { now("incoming reset"); };
      a->on_closed = [&] { now("closed"); };
      b->on_connected = [&](unsigned) {
        Sender(*b).push(to(1), pattern(10));
        const StreamId stream(1);
        b->association->reset({&stream, 1});
      };
      b->on_incoming_reset = [&](unsigned) { b->association->close(); };
      loop_a->run([&] {
        const Bytes bytes(10);
        ByteView rest = bytes;
        a->association->send(to(2), rest);  // WouldBlock, so writable follows
      });
      start();
      wait([&] {
        if (std::string_view(moment) == "closed" && a->incoming_resets.size() == 1) b->association->close();
        return done;
      });
    }
  }
}

TEST_F(AnAssociation, PacketsAfterTheEndAreIgnored) {
  connect();
  Bytes recorded;
  a->filter = [&](ByteView packet) {
    recorded.assign(packet.begin(), packet.end());
    return true;
  };
  loop_a->run([&] { sender_a->push(to(1), pattern(100)); });
  wait([&] { return b->messages.size() == 1; });
  loop_a->run([&] {
    b->association->close();
    b->association->receive(recorded);
  });
  EXPECT_EQ(b->messages.size(), 1u);
}

TEST_F(AnAssociation, GarbageDoesNoHarm) {
  connect();
  std::mt19937 random(7);
  loop_a->run([&] {
    for (int i = 0; i < 3000; ++i) {
      Bytes garbage(random() % 200);
      for (std::uint8_t& byte : garbage) byte = static_cast<std::uint8_t>(random());
      b->association->receive(garbage);
    }
    sender_a->push(to(1), pattern(5000));
  });
  wait([&] { return b->messages.size() == 1; });
}

TEST_F(AnAssociation, ReplayedAndMutatedPacketsDoNoHarmToOthers) {
  // Whatever happens to this association, it ends in order, and others live.
  connect();
  std::mt19937 random(11);
  std::vector<Bytes> recorded;
  a->filter = [&](ByteView packet) {
    if (recorded.size() < 200) recorded.emplace_back(packet.begin(), packet.end());
    return true;
  };
  loop_a->run([&] { sender_a->push(to(1), pattern(100'000)); });
  wait([&] { return b->messages.size() == 1; });
  loop_a->run([&] {
    for (int i = 0; i < 5000; ++i) {
      Bytes packet = recorded[random() % recorded.size()];
      for (unsigned n = random() % 4; n > 0; --n)
        packet[12 + random() % (packet.size() - 12)] = static_cast<std::uint8_t>(random());
      b->association->receive(packet);
    }
  });
  TearDown();
  connect();
  loop_a->run([&] { sender_a->push(to(1), pattern(1000)); });
  wait([&] { return b->messages.size() == 1; });
}

TEST_F(AnAssociation, StatisticsSayWhatHappened) {
  connect();
  a->path.delay = b->path.delay = 20ms;
  loop_a->run([&] { sender_a->push(to(1), pattern(200'000)); });
  wait([&] { return b->messages.size() == 1; });
  const Stats stats = loop_a->run([&] { return a->association->stats(); });
  EXPECT_GE(stats.smoothed_rtt, 5ms);
  EXPECT_LT(stats.smoothed_rtt, 500ms);
  EXPECT_GT(stats.congestion_window, 10'000u);
  EXPECT_GT(stats.bytes_sent, 200'000u);
  EXPECT_GT(stats.packets_received, 10u);
}

TEST_F(AnAssociation, ManyCanComeAndGo) {
  for (int round = 0; round < 30; ++round) {
    connect();
    loop_a->run([&] { sender_a->push(to(1), pattern(100)); });
    wait([&] { return b->messages.size() == 1; });
    TearDown();
  }
}

}  // namespace
}  // namespace parley::sctp::testing
