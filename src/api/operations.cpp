// The operations chain and what goes through it: webrtc-pc section 4.4.1.2, 4.4.2.
#include "api/peer.hpp"
#include "base/reactor.hpp"

namespace parley::api {
namespace {

jsep::SdpType to_jsep(RTCSdpType type) {
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

template <class T>
void settle(const PromiseResolver<T>& done, Result<T> result) {
  if (!result) {
    done.reject(to_exception(result.error()));
  } else if constexpr (std::is_void_v<T>) {
    done.resolve();
  } else {
    done.resolve(*std::move(result));
  }
}

InvalidStateError closed_error() { return InvalidStateError("the connection is closed"); }

}  // namespace

/// webrtc-pc "chain an operation to a connection's operations chain". The operation runs as a task of its own and
/// settles `done` there.
template <class T, class F>
void Peer::chain(const PromiseResolver<T>& done, F operation) {
  if (closed_) {  // step 2
    done.reject(closed_error());
    return;
  }
  operations_.push_back({.start =
                             [this, done, operation = std::move(operation)]() mutable {
                               queue([this, done, operation = std::move(operation)]() mutable {
                                 Result<T> result = operation();
                                 if (closed_) return;  // by a handler; close() has rejected the promise
                                 // Before the program's own reactions to the promise, as ours was attached first (step
                                 // 6).
                                 loop_->reactor().microtask(
                                     [self = shared_from_this()] { self->operation_finished(); });
                                 settle(done, std::move(result));
                               });
                             },
                         .abort = [done](std::exception_ptr error) { done.reject(std::move(error)); }});
  if (operations_.size() == 1) start_operation();  // step 5
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
    if (std::exchange(negotiation_needed_, true)) return;
    fire<"negotiationneeded">();
  });
}

void Peer::create_offer(const RTCOfferOptions& options, const PromiseResolver<RTCSessionDescriptionInit>& done) {
  chain(done, [this, restart = options.iceRestart]() -> Result<RTCSessionDescriptionInit> {
    auto sdp = connection_.create_offer(restart);
    if (!sdp) return Unexpected(sdp.error());
    return RTCSessionDescriptionInit(RTCSdpType::Offer, *std::move(sdp));
  });
}

void Peer::create_answer(const PromiseResolver<RTCSessionDescriptionInit>& done) {
  chain(done, [this]() -> Result<RTCSessionDescriptionInit> {
    auto sdp = connection_.create_answer();
    if (!sdp) return Unexpected(sdp.error());
    return RTCSessionDescriptionInit(RTCSdpType::Answer, *std::move(sdp));
  });
}

void Peer::set_local_description(RTCLocalSessionDescriptionInit description, const PromiseResolver<void>& done) {
  chain(done, [this, description = std::move(description)]() -> Result<void> {
    const jsep::SdpType type =
        description.type ? to_jsep(*description.type) : jsep::implied_local_type(connection_.snapshot().state);
    if (type == jsep::SdpType::Rollback || !description.sdp.empty())
      return set_description(jsep::Side::Local, type, description.sdp);
    auto implied = connection_.implied_description(type);
    if (!implied) return Unexpected(implied.error());
    return set_description(jsep::Side::Local, type, *implied);
  });
}

void Peer::set_remote_description(RTCSessionDescriptionInit description, const PromiseResolver<void>& done) {
  chain(done, [this, description = std::move(description)]() -> Result<void> {
    const jsep::SdpType type = to_jsep(description.type);
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
  if (auto applied = connection_.set_description(side, type, sdp); !applied) return applied;
  update_sctp();
  if (signaling_state() == RTCSignalingState::Stable) {
    negotiation_needed_ = false;
    update_negotiation_needed();
  }
  if (signaling_state() != before) fire<"signalingstatechange">();
  return {};
}

void Peer::add_ice_candidate(RTCIceCandidateInit init, const PromiseResolver<void>& done) {
  if (!init.candidate.empty() && !init.sdpMid && !init.sdpMLineIndex) {
    done.reject(TypeError("a candidate needs sdpMid or sdpMLineIndex"));
    return;
  }
  chain(done, [this, init = std::move(init)]() -> Result<void> {
    return connection_.add_remote_candidate({.candidate = init.candidate,
                                             .sdp_mid = init.sdpMid,
                                             .sdp_mline_index = init.sdpMLineIndex,
                                             .username_fragment = init.usernameFragment});
  });
}

}  // namespace parley::api
