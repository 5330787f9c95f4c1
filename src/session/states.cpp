#include "session/states.hpp"

#include <algorithm>

namespace parley::session {
namespace {

template <class Predicate>
bool any(std::span<const TransportStates> transports, Predicate predicate) {
  return std::any_of(transports.begin(), transports.end(), predicate);
}

template <class Predicate>
bool all(std::span<const TransportStates> transports, Predicate predicate) {
  return std::all_of(transports.begin(), transports.end(), predicate);
}

/// Some transport is in the state of interest.
auto ice_is(ice::State state) {
  return [state](const TransportStates& t) { return t.ice == state; };
}

}  // namespace

GatheringState gathering_state(std::span<const TransportStates> transports) {
  using Gathering = Transport::Gathering;
  if (any(transports, [](const auto& t) { return t.gathering == Gathering::Gathering; }))
    return GatheringState::Gathering;
  if (!transports.empty() && all(transports, [](const auto& t) { return t.gathering == Gathering::Complete; }))
    return GatheringState::Complete;
  return GatheringState::New;
}

ice::State ice_connection_state(std::span<const TransportStates> transports) {
  using ice::State;
  if (any(transports, ice_is(State::Failed))) return State::Failed;
  if (any(transports, ice_is(State::Disconnected))) return State::Disconnected;
  const auto is_new_or_closed = [](const auto& t) { return t.ice == State::New || t.ice == State::Closed; };
  if (all(transports, is_new_or_closed)) return State::New;
  if (any(transports, [](const auto& t) { return t.ice == State::New || t.ice == State::Checking; }))
    return State::Checking;
  if (all(transports, [](const auto& t) { return t.ice == State::Completed || t.ice == State::Closed; }))
    return State::Completed;
  return State::Connected;
}

ConnectionState connection_state(std::span<const TransportStates> transports) {
  const auto has_failed = [](const auto& t) { return t.ice == ice::State::Failed || t.dtls == dtls::State::Failed; };
  if (any(transports, has_failed)) return ConnectionState::Failed;
  if (any(transports, ice_is(ice::State::Disconnected))) return ConnectionState::Disconnected;
  const auto is_new_or_closed = [](const auto& t) {
    return (t.ice == ice::State::New || t.ice == ice::State::Closed) &&
           (t.dtls == dtls::State::New || t.dtls == dtls::State::Closed);
  };
  if (all(transports, is_new_or_closed)) return ConnectionState::New;
  const auto is_on_the_way = [](const auto& t) {
    return t.ice == ice::State::New || t.ice == ice::State::Checking || t.dtls == dtls::State::New ||
           t.dtls == dtls::State::Connecting;
  };
  return any(transports, is_on_the_way) ? ConnectionState::Connecting : ConnectionState::Connected;
}

}  // namespace parley::session
