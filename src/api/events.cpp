// From what transports report to states and events, in the order of webrtc-pc sections 5.5, 5.6 and 6.1.
#include <algorithm>
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

/// Those that transceivers and the RTCSctpTransport refer to (webrtc-pc sections 4.3.2 to 4.3.4): once a provisional
/// answer bundles, the others live on for the final one, and count no more.
std::vector<session::TransportStates> used_by(const jsep::Agreement& now,
                                              const std::vector<session::TransportStates>& states) {
  std::vector<session::TransportStates> used;
  for (const session::TransportStates& one : states) {
    const bool media = std::ranges::any_of(now.media, [&](const auto& section) { return section.transport == one.id; });
    if (media || (now.data && now.data->transport == one.id)) used.push_back(one);
  }
  return used;
}

/// What has not begun is new as long as a description has it; else it is closed.
template <class State>
State without_transport(State before, bool described) {
  return before == State::New && described ? State::New : State::Closed;
}

}  // namespace

void Peer::on_transport_states() {
  queue([this, states = connection_.transport_states()] { apply_states(states); });
}

void Peer::apply_states(const std::vector<session::TransportStates>& states) {
  struct Change {
    jsep::TransportId id;
    std::shared_ptr<DtlsTransportCore> core;
    bool gathering = false, ice = false, dtls = false;
  };
  // All slots change before the first event is fired.
  const auto used = used_by(connection_.snapshot().now, states);
  const bool gathering = replace(gathering_state_, static_cast<RTCIceGatheringState>(session::gathering_state(used)));
  const bool ice = replace(ice_state_, to_connection(session::ice_connection_state(used)));
  const bool connection =
      replace(connection_state_, static_cast<RTCPeerConnectionState>(session::connection_state(used)));
  std::vector<Change> changes;
  for (const auto& [id, objects] : transports_) {
    Change change{.id = id, .core = objects.core};
    IceTransportCore& ice_core = *objects.core->ice_core;
    const auto now = std::ranges::find(states, id, &session::TransportStates::id);
    const bool lives = now != states.end();
    const bool described = jsep::transport_by_id(connection_.snapshot().now, id) != nullptr;
    change.gathering = lives && replace(ice_core.gathering, static_cast<RTCIceGathererState>(now->gathering));
    change.ice = replace(ice_core.state, lives ? to_w3c(now->ice) : without_transport(ice_core.state, described));
    change.dtls =
        replace(objects.core->state, lives ? to_w3c(now->dtls) : without_transport(objects.core->state, described));
    const session::Transport* transport = connection_.transport(id);
    if (change.dtls && objects.core->state == RTCDtlsTransportState::Connected && transport != nullptr)
      objects.core->remote_certificates = transport->dtls().remote_certificates();
    if (change.gathering || change.ice || change.dtls) changes.push_back(std::move(change));
  }
  const auto forgotten = forget_unused_transports();

  // A handler may close the connection, which empties all lists of listeners: then the rest is silent by itself.
  for (const Change& change : changes)
    if (change.gathering) change.core->ice_core->lists->get<"gatheringstatechange">()->fire({"gatheringstatechange"});
  if (gathering) {
    fire<"icegatheringstatechange">();
    if (gathering_state_ == RTCIceGatheringState::Complete) fire<"icecandidate">(RTCPeerConnectionIceEvent{});
  }
  for (const Change& change : changes) {
    if (!change.ice) continue;
    fire_selected_pair(change.id);
    change.core->ice_core->lists->get<"statechange">()->fire({"statechange"});
  }
  if (ice) fire<"iceconnectionstatechange">();
  for (const Change& change : changes)
    if (change.dtls) change.core->lists->get<"statechange">()->fire({"statechange"});
  if (connection) fire<"connectionstatechange">();
  for (const auto& core : forgotten) {
    core->ice_core->lists->close();
    core->lists->close();
  }
}

