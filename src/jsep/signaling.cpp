#include "jsep/signaling.hpp"

#include <string>

namespace parley::jsep {

std::string_view to_string(SdpType type) {
  switch (type) {
    case SdpType::Offer:
      return "offer";
    case SdpType::Pranswer:
      return "pranswer";
    case SdpType::Answer:
      return "answer";
    case SdpType::Rollback:
      return "rollback";
  }
  return "";
}

std::string_view to_string(SignalingState state) {
  switch (state) {
    case SignalingState::Stable:
      return "stable";
    case SignalingState::HaveLocalOffer:
      return "have-local-offer";
    case SignalingState::HaveRemoteOffer:
      return "have-remote-offer";
    case SignalingState::HaveLocalPranswer:
      return "have-local-pranswer";
    case SignalingState::HaveRemotePranswer:
      return "have-remote-pranswer";
    case SignalingState::Closed:
      return "closed";
  }
  return "";
}

std::string_view to_string(Side side) { return side == Side::Local ? "local" : "remote"; }

Result<void> check_can_offer(SignalingState state) {
  if (state == SignalingState::Stable || state == SignalingState::HaveLocalOffer) return {};
  return fail(ErrorKind::InvalidStateError, "an offer cannot be created in the state " + std::string(to_string(state)));
}

Result<void> check_can_answer(SignalingState state) {
  if (state == SignalingState::HaveRemoteOffer || state == SignalingState::HaveLocalPranswer) return {};
  return fail(ErrorKind::InvalidStateError,
              "an answer cannot be created in the state " + std::string(to_string(state)));
}

Result<void> check_can_roll_back(SignalingState state) {
  if (state == SignalingState::HaveLocalOffer || state == SignalingState::HaveRemoteOffer) return {};
  return fail(ErrorKind::InvalidStateError, "nothing can be rolled back in the state " + std::string(to_string(state)));
}

Result<SignalingState> next_state(SignalingState from, Side side, SdpType type) {
  if (const Transition* row = find_transition(from, side, type)) return row->to;
  return fail(ErrorKind::InvalidStateError, "a " + std::string(to_string(side)) + " description of type " +
                                                std::string(to_string(type)) + " cannot be set in the state " +
                                                std::string(to_string(from)));
}

}  // namespace parley::jsep
