// From what transports report to states and events, in the order of webrtc-pc sections 5.5, 5.6 and 6.1.
#include <limits>

#include "api/candidates.hpp"
#include "api/peer.hpp"

namespace parley::api {
namespace {

RTCIceTransportState to_w3c(ice::State state) {
  switch (state) {
    case ice::State::New:
      return RTCIceTransportState::New;
    case ice::State::Checking:
      return RTCIceTransportState::Checking;
    case ice::State::Connected:
      return RTCIceTransportState::Connected;
    case ice::State::Completed:
      return RTCIceTransportState::Completed;
    case ice::State::Disconnected:
      return RTCIceTransportState::Disconnected;
    case ice::State::Failed:
      return RTCIceTransportState::Failed;
    case ice::State::Closed:
      break;
  }
  return RTCIceTransportState::Closed;
}

/// Both lists of states are in the specification's order, which is also the enumerations'.
RTCIceConnectionState to_connection(ice::State state) { return static_cast<RTCIceConnectionState>(to_w3c(state)); }
RTCDtlsTransportState to_w3c(dtls::State state) { return static_cast<RTCDtlsTransportState>(state); }

template <class T>
bool replace(T& slot, T value) {
  return std::exchange(slot, value) != value;
}

/// What has not begun stays new; what had is closed.
template <class State>
State without_transport(State before) {
  return before == State::New ? State::New : State::Closed;
}

}  // namespace

void Peer::on_transport_states() {
  std::optional<session::TransportStates> data;
  if (const session::Transport* transport = connection_.data_transport())
    data = {.ice = transport->ice_state(), .dtls = transport->dtls_state(), .gathering = transport->gathering()};
  queue([this, states = connection_.transport_states(), data] { apply_states(states, data); });
}

void Peer::apply_states(const std::vector<session::TransportStates>& states,
                        const std::optional<session::TransportStates>& data) {
  // All slots change before the first event is fired.
  const bool gathering = replace(gathering_state_, static_cast<RTCIceGatheringState>(session::gathering_state(states)));
  const bool ice = replace(ice_state_, to_connection(session::ice_connection_state(states)));
  const bool connection =
      replace(connection_state_, static_cast<RTCPeerConnectionState>(session::connection_state(states)));
  const auto dtls_core = sctp_core_ ? sctp_core_->dtls_core : nullptr;
  const auto ice_core = dtls_core ? dtls_core->ice_core : nullptr;
  const bool transport_gathering =
      ice_core && data && replace(ice_core->gathering, static_cast<RTCIceGathererState>(data->gathering));
  const bool transport_ice =
      ice_core && replace(ice_core->state, data ? to_w3c(data->ice) : without_transport(ice_core->state));
  const bool transport_dtls =
      dtls_core && replace(dtls_core->state, data ? to_w3c(data->dtls) : without_transport(dtls_core->state));
  if (transport_dtls && dtls_core->state == RTCDtlsTransportState::Connected && connection_.data_transport() != nullptr)
    dtls_core->remote_certificates = connection_.data_transport()->dtls().remote_certificates();

  // A handler may close the connection, which empties all lists of listeners: then the rest is silent by itself.
  if (transport_gathering) ice_core->lists->get<"gatheringstatechange">()->fire({"gatheringstatechange"});
  if (gathering) {
    fire<"icegatheringstatechange">();
    if (gathering_state_ == RTCIceGatheringState::Complete) fire<"icecandidate">(RTCPeerConnectionIceEvent{});
  }
  if (transport_ice) {
    fire_selected_pair();
    ice_core->lists->get<"statechange">()->fire({"statechange"});
  }
  if (ice) fire<"iceconnectionstatechange">();
  if (transport_dtls) dtls_core->lists->get<"statechange">()->fire({"statechange"});
  if (connection) fire<"connectionstatechange">();
}

/// webrtc-pc section 5.6: a pair and the state that comes with it change in one task. The agent tells of the state in a
/// task behind the one that tells of the pair, so the pair waits one round for it.
void Peer::on_selected_pair() {
  selected_pair_changed_ = true;
  queue([this] { queue([this] { fire_selected_pair(); }); });
}

void Peer::fire_selected_pair() {
  if (!std::exchange(selected_pair_changed_, false) || !sctp_core_) return;
  const auto lists = sctp_core_->dtls_core->ice_core->lists;
  lists->get<"selectedcandidatepairchange">()->fire({"selectedcandidatepairchange"});
}

void Peer::on_dtls_error(const Error& error) {
  queue([this, error = to_rtc_error(error, RTCErrorDetailType::DtlsFailure)] {
    if (!sctp_core_ || !replace(sctp_core_->dtls_core->state, RTCDtlsTransportState::Failed)) return;
    const auto lists = sctp_core_->dtls_core->lists;
    lists->get<"error">()->fire(RTCErrorEvent{error});
    lists->get<"statechange">()->fire({"statechange"});
  });
}

void Peer::on_local_candidate(const session::LocalCandidate& local) {
  RTCIceCandidate candidate({local.text, local.sdp_mid, local.sdp_mline_index, local.username_fragment});
  set_source(candidate, local.source);
  queue([this, event = RTCPeerConnectionIceEvent{.candidate = candidate, .url = candidate.url()}] {
    fire<"icecandidate">(event);
  });
}

void Peer::on_candidate_error(const ice::CandidateError& error) {
  RTCPeerConnectionIceErrorEvent event{.address = std::nullopt,
                                       .port = error.port,
                                       .url = error.url,
                                       .errorCode = static_cast<std::uint16_t>(error.code),
                                       .errorText = error.text};
  if (!error.address.empty()) event.address = error.address;
  queue([this, event = std::move(event)] { fire<"icecandidateerror">(event); });
}

/// webrtc-pc section 4.4.1.5: a description with a data section creates the RTCSctpTransport and what it stands on, an
/// answer says what it can send; a rollback and a rejection take it away.
void Peer::update_sctp() {
  const auto& data = connection_.snapshot().now.data;
  if (!data) {
    sctp_ = nullptr;
    return;
  }
  if (!sctp_) {
    auto ice = std::make_shared<IceTransportCore>();
    ice->loop = loop_;
    ice->peer = weak_from_this();
    auto dtls = std::make_shared<DtlsTransportCore>();
    dtls->loop = loop_;
    dtls->ice_core = ice;
    dtls->ice = std::make_shared<RTCIceTransport>(ice);
    sctp_core_ = std::make_shared<SctpTransportCore>();
    sctp_core_->loop = loop_;
    sctp_core_->dtls_core = dtls;
    sctp_core_->dtls = std::make_shared<RTCDtlsTransport>(dtls);
    sctp_ = std::make_shared<RTCSctpTransport>(sctp_core_);  // new in every respect; what changes is told in tasks
  }
  if (!data->sctp) return;
  const std::uint64_t limit = data->sctp->remote_max_message_size;
  const double bytes = limit == 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(limit);
  sctp_core_->max_message_size = bytes;
  for (auto& [key, channel] : channels_) channel.core->max_message_size = bytes;
}

void Peer::on_sctp_state(session::DataPlane::State state) {
  if (state == session::DataPlane::State::None || state == session::DataPlane::State::Connecting) return;
  const auto max_channels = connection_.data().max_channels();
  queue([this, state, max_channels] {
    if (!sctp_core_) return;
    if (max_channels) sctp_core_->max_channels = static_cast<std::uint16_t>(std::min(*max_channels, 65535U));
    const bool connected = state == session::DataPlane::State::Connected;
    if (replace(sctp_core_->state, connected ? RTCSctpTransportState::Connected : RTCSctpTransportState::Closed))
      sctp_core_->lists->get<"statechange">()->fire({"statechange"});
  });
}

}  // namespace parley::api
