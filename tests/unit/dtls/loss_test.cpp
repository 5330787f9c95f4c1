#include <gtest/gtest.h>

#include "peer.hpp"

namespace parley::dtls::test {
namespace {

Wire::Fate lose(std::size_t which) {
  return [which](std::size_t index, ByteView) {
    return index == which ? std::vector<Duration>{} : std::vector<Duration>{Wire::kDelay};
  };
}

TEST(DtlsLoss, ConnectsWithinASecondWhicheverDatagramIsLost) {
  Pair intact;
  ASSERT_TRUE(intact.connect());
  const std::size_t count = intact.wire.datagrams();
  ASSERT_GE(count, 4u);
  for (std::size_t lost = 0; lost < count; ++lost) {
    Pair pair(lose(lost));
    ASSERT_TRUE(pair.connect()) << lost;
    EXPECT_LT(pair.wire.elapsed(), 1s) << lost;
    EXPECT_GE(pair.wire.elapsed(), 100ms) << lost;
  }
}

TEST(DtlsLoss, ConnectsWithinASecondWhicheverFragmentIsLost) {
  const Config small{.mtu = 300};
  Pair intact({}, rsa_certificate(), rsa_certificate(), small);
  ASSERT_TRUE(intact.connect());
  for (std::size_t lost = 0; lost < intact.wire.datagrams(); ++lost) {
    Pair pair(lose(lost), rsa_certificate(), rsa_certificate(), small);
    ASSERT_TRUE(pair.connect()) << lost;
    EXPECT_LT(pair.wire.elapsed(), 1s) << lost;
  }
}

TEST(DtlsLoss, DataThatOvertakesALostLastFlightArrives) {
  // The server is connected and talks; the datagram with its Finished is lost, its data is not.
  Pair intact;
  ASSERT_TRUE(intact.connect());
  const std::size_t last = intact.wire.datagrams() - 1;
  Pair pair(lose(last));
  pair.server.on_connected = [&] { send(pair.server, "hello"); };
  pair.start();
  ASSERT_TRUE(pair.wire.run_until([&] { return !pair.client.received.empty(); }));
  EXPECT_EQ(pair.client.received, std::vector<std::string>{"hello"});
  EXPECT_EQ(pair.client.story, "connected data ");
}

TEST(DtlsLoss, ConnectsOverABadNetwork) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    Pair pair(unreliable(seed, 0.2, 0.1), ecdsa_certificate(), other_ecdsa_certificate(), {.mtu = 400});
    ASSERT_TRUE(pair.connect(30s)) << seed;
  }
}

TEST(DtlsLoss, DataIsDeliveredAtMostOnceOverABadNetwork) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Pair pair(unreliable(seed, 0.1, 0.3));
    ASSERT_TRUE(pair.connect(30s)) << seed;
    for (int i = 0; i < 40; ++i) {
      send(pair.client, std::to_string(i));
      pair.wire.run_for(1ms);
    }
    pair.wire.run_for(1s);
    std::vector<std::string> seen = pair.server.received;
    EXPECT_GT(seen.size(), 25u) << seed;
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << seed;
  }
}

TEST(DtlsLoss, RepeatsAfterTheFirstTimeoutAndThenTwiceThat) {
  Pair pair([](std::size_t, ByteView) { return std::vector<Duration>{}; });
  std::vector<std::chrono::milliseconds> times;
  pair.client.on_packet = [&] {
    times.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(pair.wire.elapsed()));
  };
  pair.start();
  pair.wire.run_for(13s);
  EXPECT_EQ(times, (std::vector{0ms, 100ms, 300ms, 700ms, 1500ms, 3100ms, 6300ms, 9500ms, 12700ms}));
}

TEST(DtlsLoss, GivesUpOnASilentPeer) {
  Pair pair([](std::size_t, ByteView) { return std::vector<Duration>{}; });
  pair.start();
  ASSERT_TRUE(pair.wire.run_until([&] { return pair.client.failure && pair.server.failure; }));
  EXPECT_LE(pair.wire.elapsed(), 30s);
  EXPECT_GE(pair.wire.elapsed(), 25s);
  EXPECT_EQ(pair.client.failure_type(), RTCErrorDetailType::DtlsFailure);
  EXPECT_EQ(pair.server.failure_type(), RTCErrorDetailType::DtlsFailure);
  EXPECT_EQ(pair.client.transport->next_deadline(), std::nullopt);
  EXPECT_EQ(pair.client.story, "failed ");
}

TEST(DtlsLoss, GivesUpWhenTold) {
  Pair pair([](std::size_t, ByteView) { return std::vector<Duration>{}; }, ecdsa_certificate(),
            other_ecdsa_certificate(), {.give_up = 2s});
  pair.start();
  ASSERT_TRUE(pair.wire.run_until([&] { return pair.client.failure && pair.server.failure; }));
  EXPECT_EQ(pair.wire.elapsed(), 2s);
}

TEST(DtlsLoss, ALateTickRepeatsOnceAndNotForEveryMissedOne) {
  Pair pair([](std::size_t, ByteView) { return std::vector<Duration>{}; });
  pair.start();
  const std::size_t before = pair.client.sent.size();
  pair.client.transport->advance(pair.wire.now() + 20s);
  EXPECT_EQ(pair.client.sent.size(), before + 1);
  EXPECT_EQ(pair.client.transport->next_deadline(), pair.wire.now() + 20s + 200ms);
}

TEST(DtlsLoss, AnEarlyTickDoesNothing) {
  Pair pair;
  pair.start();
  const std::size_t before = pair.client.sent.size();
  pair.client.transport->advance(pair.wire.now() + 99ms);
  EXPECT_EQ(pair.client.sent.size(), before);
}

TEST(DtlsLoss, NoTimerRunsOnAConnectedSilentTransport) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.wire.run_for(60s);
  EXPECT_EQ(pair.client.transport->next_deadline(), std::nullopt);
  EXPECT_EQ(pair.server.transport->next_deadline(), std::nullopt);
  ASSERT_TRUE(send(pair.client, "after the silence"));  // the record buffers were given back and return
  pair.wire.run_for(1s);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"after the silence"});
}

}  // namespace
}  // namespace parley::dtls::test
