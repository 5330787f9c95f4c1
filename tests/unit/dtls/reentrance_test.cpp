#include <gtest/gtest.h>

#include <thread>

#include "peer.hpp"

namespace parley::dtls::test {
namespace {

TEST(DtlsReentrance, SendsFromOnConnectedAndOnData) {
  Pair pair;
  pair.client.on_connected = [&] { EXPECT_TRUE(send(pair.client, "1")); };
  const auto answer = [](Peer& peer) {
    return [&peer](ByteView data) {
      const int number = std::stoi(std::string(as_text(data)));
      const bool sent = number >= 100 || send(peer, std::to_string(number + 1));
      EXPECT_TRUE(sent);
    };
  };
  pair.client.on_data = answer(pair.client);
  pair.server.on_data = answer(pair.server);
  pair.start();
  pair.wire.run_until([&] { return pair.server.received.size() + pair.client.received.size() == 100; });
  EXPECT_EQ(pair.client.received.back(), "100");
}

TEST(DtlsReentrance, NothingFollowsACloseFromOnData) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  Bytes together;
  pair.client.output = [&](ByteView datagram) { together.insert(together.end(), datagram.begin(), datagram.end()); };
  for (const char* text : {"one", "two", "three"}) send(pair.client, text);
  pair.server.on_data = [&](ByteView) { pair.server.transport->close(); };
  pair.server.transport->receive(together, pair.wire.now());
  EXPECT_EQ(pair.server.story, "connected data ");
  EXPECT_EQ(pair.server.transport->state(), State::Closed);
}

TEST(DtlsReentrance, NothingHappensInsideOnPacketButAClose) {
  Pair pair;
  pair.client.on_packet = [&] {
    EXPECT_FALSE(send(pair.client, "nested"));
    pair.client.transport->receive(Bytes{22, 1, 2, 3}, pair.wire.now());
    pair.client.transport->advance(pair.wire.now() + 1h);
  };
  ASSERT_TRUE(pair.connect());
  pair.client.on_packet = [&] { pair.client.transport->close(); };
  send(pair.client, "last");
  EXPECT_EQ(pair.client.transport->state(), State::Closed);
  pair.wire.run_for(1s);
  EXPECT_EQ(pair.server.story, "connected data closed ");
}

/// A handshake of many small datagrams.
struct LongHandshake : Pair {
  LongHandshake() : Pair({}, rsa_certificate(), rsa_certificate(), {.mtu = 300}) {}
};

/// Calls `test(pair, victim, count)` for each end and each number of datagrams that it sends in a handshake.
template <class Test>
void for_each_datagram(Test test) {
  LongHandshake intact;
  ASSERT_TRUE(intact.connect());
  for (const auto end : {&Pair::client, &Pair::server})
    for (std::size_t count = 1; count <= (intact.*end).sent.size(); ++count) {
      LongHandshake pair;
      test(pair, pair.*end, count);
    }
}

TEST(DtlsReentrance, ACloseInsideAnyPacketOfTheHandshakeIsHeeded) {
  for_each_datagram([](Pair& pair, Peer& victim, std::size_t count) {
    victim.on_packet = [&] {
      if (victim.sent.size() == count) victim.transport->close();
    };
    pair.start();
    pair.wire.run_for(1s);
    EXPECT_EQ(victim.transport->state(), State::Closed) << count;
    EXPECT_EQ(victim.story, "") << count;
  });
}

/// Destroys the transport of one end in each handler in turn; the other end has to survive it.
template <class Hook>
void destroy_in(Hook hook, bool mismatch = false) {
  for (const bool client : {true, false}) {
    Pair pair;
    Peer& victim = client ? pair.client : pair.server;
    Peer& other = client ? pair.server : pair.client;
    bool destroyed = false;
    hook(victim) = [&](auto&&...) {
      destroyed = true;
      victim.transport.reset();
    };
    other.on_connected = [&] { send(other, "hello"); };
    const auto& expected = mismatch ? rsa_certificate() : victim.certificate;
    pair.server.transport->start(Role::Server, {(client ? expected : other.certificate)->fingerprint()},
                                 pair.wire.now());
    pair.client.transport->start(Role::Client, {(client ? other.certificate : expected)->fingerprint()},
                                 pair.wire.now());
    pair.wire.run_for(1s);
    if (other.is_connected()) other.transport->close();
    pair.wire.run_for(40s);
    EXPECT_TRUE(destroyed);
    EXPECT_EQ(victim.transport, nullptr);
  }
}

TEST(DtlsReentrance, MayBeDestroyedInOnConnected) {
  destroy_in([](Peer & peer) -> auto& { return peer.on_connected; });
}
TEST(DtlsReentrance, MayBeDestroyedInOnData) {
  destroy_in([](Peer & peer) -> auto& { return peer.on_data; });
}
TEST(DtlsReentrance, MayBeDestroyedInOnClosed) {
  destroy_in([](Peer & peer) -> auto& { return peer.on_closed; });
}
TEST(DtlsReentrance, MayBeDestroyedInOnFailed) {
  destroy_in(
      [](Peer & peer) -> auto& { return peer.on_failed; }, true);
}

TEST(DtlsReentrance, MayBeDestroyedInAnyOnPacket) {
  for_each_datagram([](Pair& pair, Peer& victim, std::size_t count) {
    victim.on_packet = [&] {
      if (victim.sent.size() == count) victim.transport.reset();
    };
    pair.start();
    pair.wire.run_for(1s);
    EXPECT_EQ(victim.transport, nullptr);
    EXPECT_EQ(victim.story, "");
    EXPECT_EQ(victim.sent.size(), count);  // it does not speak from beyond
  });
}

TEST(DtlsReentrance, OneCertificateServesManyThreads) {
  const auto certificate = ecdsa_certificate();
  std::atomic<int> connected = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        Pair pair({}, certificate, certificate);
        if (pair.connect()) ++connected;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(connected, 40);
}

}  // namespace
}  // namespace parley::dtls::test
