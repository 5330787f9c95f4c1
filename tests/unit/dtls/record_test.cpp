#include <gtest/gtest.h>

#include <random>

#include "peer.hpp"

namespace parley::dtls::test {
namespace {

/// A connected pair whose wire only carries what the test puts there: what the client seals is in `sealed`.
struct Quiet : Pair {
  Quiet() {
    EXPECT_TRUE(connect());
    wire.run_for(100ms);
    client.output = [this](ByteView datagram) { sealed.emplace_back(datagram.begin(), datagram.end()); };
  }
  Bytes seal(std::string_view text) {
    EXPECT_TRUE(send(client, text));
    return sealed.back();
  }
  void deliver(ByteView datagram) { server.transport->receive(datagram, wire.now()); }
  std::vector<Bytes> sealed;
};

TEST(DtlsRecord, CarriesUpTo16KiB) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  const std::string largest(16384, 'x');
  EXPECT_TRUE(send(pair.client, largest));
  EXPECT_TRUE(send(pair.server, largest));
  pair.wire.run_for(1s);
  EXPECT_EQ(pair.server.received, std::vector{largest});
  EXPECT_EQ(pair.client.received, std::vector{largest});
}

TEST(DtlsRecord, RefusesMoreThan16KiBAndNothing) {
  Quiet pair;
  EXPECT_FALSE(send(pair.client, std::string(16385, 'x')));
  EXPECT_FALSE(send(pair.client, ""));
  EXPECT_TRUE(pair.sealed.empty());
  EXPECT_TRUE(pair.client.is_connected());
}

TEST(DtlsRecord, AddsThirtySevenBytes) {
  Quiet pair;
  EXPECT_EQ(pair.seal(std::string(1200, 'x')).size(), 1237u);
}

TEST(DtlsRecord, SeveralInOneDatagramAllArriveInOrder) {
  Quiet pair;
  Bytes together;
  for (const char* text : {"one", "two", "three"}) {
    const Bytes record = pair.seal(text);
    together.insert(together.end(), record.begin(), record.end());
  }
  pair.deliver(together);
  EXPECT_EQ(pair.server.received, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(DtlsRecord, JunkBehindARecordDoesNotHarmIt) {
  Quiet pair;
  Bytes datagram = pair.seal("good");
  datagram.insert(datagram.end(), {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0xff, 0xff, 1, 2, 3});
  pair.deliver(datagram);
  pair.deliver(pair.seal("next"));
  EXPECT_EQ(pair.server.received, (std::vector<std::string>{"good", "next"}));
}

TEST(DtlsRecord, AReplayIsIgnored) {
  Quiet pair;
  const Bytes record = pair.seal("once");
  for (int i = 0; i < 3; ++i) pair.deliver(record);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"once"});
}

TEST(DtlsRecord, ReorderedRecordsArriveAsTheyCome) {
  Quiet pair;
  const Bytes first = pair.seal("first"), second = pair.seal("second");
  pair.deliver(second);
  pair.deliver(first);
  EXPECT_EQ(pair.server.received, (std::vector<std::string>{"second", "first"}));
}

TEST(DtlsRecord, AnyFlippedBitIsNoticedAndIgnored) {
  Quiet pair;
  const Bytes record = pair.seal("untouched");
  for (std::size_t i = 0; i < record.size(); ++i) {
    Bytes touched = record;
    touched[i] ^= 0x10;
    pair.deliver(touched);
  }
  EXPECT_TRUE(pair.server.received.empty());
  EXPECT_EQ(pair.server.transport->state(), State::Connected);
  pair.deliver(record);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"untouched"});
}

TEST(DtlsRecord, AnyTruncationIsIgnored) {
  Quiet pair;
  const Bytes record = pair.seal("whole");
  for (std::size_t size = 0; size < record.size(); ++size) pair.deliver(ByteView(record).first(size));
  EXPECT_TRUE(pair.server.received.empty());
  pair.deliver(record);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"whole"});
}

