#include "ice/checks.hpp"

#include <gtest/gtest.h>

namespace parley::ice {
namespace {

/// Time passes by hand.
struct IceChecks : ::testing::Test {
  Checks checks{{.patience = 15s, .trickle_patience = 30s}};
  TimePoint now{};
  void pass(Duration time) {
    now += time;
    checks.advance(now);
  }
  void progress(Progress p) { checks.progress(p, now); }
  void connect() {
    checks.begin(now);
    progress(Progress::Checking);
    progress(Progress::Connected);
    progress(Progress::Ready);
  }
  void complete_both() {
    checks.local_candidates_complete(true);
    checks.remote_candidates_complete();
    checks.advance(now);
  }
};

TEST_F(IceChecks, AreNewUntilThereIsSomethingToCheck) {
  EXPECT_EQ(checks.state(), State::New);
  checks.begin(now);
  EXPECT_EQ(checks.state(), State::New);
  progress(Progress::Checking);
  EXPECT_EQ(checks.state(), State::Checking);
}

TEST_F(IceChecks, CompletedNeedsBothEndsOfCandidates) {
  connect();
  EXPECT_EQ(checks.state(), State::Connected);
  checks.local_candidates_complete(true);
  checks.advance(now);
  EXPECT_EQ(checks.state(), State::Connected);
  checks.remote_candidates_complete();
  checks.advance(now);
  EXPECT_EQ(checks.state(), State::Completed);
}

TEST_F(IceChecks, ALateCandidateDoesNotUndoCompletion) {
  connect();
  complete_both();
  progress(Progress::Connected);
  EXPECT_EQ(checks.state(), State::Completed);
}

TEST_F(IceChecks, FailedWaitsForPatience) {
  complete_both();
  checks.begin(now);
  progress(Progress::Checking);
  pass(7s);
  progress(Progress::Failed);
  EXPECT_EQ(checks.state(), State::Checking);
  ASSERT_EQ(checks.next_deadline(), now + 8s);
  pass(8s);
  EXPECT_EQ(checks.state(), State::Failed);
  EXPECT_FALSE(checks.next_deadline());
}

TEST_F(IceChecks, WhileCandidatesMayComePatienceIsLonger) {
  checks.begin(now);
  progress(Progress::Failed);
  pass(29s);
  EXPECT_EQ(checks.state(), State::Checking);
  pass(1s);
  EXPECT_EQ(checks.state(), State::Failed);
}

TEST_F(IceChecks, WithoutAnyLocalCandidateThereIsNothingToWaitFor) {
  checks.local_candidates_complete(false);
  checks.remote_candidates_complete();
  checks.begin(now);
  checks.advance(now);
  EXPECT_EQ(checks.state(), State::Failed);
}

TEST_F(IceChecks, OngoingChecksAreNotCutShort) {
  complete_both();
  checks.begin(now);
  progress(Progress::Checking);
  EXPECT_FALSE(checks.next_deadline());
  pass(60s);
  EXPECT_EQ(checks.state(), State::Checking);
}

TEST_F(IceChecks, ALateCandidateRevivesFailed) {
  complete_both();
  checks.begin(now);
  pass(15s);
  EXPECT_EQ(checks.state(), State::Failed);
  progress(Progress::Checking);
  EXPECT_EQ(checks.state(), State::Checking);
  progress(Progress::Connected);
  EXPECT_EQ(checks.state(), State::Connected);
}

TEST_F(IceChecks, LostConsentIsDisconnectedThenFailedWithin30Seconds) {
  connect();
  pass(10s);  // what libnice takes to notice
  progress(Progress::Failed);
  EXPECT_EQ(checks.state(), State::Disconnected);
  EXPECT_TRUE(checks.take_renewal());
  EXPECT_FALSE(checks.take_renewal());
  progress(Progress::Ready);  // libnice says so when it is asked to go on
  EXPECT_EQ(checks.state(), State::Disconnected);
  pass(14s);
  progress(Progress::Failed);
  EXPECT_TRUE(checks.take_renewal());
  EXPECT_EQ(checks.state(), State::Disconnected);
  ASSERT_EQ(checks.next_deadline(), now + 6s);
  pass(6s);
  EXPECT_EQ(checks.state(), State::Failed);
  progress(Progress::Ready);
  EXPECT_EQ(checks.state(), State::Failed);
}

TEST_F(IceChecks, APacketOfThePeersIsConnectedAgain) {
  connect();
  complete_both();
  pass(10s);
  progress(Progress::Failed);
  EXPECT_EQ(checks.state(), State::Disconnected);
  EXPECT_TRUE(checks.heard(now));
  EXPECT_FALSE(checks.heard(now));
  EXPECT_EQ(checks.state(), State::Completed);
}

TEST_F(IceChecks, DataAloneIsNoConsent) {
  connect();
  pass(10s);
  checks.heard(now);
  progress(Progress::Failed);
  EXPECT_EQ(checks.state(), State::Connected);  // somebody is there
  EXPECT_TRUE(checks.take_renewal());
  pass(14s);
  checks.heard(now);
  progress(Progress::Failed);
  EXPECT_EQ(checks.state(), State::Connected);
  pass(6s);
  EXPECT_EQ(checks.state(), State::Failed);  // RFC 7675 section 5.1
}

TEST_F(IceChecks, RenewedConsentThatHoldsIsConsent) {
  connect();
  pass(10s);
  progress(Progress::Failed);
  EXPECT_TRUE(checks.take_renewal());
  pass(17s);
  EXPECT_EQ(checks.state(), State::Connected);
  EXPECT_FALSE(checks.next_deadline());
  pass(60s);
  progress(Progress::Failed);  // begins anew
  pass(19s);
  progress(Progress::Failed);
  EXPECT_NE(checks.state(), State::Failed);
}

}  // namespace
}  // namespace parley::ice
