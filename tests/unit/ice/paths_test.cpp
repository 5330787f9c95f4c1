#include <gtest/gtest.h>

#include "ice/paths.hpp"

namespace parley::ice {
namespace {

struct IcePaths : ::testing::Test {
  const Credentials local{"LLLL", "local password of 22 c"}, remote{"RRRR", "remote password 22 char"};
  const SocketAddress base = *SocketAddress::parse("10.0.0.2", 1000);
  const SocketAddress mapped = *SocketAddress::parse("192.0.2.1", 1000);
  const SocketAddress host = *SocketAddress::parse("10.0.0.3", 2000);
  const SocketAddress reflexive = *SocketAddress::parse("192.0.2.2", 2000);
  const SocketAddress stranger = *SocketAddress::parse("192.0.2.3", 3000);
  static constexpr std::uint32_t kHost = 126U << 24, kReflexive = 100U << 24, kStranger = 110U << 24;
  TimePoint now{1h};
  Paths paths{true};

  void SetUp() override {
    paths.set_local(local);
    paths.set_remote(remote);
    paths.add_base(base, kHost | 0xFFFF);
    paths.add_remote(host, kHost);
    paths.add_remote(reflexive, kReflexive);
  }

  /// A check of the peer's.
  [[nodiscard]] Bytes check(bool nominate = false, bool controlling = false) const {
    stun::Writer writer(stun::Method::Binding, stun::Class::Request, stun::make_transaction_id(1));
    writer.text(stun::kUsername, "LLLL:RRRR").number(stun::kPriority, kStranger);
    writer.number64(controlling ? stun::kIceControlling : stun::kIceControlled, 7);
    if (nominate) writer.flag(stun::kUseCandidate);
    return writer.integrity(as_bytes(local.password)).fingerprint().take();
  }
  /// The peer's answer to `request`, or to one of libnice's.
  [[nodiscard]] Bytes answer(const Bytes* request = nullptr, std::string_view password = {}) const {
    stun::TransactionId id = stun::make_transaction_id(2);
    if (request != nullptr) id = stun::parse(*request)->id;
    stun::Writer writer(stun::Method::Binding, stun::Class::Success, id);
    // XOR-MAPPED-ADDRESS of `mapped`
    const std::string value{'\0', '\1', '\x22', '\xFA', '\xE1', '\x12', '\xA6', '\x43'};
    writer.text(0x0020, value);
    return writer.integrity(as_bytes(password.empty() ? remote.password : password)).fingerprint().take();
  }
  bool arrives(const Bytes& datagram, const SocketAddress& from) { return paths.arrived(datagram, {base, from}, now); }
  std::vector<Paths::Outgoing> after(Duration time) {
    now += time;
    return paths.advance(now);
  }
  static const Paths::Outgoing* to(const std::vector<Paths::Outgoing>& out, const SocketAddress& remote) {
    for (const auto& o : out)
      if (o.path.remote == remote) return &o;
    return nullptr;
  }
  void select_reflexive() { paths.selected(Path{base, reflexive}, now); }
  /// Lets time pass, the peer answering at `living` only, until a choice is made or there is nothing left to do.
  std::optional<Paths::Choice> outcome(const std::vector<SocketAddress>& living) {
    for (int i = 0; i < 100; ++i) {
      for (const auto& out : paths.advance(now))
        if (std::find(living.begin(), living.end(), out.path.remote) != living.end())
          arrives(answer(&out.message), out.path.remote);
      if (auto choice = paths.take_choice()) return choice;
      if (!paths.next_deadline()) return std::nullopt;
      now = *paths.next_deadline();
    }
    ADD_FAILURE() << "no end";
    return std::nullopt;
  }
};

TEST_F(IcePaths, ASingleValidPathIsNominatedSoon) {
  EXPECT_FALSE(paths.next_deadline());
  EXPECT_TRUE(arrives(answer(), reflexive));
  EXPECT_EQ(paths.next_deadline(), now + Paths::kBetter);
  EXPECT_TRUE(after(Paths::kBetter - 1ms).empty());
  const auto out = after(1ms);
  ASSERT_EQ(out.size(), 1U);
  const auto message = stun::parse(out[0].message);
  ASSERT_TRUE(message);
  EXPECT_TRUE(stun::verify(out[0].message, as_bytes(remote.password)));
  EXPECT_EQ(message->username, "RRRR:LLLL");
  EXPECT_EQ(message->priority, kStranger | 0xFFFF);
  EXPECT_TRUE(message->use_candidate && message->controlling && !message->controlled);
  EXPECT_FALSE(paths.take_choice());
  arrives(answer(&out[0].message), reflexive);
  const auto choice = paths.take_choice();
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->path, (Path{base, reflexive}));
  EXPECT_EQ(choice->mapped, mapped);
}

TEST_F(IcePaths, CountsWhatThePeerAsksAndAnswersOnEachPath) {
  arrives(check(), reflexive);
  arrives(check(), reflexive);
  arrives(answer(), reflexive);
  arrives(answer(), host);
  arrives(answer(nullptr, "somebody else's password"), host);
  const auto heard = [&](const SocketAddress& from) {
    const HeardStun stun = paths.heard({base, from});
    return std::pair(stun.requests, stun.answers);
  };
  EXPECT_EQ(heard(reflexive), std::pair(2UL, 1UL));
  EXPECT_EQ(heard(host), std::pair(0UL, 1UL));
  EXPECT_EQ(heard(stranger), std::pair(0UL, 0UL));
  ASSERT_EQ(paths.valid().size(), 2U);
  EXPECT_EQ(paths.valid()[0].path, (Path{base, reflexive}));
  EXPECT_EQ(paths.valid()[1].mapped, mapped);
}

TEST_F(IcePaths, CountsChecksThatCameBeforeTheAnswer) {
  Paths early(true);
  early.set_local(local);
  for (int i = 0; i < 3; ++i) early.arrived(check(), {base, host}, now);
  early.set_remote(remote);
  EXPECT_EQ(early.heard({base, host}).requests, 3U);
}

TEST_F(IcePaths, CountsOnlySoManyPaths) {
  for (std::uint16_t port = 1; port <= Paths::kMaxHeard + 1; ++port)
    arrives(check(), *SocketAddress::parse("192.0.2.9", port));
  EXPECT_EQ(paths.heard({base, *SocketAddress::parse("192.0.2.9", 1)}).requests, 0U);
  EXPECT_EQ(paths.heard({base, *SocketAddress::parse("192.0.2.9", 2)}).requests, 1U);
}

TEST_F(IcePaths, TheBestOfTheValidOnesIsNominated) {
  arrives(answer(), reflexive);
  now += 10ms;
  arrives(answer(), host);
  arrives(check(), stranger);  // from which no answer has come
  const auto out = after(Paths::kBetter);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].path.remote, host);
}