/// Those that no section has any more, once their last state is known. What they call may own them.
std::vector<std::shared_ptr<DtlsTransportCore>> Peer::forget_unused_transports() {
  std::vector<std::shared_ptr<DtlsTransportCore>> forgotten;
  const jsep::Agreement& now = connection_.snapshot().now;
  std::erase_if(transports_, [&](const auto& entry) {
    const bool used =
        jsep::transport_by_id(now, entry.first) != nullptr || connection_.transport(entry.first) != nullptr;
    if (!used) forgotten.push_back(entry.second.core);
    return !used;
  });
  return forgotten;
}

/// webrtc-pc section 5.6: a pair and the state that comes with it change in one task. The agent tells of the state in a
/// task behind the one that tells of the pair, so the pair waits one round for it.
void Peer::on_selected_pair(jsep::TransportId transport) {
  const auto found = transports_.find(transport);
  if (found == transports_.end()) return;
  found->second.selected_pair_changed = true;
  queue([this, transport] { queue([this, transport] { fire_selected_pair(transport); }); });
}

void Peer::fire_selected_pair(jsep::TransportId transport) {
  const auto found = transports_.find(transport);
  if (found == transports_.end() || !std::exchange(found->second.selected_pair_changed, false)) return;
  const auto lists = found->second.core->ice_core->lists;
  lists->get<"selectedcandidatepairchange">()->fire({"selectedcandidatepairchange"});
}

void Peer::on_dtls_error(jsep::TransportId transport, const Error& error) {
  queue([this, transport, error = to_rtc_error(error, RTCErrorDetailType::DtlsFailure)] {
    const auto found = transports_.find(transport);
    if (found == transports_.end() || !replace(found->second.core->state, RTCDtlsTransportState::Failed)) return;
    const auto lists = found->second.core->lists;
    lists->get<"error">()->fire(RTCErrorEvent{error});
    lists->get<"statechange">()->fire({"statechange"});
  });
}

Peer::TransportObjects& Peer::transport_for(jsep::TransportId id) {
  TransportObjects& objects = transports_[id];
  if (objects.core) return objects;
  auto ice = std::make_shared<IceTransportCore>();
  ice->loop = loop_;
  ice->peer = weak_from_this();
  ice->id = id;
  objects.core = std::make_shared<DtlsTransportCore>();
  objects.core->loop = loop_;
  objects.core->ice_core = ice;
  objects.core->ice = std::make_shared<RTCIceTransport>(ice);
  objects.object = std::make_shared<RTCDtlsTransport>(objects.core);  // new in every respect; changes are told in tasks
  return objects;
}

std::shared_ptr<RTCDtlsTransport> Peer::transport_object(std::optional<jsep::TransportId> id) {
  return id ? transport_for(*id).object : nullptr;
}

/// webrtc-pc section 4.4.1.5: a description creates the transports of its sections, and from the first offer on they
/// have a role.
void Peer::update_transports() {
  const jsep::Snapshot& snapshot = connection_.snapshot();
  for (const jsep::Transport& transport : snapshot.now.transports) {
    RTCIceRole& role = transport_for(transport.id).core->ice_core->role;
    if (role != RTCIceRole::Unknown) continue;
    const bool to_lite = snapshot.pending_remote && snapshot.pending_remote->parsed.ice_lite;
    const bool offered = snapshot.state == jsep::SignalingState::HaveRemoteOffer;
    role = offered && !to_lite ? RTCIceRole::Controlled : RTCIceRole::Controlling;
  }
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

/// webrtc-pc section 4.4.1.5: a description with a data section creates the RTCSctpTransport, an answer says what it
/// can send and what carries it; a rollback and a rejection take it away.
void Peer::update_sctp() {
  const auto& data = connection_.snapshot().now.data;
  if (!data) {
    sctp_ = nullptr;
    return;
  }
  if (!sctp_) {
    if (sctp_core_) sctp_core_->lists->close();
    sctp_core_ = std::make_shared<SctpTransportCore>();
    sctp_core_->loop = loop_;
    sctp_ = std::make_shared<RTCSctpTransport>(sctp_core_);  // new in every respect; what changes is told in tasks
  }
  if (data->transport) sctp_core_->dtls = transport_object(data->transport);
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
