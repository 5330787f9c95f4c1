// What is counted of pairs, and when something last went over them.
#include <gmock/gmock.h>

#include "ice/direct_socket.hpp"
#include "unit/ice/peer.hpp"

namespace parley::ice {
namespace {

using namespace testing;

class IcePairStatistics : public ::testing::TestWithParam<bool> {
 protected:
  static Agent::Config config() { return on_loopback(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(FastPath, IcePairStatistics, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "On" : "Off"; });

UsedPair only(Peer& peer) {
  return peer.loop->run([&] {
    const std::vector<UsedPair> used = peer.agent->used_pairs();
    EXPECT_EQ(used.size(), 1U);
    return used.at(0);
  });
}

void send(Peer& from, Peer& to, std::size_t count) {
  const std::size_t before = to.loop->run([&] { return to.packets; });
  from.loop->run([&] {
    for (std::size_t i = 0; i < count; ++i) from.agent->send(Bytes(100, 0x80));
  });
  EXPECT_TRUE(to.wait([&] { return to.packets == before + count; }));
}

TEST_P(IcePairStatistics, TellWhenPacketsLastLeftAndCame) {
  Pair pair(config(), config());
  ASSERT_TRUE(pair.connect());
  // Checks are no packets.
  EXPECT_FALSE(only(pair.a).last.sent || only(pair.a).last.received);
  const TimePoint begin = Clock::now();
  send(pair.a, pair.b, 1);
  const UsedPair first = only(pair.a);
  ASSERT_TRUE(first.last.sent);
  EXPECT_GE(*first.last.sent, begin);
  EXPECT_LE(*first.last.sent, Clock::now());
  EXPECT_FALSE(first.last.received);
  send(pair.a, pair.b, 100);  // now through the socket of our own, if there is one
  EXPECT_GT(*only(pair.a).last.sent, *first.last.sent);
  const UsedPair other = only(pair.b);
  ASSERT_TRUE(other.last.received);
  EXPECT_GE(*other.last.received, *first.last.sent);
  EXPECT_FALSE(other.last.sent);
}

TEST_P(IcePairStatistics, CountTheBytesThatAreDiscarded) {
  Pair pair(config(), config());
  pair.a.loop->run([&] {
    for (const std::size_t size : {100U, 50U}) pair.a.agent->send(Bytes(size, 0x80));
    EXPECT_EQ(pair.a.agent->counters().packets_discarded, 2U);
    EXPECT_EQ(pair.a.agent->counters().bytes_discarded, 150U);
  });
}

TEST_P(IcePairStatistics, APacketLongerThanAnyDatagramIsDiscarded) {
  Pair pair(config(), config());
  ASSERT_TRUE(pair.connect());
  pair.a.loop->run([&] { pair.a.agent->send(Bytes(70000, 0x80)); });
  EXPECT_EQ(only(pair.a).traffic.packets_discarded, 1U);
  EXPECT_EQ(only(pair.a).traffic.bytes_discarded, 70000U);
  EXPECT_FALSE(only(pair.a).last.sent);
}

TEST_P(IcePairStatistics, CountChecksAndAnswersWhereTheyCanBeSeen) {
  Pair pair(config(), config());
  ASSERT_TRUE(pair.connect());
  for (Peer* peer : {&pair.a, &pair.b}) {
    const UsedPair used = only(*peer);
    ASSERT_EQ(used.heard.has_value(), GetParam() && DirectSocket::supported());
    if (!used.heard) continue;
    EXPECT_GE(used.heard->requests, 1U);
    EXPECT_GE(used.heard->answers, 1U);
    EXPECT_LE(used.heard->requests + used.heard->answers, 20U);
  }
}

TEST_P(IcePairStatistics, TellOfPairsThatWorkWithoutBeingSelected) {
  const auto both = [] {
    Agent::Config made = config();
    made.allow = [](std::string_view, std::string_view address) { return address == "127.0.0.1" || address == "::1"; };
    return made;
  };
  Pair pair(both(), both());
  ASSERT_TRUE(pair.connect());
  if (!GetParam() || !DirectSocket::supported()) return void(only(pair.a));
  ASSERT_TRUE(pair.a.wait([&] { return pair.a.agent->used_pairs().size() == 2; }));
  pair.a.loop->run([&] {
    const std::vector<UsedPair> used = pair.a.agent->used_pairs();
    EXPECT_FALSE(used[0].nominated || used[0].selected);
    EXPECT_TRUE(used[1].nominated && used[1].selected);
    EXPECT_EQ(used[1].pair, pair.a.agent->selected_pair());
    EXPECT_NE(used[0].pair.local.address, used[1].pair.local.address);
    EXPECT_NE(used[0].pair.remote.address, used[1].pair.remote.address);
    EXPECT_GE(used[0].heard->answers, 1U);
  });
}

}  // namespace
}  // namespace parley::ice
