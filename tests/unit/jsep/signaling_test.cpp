#include "jsep/signaling.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace parley::jsep {
namespace {

constexpr SignalingState kStates[] = {SignalingState::Stable,
                                      SignalingState::HaveLocalOffer,
                                      SignalingState::HaveRemoteOffer,
                                      SignalingState::HaveLocalPranswer,
                                      SignalingState::HaveRemotePranswer,
                                      SignalingState::Closed};
constexpr SdpType kTypes[] = {SdpType::Offer, SdpType::Pranswer, SdpType::Answer, SdpType::Rollback};
constexpr Side kSides[] = {Side::Local, Side::Remote};

/// RFC 9429 section 3.2 and webrtc-pc section 4.4.1.5, written down a second time in words.
const std::map<std::tuple<std::string, std::string, std::string>, std::string> kAllowed = {
    {{"stable", "local", "offer"}, "have-local-offer"},
    {{"stable", "remote", "offer"}, "have-remote-offer"},
    {{"have-local-offer", "local", "offer"}, "have-local-offer"},
    {{"have-local-offer", "local", "rollback"}, "stable"},
    {{"have-local-offer", "remote", "rollback"}, "stable"},
    {{"have-local-offer", "remote", "pranswer"}, "have-remote-pranswer"},
    {{"have-local-offer", "remote", "answer"}, "stable"},
    {{"have-remote-offer", "remote", "offer"}, "have-remote-offer"},
    {{"have-remote-offer", "local", "rollback"}, "stable"},
    {{"have-remote-offer", "remote", "rollback"}, "stable"},
    {{"have-remote-offer", "local", "pranswer"}, "have-local-pranswer"},
    {{"have-remote-offer", "local", "answer"}, "stable"},
    {{"have-local-pranswer", "local", "pranswer"}, "have-local-pranswer"},
    {{"have-local-pranswer", "local", "answer"}, "stable"},
    {{"have-remote-pranswer", "remote", "pranswer"}, "have-remote-pranswer"},
    {{"have-remote-pranswer", "remote", "answer"}, "stable"},
};

TEST(SignalingTable, AllowsExactlyWhatTheSpecificationsAllow) {
  for (const SignalingState state : kStates)
    for (const Side side : kSides)
      for (const SdpType type : kTypes) {
        const auto row =
            kAllowed.find({std::string(to_string(state)), std::string(to_string(side)), std::string(to_string(type))});
        const auto next = next_state(state, side, type);
        SCOPED_TRACE(std::string(to_string(state)) + " " + std::string(to_string(side)) + " " +
                     std::string(to_string(type)));
        ASSERT_EQ(next.has_value(), row != kAllowed.end());
        if (next) {
          EXPECT_EQ(to_string(*next), row->second);
        } else {
          EXPECT_EQ(next.error().kind, ErrorKind::InvalidStateError);
        }
      }
}

TEST(SignalingTable, IsKnownAtCompileTime) {
  static_assert(find_transition(SignalingState::Stable, Side::Local, SdpType::Offer)->to ==
                SignalingState::HaveLocalOffer);
  static_assert(find_transition(SignalingState::Stable, Side::Local, SdpType::Answer) == nullptr);
}

TEST(SignalingTable, ARemoteOfferRollsBackFirstWhereItIsNotAllowed) {
  std::set<SignalingState> states;
  for (const SignalingState state : kStates)
    if (rollback_comes_first(state, SdpType::Offer)) states.insert(state);
  EXPECT_EQ(states, (std::set{SignalingState::HaveLocalOffer, SignalingState::HaveLocalPranswer,
                              SignalingState::HaveRemotePranswer, SignalingState::Closed}));
  for (const SignalingState state : kStates) EXPECT_FALSE(rollback_comes_first(state, SdpType::Answer));
}

TEST(SignalingTable, SetLocalDescriptionWithoutATypeOffersOrAnswers) {
  const std::map<SignalingState, SdpType> implied = {
      {SignalingState::Stable, SdpType::Offer},
      {SignalingState::HaveLocalOffer, SdpType::Offer},
      {SignalingState::HaveRemotePranswer, SdpType::Offer},
      {SignalingState::HaveRemoteOffer, SdpType::Answer},
      {SignalingState::HaveLocalPranswer, SdpType::Answer},
  };
  for (const auto& [state, type] : implied) EXPECT_EQ(implied_local_type(state), type) << to_string(state);
}

}  // namespace
}  // namespace parley::jsep
