// How a negotiation gets over a channel that has closed and a connection that has failed.
#include <algorithm>
#include <utility>

#include "parley/errors.hpp"
#include "signaling/negotiation.hpp"

namespace parley::signaling {

bool Negotiation::has_channel() const { return channel_ && channel_->state() != SignalingChannel::State::Closed; }

Negotiation::Wait Negotiation::wait_before(unsigned attempt) const {
  const Wait first = parts_.options.first_wait, longest = parts_.options.longest_wait;
  return std::min(longest, first * (1U << std::min(attempt, 15U)));
}

void Negotiation::after(Wait wait, void (Negotiation::*then)()) {
  parts_.loop->after(wait, [weak = weak_from_this(), then] {
    const auto self = weak.lock();
    if (self && !self->stopped_) ((*self).*then)();
  });
}

void Negotiation::attach(std::shared_ptr<SignalingChannel> channel) {
  channel_listeners_.clear();
  channel_ = std::move(channel);
  const auto from_present = [here = channel_.get()](const Negotiation& self) { return self.channel_.get() == here; };
  channel_listeners_.emplace_back(
      channel_->addEventListener<"open">(handler([](Negotiation& self, const Event&) { self.reconnects_ = 0; })));
  channel_listeners_.emplace_back(channel_->addEventListener<"message">(
      handler([](Negotiation& self, const nlohmann::json& message) { self.receive(message); })));
  channel_listeners_.emplace_back(
      channel_->addEventListener<"close">(handler([from_present](Negotiation& self, const Event&) {
        if (from_present(self)) self.channel_closed();
      })));
}

void Negotiation::use(std::shared_ptr<SignalingChannel> channel) {
  if (stopped_ || channel == channel_) return;
  attach(std::move(channel));
  for (const nlohmann::json& message : delivery_.again()) put(message);
  ice_state_changed();  // a restart may have waited for a channel
}

void Negotiation::channel_closed() {
  if (parts_.options.reconnect) after(wait_before(reconnects_++), &Negotiation::reconnect);
}

void Negotiation::reconnect() {
  if (has_channel() || connection_.signalingState() == RTCSignalingState::Closed) return;
  try {
    if (auto channel = parts_.options.reconnect()) return use(std::move(channel));
  } catch (const std::exception&) {
    report(std::current_exception());
  }
  if (!stopped_) channel_closed();
}

void Negotiation::ice_state_changed() {
  const RTCIceConnectionState state = connection_.iceConnectionState();
  if (state == RTCIceConnectionState::Connected || state == RTCIceConnectionState::Completed) restarts_ = 0;
  if (state != RTCIceConnectionState::Failed) return;
  const bool waits = parts_.politeness == Politeness::Polite;
  restart_later(restarts_ > 0 ? wait_before(restarts_ - 1) : waits ? parts_.options.patience : Wait(0));
}

void Negotiation::restart_later(Wait wait) {
  if (!std::exchange(restart_is_due_, true)) after(wait, &Negotiation::restart);
}

void Negotiation::restart() {
  restart_is_due_ = false;
  if (connection_.iceConnectionState() != RTCIceConnectionState::Failed || !has_channel()) return;
  if (restarts_ >= parts_.options.max_restarts)
    return report(std::make_exception_ptr(NetworkError("the peers cannot reach each other")));
  // An offer without an answer may be the one that restarts: another one would not help.
  const bool stable = connection_.signalingState() == RTCSignalingState::Stable;
  if (stable && !making_offer_) connection_.restartIce();
  restart_later(wait_before(restarts_++));
}

}  // namespace parley::signaling