TEST(DtlsRecord, PlaintextIsIgnoredOnceConnected) {
  Quiet pair;
  const std::uint8_t data = 23, alert = 21;
  for (const std::uint8_t type : {data, alert})
    for (const std::uint8_t sequence : {std::uint8_t{9}, std::uint8_t{200}}) {
      const Bytes forged = {type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, sequence, 0, 2, 2, 40};
      pair.deliver(forged);
    }
  EXPECT_EQ(pair.server.story, "connected ");
  pair.deliver(pair.seal("still here"));
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"still here"});
}

TEST(DtlsRecord, GarbageIsIgnoredBeforeDuringAndAfterTheHandshake) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Pair* victim = nullptr;
    const auto garbage = [&] {
      Bytes junk(1 + random() % 1500);
      for (auto& byte : junk) byte = static_cast<std::uint8_t>(random());
      if (random() % 2) junk[0] = 23;  // looks like application data
      return junk;
    };
    Pair pair([&](std::size_t, ByteView) {
      victim->client.transport->receive(garbage(), victim->wire.now());
      victim->server.transport->receive(garbage(), victim->wire.now());
      return std::vector<Duration>{Wire::kDelay};
    });
    victim = &pair;
    pair.server.transport->receive(garbage(), pair.wire.now());
    ASSERT_TRUE(pair.connect(5s)) << seed;
    send(pair.client, "hello");
    pair.wire.run_for(1s);
    EXPECT_EQ(pair.server.received, std::vector<std::string>{"hello"});
  }
}

TEST(DtlsRecord, CloseTellsThePeer) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.client.transport->close();
  EXPECT_EQ(pair.client.transport->state(), State::Closed);
  pair.wire.run_for(1s);
  EXPECT_EQ(pair.server.transport->state(), State::Closed);
  EXPECT_EQ(pair.server.story, "connected closed ");
  EXPECT_EQ(pair.client.story, "connected ");
  for (Peer* peer : {&pair.client, &pair.server}) {
    EXPECT_FALSE(send(*peer, "late"));
    EXPECT_EQ(peer->transport->next_deadline(), std::nullopt);
    peer->transport->close();
    EXPECT_EQ(peer->transport->version(), 0xFEFD);
  }
}

TEST(DtlsRecord, CloseAfterALongSilenceTellsThePeer) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.wire.run_for(60s);
  pair.server.transport->close();
  pair.wire.run_for(1s);
  EXPECT_EQ(pair.client.story, "connected closed ");
}

TEST(DtlsRecord, CloseAnswersTheCloseOfThePeer) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  const std::size_t before = pair.server.sent.size();
  pair.client.transport->close();
  pair.wire.run_for(1s);
  ASSERT_EQ(pair.server.sent.size(), before + 1);
  EXPECT_EQ(pair.server.sent.back()[0], 21);
}

TEST(DtlsRecord, DataBehindACloseIsNotDelivered) {
  Quiet pair;
  const Bytes data = pair.seal("late");
  pair.client.transport->close();
  pair.deliver(pair.sealed.back());
  pair.deliver(data);
  EXPECT_EQ(pair.server.story, "connected closed ");
}

TEST(DtlsRecord, CloseWhileConnectingIsSilent) {
  Pair pair;
  pair.start();
  const std::size_t before = pair.client.sent.size();
  pair.client.transport->close();
  pair.server.transport->close();
  EXPECT_EQ(pair.client.sent.size(), before);
  pair.wire.run_for(60s);
  EXPECT_EQ(pair.client.transport->state(), State::Closed);
  EXPECT_EQ(pair.client.story + pair.server.story, "");
}

TEST(DtlsRecord, CloseBeforeStartIsFinal) {
  Peer peer;
  peer.transport->close();
  peer.transport->start(Role::Client, {rsa_certificate()->fingerprint()}, TimePoint{});
  EXPECT_EQ(peer.transport->state(), State::Closed);
  EXPECT_TRUE(peer.sent.empty());
}

}  // namespace
}  // namespace parley::dtls::test