TEST_F(IcePaths, ALostNominationIsRepeatedAndAnotherPathTakenInTheEnd) {
  arrives(answer(), reflexive);
  arrives(answer(), host);
  int sends = 0;
  for (; sends < Paths::kSends + 1; ++sends) {
    now = paths.next_deadline().value_or(now);
    if (!to(paths.advance(now), host)) break;
  }
  EXPECT_EQ(sends, Paths::kSends);
  const auto choice = outcome({reflexive});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->path.remote, reflexive);
}

TEST_F(IcePaths, APathThatOnlyTheirChecksTakeIsCheckedBeforeItIsNominated) {
  arrives(check(), reflexive);
  auto out = after(Paths::kBetter);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_FALSE(stun::parse(out[0].message)->use_candidate);
  arrives(answer(&out[0].message), reflexive);
  EXPECT_FALSE(paths.take_choice());
  out = after(0ms);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(stun::parse(out[0].message)->use_candidate);
}

TEST_F(IcePaths, NobodyElseIsBelieved) {
  EXPECT_FALSE(arrives(answer(nullptr, "another password 22 ch"), reflexive));
  Bytes changed = check();
  changed[40] ^= 1;
  EXPECT_FALSE(arrives(changed, reflexive));
  EXPECT_FALSE(arrives(Bytes{}, reflexive));
  EXPECT_FALSE(arrives(Bytes(100, 0x80), reflexive));
  EXPECT_FALSE(paths.next_deadline());
}

TEST_F(IcePaths, LibnicesChoiceEndsTheSearch) {
  arrives(answer(), reflexive);
  select_reflexive();
  EXPECT_FALSE(paths.next_deadline());
  EXPECT_TRUE(after(1s).empty());
}

TEST_F(IcePaths, TheControlledSideNominatesNothing) {
  paths.set_controlling(false);
  arrives(answer(), reflexive);
  EXPECT_TRUE(after(1s).empty());
  EXPECT_FALSE(paths.next_deadline());
}

TEST_F(IcePaths, ARoleConflictIsLeftToLibnice) {
  arrives(answer(), reflexive);
  arrives(check(false, true), reflexive);
  EXPECT_TRUE(after(1s).empty());
  EXPECT_FALSE(paths.next_deadline());
}

TEST_F(IcePaths, WhoControlsAfterAConflictThePeersNextCheckTells) {
  arrives(answer(), reflexive);
  arrives(check(false, true), reflexive);
  EXPECT_TRUE(paths.controlling());
  select_reflexive();
  arrives(check(), reflexive);
  EXPECT_TRUE(paths.controlling());
  arrives(check(false, true), reflexive);
  EXPECT_FALSE(paths.controlling());
}

TEST_F(IcePaths, APeerWhoHasMovedIsFollowed) {
  select_reflexive();
  now += 5s;
  EXPECT_TRUE(arrives(check(), stranger));
  const auto out = after(0ms);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_FALSE(stun::parse(to(out, reflexive)->message)->use_candidate);
  EXPECT_TRUE(stun::parse(to(out, stranger)->message)->use_candidate);
  arrives(answer(&to(out, stranger)->message), stranger);
  const TimePoint began = now;
  const auto choice = outcome({stranger});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->path.remote, stranger);
  EXPECT_LT(now - began, 2s);
}

