// The operations chain and what goes through it: webrtc-pc section 4.4.1.2, 4.4.2.
#include "api/chain.hpp"
#include "api/configuration.hpp"

namespace parley::api {
namespace {

jsep::SdpType sdp_type(RTCSdpType type) {
  switch (type) {
    case RTCSdpType::Offer:
      return jsep::SdpType::Offer;
    case RTCSdpType::Pranswer:
      return jsep::SdpType::Pranswer;
    case RTCSdpType::Answer:
      return jsep::SdpType::Answer;
    case RTCSdpType::Rollback:
      break;
  }
  return jsep::SdpType::Rollback;
}

}  // namespace

/// webrtc-pc section 4.4.1.5: a description waits until all that setParameters() was asked for has been done, for it
/// may take encodings away that the program has just changed. That task has been posted before, so one round is enough.
void Peer::when_parameters_are_set(UniqueFunction<void()> operation) {
  queue([this, operation = std::move(operation)]() mutable {
    if (unsettled_parameters_ == 0) return operation();
    queue(std::move(operation));  // a program may go on asking
  });
}

void Peer::start_operation() { operations_.front().start(); }

void Peer::operation_finished() {
  if (closed_) return;
  operations_.pop_front();
  if (!operations_.empty()) {
    start_operation();
    return;
  }
  if (std::exchange(update_negotiation_needed_on_empty_chain_, false)) update_negotiation_needed();
}

/// webrtc-pc section 4.7.3, "update the negotiation-needed flag".
void Peer::update_negotiation_needed() {
  if (!operations_.empty()) {
    update_negotiation_needed_on_empty_chain_ = true;
    return;
  }
  queue([this] {
    if (!operations_.empty()) {
      update_negotiation_needed_on_empty_chain_ = true;
      return;
    }
    if (connection_.snapshot().state != jsep::SignalingState::Stable) return;
    if (!connection_.negotiation_needed()) {
      negotiation_needed_ = false;
      return;
    }
    if (lists_->get<"negotiationneeded">()->empty()) return;  // the event waits for its first handler
    if (std::exchange(negotiation_needed_, true)) return;
    fire<"negotiationneeded">();
  });
}

void Peer::create_offer(const RTCOfferOptions& options, const PromiseResolver<RTCSessionDescriptionInit>& done) {
  offer_to_receive(jsep::MediaKind::Audio, options.offerToReceiveAudio);
  offer_to_receive(jsep::MediaKind::Video, options.offerToReceiveVideo);
  const auto check = [this] { return jsep::check_can_offer(connection_.snapshot().state); };
  chain(done, check, [this, restart = options.iceRestart]() -> Result<RTCSessionDescriptionInit> {
    auto sdp = connection_.create_offer(restart);
    if (!sdp) return Unexpected(sdp.error());
    return RTCSessionDescriptionInit(RTCSdpType::Offer, *std::move(sdp));
  });
}

void Peer::create_answer(const PromiseResolver<RTCSessionDescriptionInit>& done) {
  const auto check = [this] { return jsep::check_can_answer(connection_.snapshot().state); };
  chain(done, check, [this]() -> Result<RTCSessionDescriptionInit> {
    auto sdp = connection_.create_answer();
    if (!sdp) return Unexpected(sdp.error());
    return RTCSessionDescriptionInit(RTCSdpType::Answer, *std::move(sdp));
  });
}

void Peer::set_local_description(RTCLocalSessionDescriptionInit description, const PromiseResolver<void>& done) {
  local_description_was_asked_for_ = true;
  const auto check = [this, description]() -> Result<void> {
    const jsep::Snapshot& snapshot = connection_.snapshot();
    const jsep::SdpType type =
        description.type ? sdp_type(*description.type) : jsep::implied_local_type(snapshot.state);
    if (type == jsep::SdpType::Rollback) return jsep::check_can_roll_back(snapshot.state);
    return description.sdp.empty() ? Result<void>() : jsep::check_unmodified(snapshot, type, description.sdp);
  };
  chain(done, check, [this, description = std::move(description)]() -> Result<void> {
    const jsep::SdpType type =
        description.type ? sdp_type(*description.type) : jsep::implied_local_type(connection_.snapshot().state);
    if (type == jsep::SdpType::Rollback || !description.sdp.empty())
      return set_description(jsep::Side::Local, type, description.sdp);
    auto implied = connection_.implied_description(type);
    if (!implied) return Unexpected(implied.error());
    return set_description(jsep::Side::Local, type, *implied);
  });
}

void Peer::set_remote_description(RTCSessionDescriptionInit description, const PromiseResolver<void>& done) {
  const auto check = [this, type = sdp_type(description.type)]() -> Result<void> {
    const jsep::SignalingState state = connection_.snapshot().state;
    const bool rolls_back = type == jsep::SdpType::Rollback || jsep::rollback_comes_first(state, type);
    return rolls_back ? jsep::check_can_roll_back(state) : Result<void>();
  };
  chain(done, check, [this, description = std::move(description)]() -> Result<void> {
    const jsep::SdpType type = sdp_type(description.type);
    if (jsep::rollback_comes_first(connection_.snapshot().state, type)) {
      if (auto rolled_back = set_description(jsep::Side::Local, jsep::SdpType::Rollback, ""); !rolled_back)
        return rolled_back;
      if (closed_) return {};
    }
    return set_description(jsep::Side::Remote, type, description.sdp);
  });
}

/// webrtc-pc section 4.4.1.5, the steps at the end of "set a session description" that a program can see.
Result<void> Peer::set_description(jsep::Side side, jsep::SdpType type, const std::string& sdp) {
  const RTCSignalingState before = signaling_state();
  auto applied = connection_.set_description(side, type, sdp);
  if (!applied) return Unexpected(std::move(applied).error());
  update_transports();
  update_sctp();
  const TrackNews news = apply_track_changes(*applied);
  update_transceivers(type);
  if (closed_) return {};
  if (signaling_state() == RTCSignalingState::Stable) {
    negotiation_needed_ = false;
    update_negotiation_needed();
  }
  if (signaling_state() != before) fire<"signalingstatechange">();
  if (!closed_) tell_track_changes(news);
  return {};
}

/// webrtc-pc section 4.4.2, restartIce.
void Peer::restart_ice() {
  if (closed_) return;
  connection_.request_ice_restart();
  update_negotiation_needed();
}

/// webrtc-pc section 4.4.1.6.
void Peer::set_configuration(const RTCConfiguration& configuration) {
  check_open();
  if (auto unchanged = check_unchanged(configuration_, configuration); !unchanged) throw_exception(unchanged.error());
  if (local_description_was_asked_for_ && configuration.iceCandidatePoolSize != configuration_.iceCandidatePoolSize)
    throw InvalidModificationError("iceCandidatePoolSize cannot be changed after setLocalDescription");
  auto ice = to_ice_config(configuration);
  if (!ice) throw_exception(ice.error());
  connection_.set_ice_config(*std::move(ice));
  // RFC 9429 section 4.1.18: what has been gathered otherwise does not stay for ever.
  if (gathers_otherwise(configuration_, configuration)) connection_.outdate_ice();
  connection_.set_candidate_pool_size(configuration.iceCandidatePoolSize);
  const NetworkOptions before = std::move(configuration_.network);
  const bool always_data = configuration_.alwaysNegotiateDataChannels;
  configuration_ = configuration;
  configuration_.alwaysNegotiateDataChannels = always_data;
  configuration_.network.loop = before.loop;
  configuration_.network.max_message_size = before.max_message_size;
  configuration_.network.congestion_controller = before.congestion_controller;
  configuration_.network.l4s = before.l4s;
}

void Peer::add_ice_candidate(RTCIceCandidateInit init, const PromiseResolver<void>& done) {
  if (!init.candidate.empty() && !init.sdpMid && !init.sdpMLineIndex) {
    done.reject(TypeError("a candidate needs sdpMid or sdpMLineIndex"));
    return;
  }
  jsep::CandidateInit candidate{.candidate = std::move(init.candidate),
                                .sdp_mid = std::move(init.sdpMid),
                                .sdp_mline_index = init.sdpMLineIndex,
                                .username_fragment = std::move(init.usernameFragment)};
  const auto check = [this, candidate] { return jsep::check_remote_candidate(connection_.snapshot(), candidate); };
  chain(done, check, [this, candidate = std::move(candidate)] { return connection_.add_remote_candidate(candidate); });
}

}  // namespace parley::api
