// Whatever is created and set in whatever order: nothing crashes, every rule holds, and a refusal has no effect.
#include "support/negotiation_walk.hpp"

#include <gtest/gtest.h>

#include <random>

#include "jsep/plan.hpp"
#include "unit/sdp/recordings.hpp"

namespace parley::jsep {
namespace {

std::vector<std::uint8_t> random_bytes(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 8);
  return bytes;
}

TEST(NegotiationWalk, BreaksNoRule) {
  const auto samples = test::read_descriptions(std::string(PARLEY_TEST_DATA) + "/sdp");
  ASSERT_GT(samples.size(), 20u);
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto broken = test::walk_through_negotiation(random_bytes(seed, 400), samples);
    ASSERT_FALSE(broken) << "seed " << seed << ": " << *broken;
  }
}

/// With the descriptions of one peer and ours to it, which fit together.
TEST(NegotiationWalk, BreaksNoRuleWithWhatPeersWrote) {
  for (const std::string& peer : sdp::recorded_peers()) {
    const auto samples = test::read_descriptions(std::string(PARLEY_TEST_DATA) + "/sdp/recorded/" + peer);
    ASSERT_FALSE(samples.empty()) << peer;
    for (unsigned seed = 0; seed < 12; ++seed) {
      const auto broken = test::walk_through_negotiation(random_bytes(seed, 400), samples);
      ASSERT_FALSE(broken) << peer << ", seed " << seed << ": " << *broken;
    }
  }
}

/// That a refusal leaves nothing behind is said by comparing snapshots: so no member may be left out of it. The names
/// below do not compile any more when there are others.
TEST(Snapshot, IsComparedWhole) {
  const Snapshot original;
  auto [state, current_local, current_remote, pending_local, pending_remote, now, stable, transceivers,
        next_transceiver, capabilities, encryption, offer, answer, session_id, session_version, next_transport,
        past_mids, replaced, outdated, past_extensions] = original;
  const AppliedDescription description{.sdp = "x"};
  const auto differs = [&](auto member, auto value) {
    Snapshot changed = original;
    changed.*member = std::move(value);
    return !(changed == original);
  };
  EXPECT_TRUE(differs(&Snapshot::state, SignalingState::HaveLocalOffer));
  for (const auto member :
       {&Snapshot::current_local, &Snapshot::current_remote, &Snapshot::pending_local, &Snapshot::pending_remote})
    EXPECT_TRUE(differs(member, description));
  EXPECT_TRUE(differs(&Snapshot::now, Agreement{.sections = {{.mid = "0"}}}));
  EXPECT_TRUE(differs(&Snapshot::stable, Agreement{.data = DataSection{}}));
  EXPECT_TRUE(differs(&Snapshot::transceivers, std::vector<Transceiver>(1)));
  EXPECT_TRUE(differs(&Snapshot::next_transceiver, TransceiverId(next_transceiver.get() + 1)));
  EXPECT_TRUE(differs(&Snapshot::capabilities, std::make_shared<const MediaCapabilities>()));
  EXPECT_TRUE(differs(&Snapshot::header_encryption, HeaderEncryption::Require));
  EXPECT_TRUE(differs(&Snapshot::last_created_offer, CreatedDescription{}));
  EXPECT_TRUE(differs(&Snapshot::last_created_answer, CreatedDescription{}));
  EXPECT_TRUE(differs(&Snapshot::session_id, session_id + 1));
  EXPECT_TRUE(differs(&Snapshot::session_version, session_version + 1));
  EXPECT_TRUE(differs(&Snapshot::next_transport, TransportId(next_transport.get() + 1)));
  EXPECT_TRUE(differs(&Snapshot::past_mids, std::unordered_set<std::string>{"0"}));
  EXPECT_TRUE(differs(&Snapshot::ice_credentials_to_replace, std::vector<IceCredentials>(1)));
  EXPECT_TRUE(differs(&Snapshot::outdated_ice_credentials, std::vector<IceCredentials>(1)));
  ExtensionIds ids;
  ids.bind({.id = 1, .uri = "urn:x"});
  EXPECT_TRUE(differs(&Snapshot::past_extensions, ids));
}

}  // namespace
}  // namespace parley::jsep
