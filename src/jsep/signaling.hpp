#pragma once

#include <string_view>

#include "base/result.hpp"

/// The signaling state machine of RFC 9429 section 3.2, as data.
namespace parley::jsep {

/// webrtc-pc section 4.6.1.
enum class SdpType { Offer, Pranswer, Answer, Rollback };
/// webrtc-pc section 4.3.1.
enum class SignalingState { Stable, HaveLocalOffer, HaveRemoteOffer, HaveLocalPranswer, HaveRemotePranswer, Closed };
/// Which of the two a description describes: setLocalDescription or setRemoteDescription.
enum class Side { Local, Remote };

/// The W3C strings, e.g. "pranswer", "have-local-offer".
std::string_view to_string(SdpType type);
std::string_view to_string(SignalingState state);
/// "local" or "remote".
std::string_view to_string(Side side);

struct Transition {
  SignalingState from;
  Side side;
  SdpType type;
  SignalingState to;
};

/// Everything that is allowed; what is not here is an InvalidStateError.
inline constexpr Transition kTransitions[] = {
    {SignalingState::Stable, Side::Local, SdpType::Offer, SignalingState::HaveLocalOffer},
    {SignalingState::Stable, Side::Remote, SdpType::Offer, SignalingState::HaveRemoteOffer},
    {SignalingState::HaveLocalOffer, Side::Local, SdpType::Offer, SignalingState::HaveLocalOffer},
    {SignalingState::HaveLocalOffer, Side::Local, SdpType::Rollback, SignalingState::Stable},
    {SignalingState::HaveLocalOffer, Side::Remote, SdpType::Rollback, SignalingState::Stable},
    {SignalingState::HaveLocalOffer, Side::Remote, SdpType::Pranswer, SignalingState::HaveRemotePranswer},
    {SignalingState::HaveLocalOffer, Side::Remote, SdpType::Answer, SignalingState::Stable},
    {SignalingState::HaveRemoteOffer, Side::Remote, SdpType::Offer, SignalingState::HaveRemoteOffer},
    {SignalingState::HaveRemoteOffer, Side::Local, SdpType::Rollback, SignalingState::Stable},
    {SignalingState::HaveRemoteOffer, Side::Remote, SdpType::Rollback, SignalingState::Stable},
    {SignalingState::HaveRemoteOffer, Side::Local, SdpType::Pranswer, SignalingState::HaveLocalPranswer},
    {SignalingState::HaveRemoteOffer, Side::Local, SdpType::Answer, SignalingState::Stable},
    {SignalingState::HaveLocalPranswer, Side::Local, SdpType::Pranswer, SignalingState::HaveLocalPranswer},
    {SignalingState::HaveLocalPranswer, Side::Local, SdpType::Answer, SignalingState::Stable},
    {SignalingState::HaveRemotePranswer, Side::Remote, SdpType::Pranswer, SignalingState::HaveRemotePranswer},
    {SignalingState::HaveRemotePranswer, Side::Remote, SdpType::Answer, SignalingState::Stable},
};

/// The transition, or nullptr if the description is not allowed in this state.
constexpr const Transition* find_transition(SignalingState from, Side side, SdpType type) {
  for (const Transition& row : kTransitions)
    if (row.from == from && row.side == side && row.type == type) return &row;
  return nullptr;
}

/// The state after a description was applied. InvalidStateError if it is not allowed now.
Result<SignalingState> next_state(SignalingState from, Side side, SdpType type);

/// What createOffer, createAnswer and a rollback refuse before they begin: InvalidStateError (webrtc-pc sections 4.4.2
/// and 4.4.1.5).
Result<void> check_can_offer(SignalingState state);
Result<void> check_can_answer(SignalingState state);
Result<void> check_can_roll_back(SignalingState state);

/// Whether setRemoteDescription must first set a local rollback (webrtc-pc section 4.4.2, setRemoteDescription step 3):
/// an offer comes in a state that does not allow one. The rollback and the offer are two plans, and two changes of
/// state; a refused offer does not undo the rollback, and in a pranswer state it is the rollback that is refused.
constexpr bool rollback_comes_first(SignalingState state, SdpType remote_type) {
  return remote_type == SdpType::Offer && find_transition(state, Side::Remote, remote_type) == nullptr;
}

/// What setLocalDescription without a type means (webrtc-pc section 4.4.2, setLocalDescription step 4.1).
constexpr SdpType implied_local_type(SignalingState state) {
  const bool offer = state == SignalingState::Stable || state == SignalingState::HaveLocalOffer ||
                     state == SignalingState::HaveRemotePranswer;
  return offer ? SdpType::Offer : SdpType::Answer;
}

}  // namespace parley::jsep