TEST_F(IcePaths, APeerWhoIsStillThereIsNot) {
  select_reflexive();
  now += 5s;
  arrives(check(), stranger);
  EXPECT_FALSE(outcome({reflexive, stranger}));
  // A second address of the peer's is compared once, and again only if the first falls silent.
  now += 5s;
  arrives(check(), reflexive);
  arrives(check(), stranger);
  EXPECT_TRUE(after(0ms).empty());
  now += Paths::kSilence;
  arrives(check(), stranger);
  const auto choice = outcome({stranger});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->path.remote, stranger);
}

TEST_F(IcePaths, APathThatDoesNotAnswerIsNot) {
  select_reflexive();
  now += 5s;
  arrives(check(), stranger);
  EXPECT_FALSE(outcome({}));
}

TEST_F(IcePaths, TheControlledSideFollowsNominations) {
  paths.set_controlling(false);
  select_reflexive();
  now += 5s;
  arrives(check(false, true), stranger);
  EXPECT_TRUE(after(0ms).empty());
  arrives(check(true, true), stranger);
  const auto choice = outcome({stranger});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->path.remote, stranger);
}

TEST_F(IcePaths, ChecksBeforeTheAnswerAreCountedOncePerAddress) {
  Paths early(true);
  early.set_local(local);
  const auto arrives_from = [&](std::uint16_t port, const Bytes& datagram) {
    return early.arrived(datagram, {base, *SocketAddress::parse("198.51.100.1", port)}, now);
  };
  Bytes forged = check();
  forged[40] ^= 1;
  for (std::uint16_t port = 1; port < 1000; ++port) EXPECT_FALSE(arrives_from(port, forged));
  for (std::uint16_t port = 1; port < Paths::kMaxEarly; ++port)
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(arrives_from(port, check()));
  EXPECT_FALSE(early.too_many_early());
  EXPECT_TRUE(arrives_from(5000, check()));
  EXPECT_TRUE(early.too_many_early());
  early.set_remote(remote);
  EXPECT_FALSE(early.too_many_early());
}

TEST_F(IcePaths, ChecksFromEverywhereMakeFewOfOurs) {
  select_reflexive();
  std::size_t sent = 0;
  for (std::uint16_t port = 1; port <= 1000; ++port) {
    arrives(check(), *SocketAddress::parse("198.51.100.1", port));
    for (const auto& out : after(1ms)) {
      ++sent;
      if (out.path.remote == reflexive) arrives(answer(&out.message), reflexive);
    }
  }
  EXPECT_LE(sent, 6U);
}

TEST_F(IcePaths, ANominationMeasuresTheRoundTrip) {
  arrives(answer(), reflexive);
  const auto out = after(Paths::kBetter);
  ASSERT_EQ(out.size(), 1U);
  now += 30ms;
  arrives(answer(&out[0].message), reflexive);
  const RoundTrips measured = paths.round_trips({base, reflexive});
  EXPECT_EQ(measured.last, 30ms);
  EXPECT_EQ(measured.total, 30ms);
  EXPECT_EQ(measured.answers, 1U);
  EXPECT_EQ(paths.round_trips({base, host}).answers, 0U);
}

TEST_F(IcePaths, MeasuresTheSelectedPathWhenAskedTo) {
  EXPECT_FALSE(paths.measure(now));
  select_reflexive();
  for (const Duration round_trip : {Duration(20ms), Duration(40ms)}) {
    EXPECT_TRUE(paths.measure(now));
    EXPECT_FALSE(paths.measure(now));
    const auto out = after(0ms);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_FALSE(stun::parse(out[0].message)->use_candidate);
    now += round_trip;
    arrives(answer(&out[0].message), reflexive);
    EXPECT_EQ(paths.round_trips({base, reflexive}).last, round_trip);
    EXPECT_FALSE(paths.measure(now));  // that was a moment ago
    EXPECT_FALSE(paths.next_deadline());
    now += Paths::kFresh;
  }
  EXPECT_EQ(paths.round_trips({base, reflexive}).total, 60ms);
  EXPECT_EQ(paths.round_trips({base, reflexive}).answers, 2U);
}

TEST_F(IcePaths, ARepeatedQuestionMeasuresNothing) {
  select_reflexive();
  ASSERT_TRUE(paths.measure(now));
  const auto first = after(0ms), second = after(Paths::kFirstTimeout);
  ASSERT_EQ(second.size(), 1U);
  arrives(answer(&first[0].message), reflexive);
  EXPECT_EQ(paths.round_trips({base, reflexive}).answers, 0U);
}

TEST_F(IcePaths, AMeasurementWithoutAnAnswerChangesNothing) {
  select_reflexive();
  ASSERT_TRUE(paths.measure(now));
  EXPECT_FALSE(outcome({}));
  EXPECT_EQ(paths.selected_path(), (Path{base, reflexive}));
  EXPECT_FALSE(paths.next_deadline());
}

}  // namespace
}  // namespace parley::ice
