#include "base/poller.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "descriptors.hpp"

namespace parley {
namespace {

class PollerTest : public testing::Test {
 protected:
  /// The events of `token` in one look without waiting, 0 if there are none.
  short events_of(std::uint64_t token) {
    poller->wait(Duration::zero(), ready);
    short events = 0;
    for (const auto& one : ready)
      if (one.token == token) events = static_cast<short>(events | one.events);
    return events;
  }
  /// Nothing is ready, and a wait really waits instead of returning at once again and again.
  void expect_quiet() {
    const TimePoint before = Clock::now();
    poller->wait(20ms, ready);
    EXPECT_TRUE(ready.empty());
    EXPECT_GE(Clock::now() - before, 20ms);
  }

  std::unique_ptr<Poller> poller = Poller::make();
  std::vector<Poller::Ready> ready;
};

TEST_F(PollerTest, WaitsAsLongAsItWasTold) { expect_quiet(); }

TEST_F(PollerTest, ReportsWhatWasAskedForUntilItIsDealtWith) {
  SocketPair pair;
  poller->set(1, pair.here(), POLLIN);
  EXPECT_EQ(events_of(1), 0);
  pair.send_to_here();
  EXPECT_EQ(events_of(1), POLLIN);
  EXPECT_EQ(events_of(1), POLLIN);
  pair.drain();
  EXPECT_EQ(events_of(1), 0);
}

TEST_F(PollerTest, InterestMayChange) {
  SocketPair pair;
  pair.send_to_here();
  poller->set(1, pair.here(), POLLOUT);
  EXPECT_EQ(events_of(1), POLLOUT);
  poller->set(1, pair.here(), POLLIN | POLLOUT);
  EXPECT_EQ(events_of(1), POLLIN | POLLOUT);
  poller->set(1, pair.here(), 0);
  EXPECT_EQ(events_of(1), 0);
}

TEST_F(PollerTest, AHangUpIsAlwaysReported) {
  SocketPair pair;
  poller->set(1, pair.here(), 0);
  pair.close_there();
  EXPECT_NE(events_of(1) & POLLHUP, 0);
}

TEST_F(PollerTest, SeveralTokensShareADescriptor) {
  SocketPair pair;
  poller->set(1, pair.here(), POLLIN);
  poller->set(2, pair.here(), POLLOUT);
  pair.send_to_here();
  poller->wait(Duration::zero(), ready);
  std::sort(ready.begin(), ready.end(), [](const auto& a, const auto& b) { return a.token < b.token; });
  ASSERT_EQ(ready.size(), 2u);
  EXPECT_EQ(ready[0].events, POLLIN);
  EXPECT_EQ(ready[1].events, POLLOUT);
  poller->remove(2, pair.here());
  EXPECT_EQ(events_of(1), POLLIN);
  EXPECT_EQ(events_of(2), 0);
  poller->remove(1, pair.here());
  expect_quiet();
}

TEST_F(PollerTest, ADescriptorClosedWhileWatchedFallsSilent) {
  SocketPair pair;
  pair.send_to_here();
  poller->set(1, pair.here(), POLLIN);
  pair.close_here();
  events_of(1);  // the portable poller learns of it by looking once
  expect_quiet();
}

TEST_F(PollerTest, ADescriptorThatLivesOnAsADuplicateFallsSilentToo) {
  SocketPair pair, other;
  pair.send_to_here();
  poller->set(1, pair.here(), POLLIN);
  poller->set(2, other.here(), POLLIN);
  const Descriptor duplicate(dup(pair.here()));
  const int number = pair.here();
  pair.close_here();
  poller->remove(1, number);
  events_of(1);
  expect_quiet();
  other.send_to_here();
  EXPECT_EQ(events_of(2), POLLIN) << "the others are still watched";
}

TEST_F(PollerTest, TheNewOwnerOfAReusedNumberIsNotToldOfItsFormerOwner) {
  SocketPair old, fresh;
  old.send_to_here();
  poller->set(1, old.here(), POLLIN);
  const Descriptor duplicate(dup(old.here()));
  const int number = old.here();
  fresh.move_here_to(number);  // closes the old one
  old.forget_here();
  poller->remove(1, number);
  poller->set(2, number, POLLIN);
  events_of(2);
  expect_quiet();
  fresh.send_to_here();
  EXPECT_EQ(events_of(2), POLLIN);
}

TEST_F(PollerTest, RemovingTheFormerOwnerOfANumberLeavesTheNewOneAlone) {
  SocketPair old, fresh;
  poller->set(1, old.here(), POLLIN);
  const int number = old.here();
  fresh.move_here_to(number);
  old.forget_here();
  poller->set(2, number, POLLIN);
  poller->remove(1, number);
  fresh.send_to_here();
  EXPECT_EQ(events_of(2), POLLIN);
}

TEST_F(PollerTest, SayingTheSameAgainWatchesTheNewDescriptorOfThatNumber) {
  SocketPair old, fresh;
  poller->set(1, old.here(), POLLIN);
  const int number = old.here();
  old.close_here();
  events_of(1);
  fresh.move_here_to(number);
  poller->set(1, number, POLLIN);
  fresh.send_to_here();
  EXPECT_EQ(events_of(1), POLLIN);
}

TEST_F(PollerTest, MoreDescriptorsThanOneLookReportsAllHaveTheirTurn) {
  std::array<SocketPair, 100> pairs;
  std::array<bool, 100> seen{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    poller->set(i + 1, pairs[i].here(), POLLIN);
    pairs[i].send_to_here();
  }
  for (int look = 0; look < 4; ++look) {
    poller->wait(Duration::zero(), ready);
    for (const auto& one : ready) {
      seen[one.token - 1] = true;
      pairs[one.token - 1].drain();
    }
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 100);
}

TEST_F(PollerTest, AnOutsidePollSeesWhenThereIsSomethingToSay) {
  SocketPair pair;
  poller->set(1, pair.here(), POLLIN);
  auto fds = poller->outside();
  EXPECT_EQ(poll(fds.data(), static_cast<nfds_t>(fds.size()), 0), 0);
  pair.send_to_here();
  fds = poller->outside();
  EXPECT_EQ(poll(fds.data(), static_cast<nfds_t>(fds.size()), 0), 1);
}

}  // namespace
}  // namespace parley
