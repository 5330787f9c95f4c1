#include "signaling/negotiation.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "parley/errors.hpp"
#include "signaling/negotiation_message.hpp"

namespace parley::signaling {

Negotiation::Negotiation(Parts parts)
    : parts_(std::move(parts)), connection_(parts_.connection), delivery_(system_random().text(16, kIceChars)) {}

void Negotiation::start(std::shared_ptr<SignalingChannel> channel) {
  attach(std::move(channel));
  connection_listeners_.emplace_back(connection_.addEventListener<"icecandidate">(
      handler([words = parts_.options.words](Negotiation& self, const RTCPeerConnectionIceEvent& event) {
        if (event.candidate) self.send(write_message(*event.candidate, words));
      })));
  connection_listeners_.emplace_back(connection_.addEventListener<"iceconnectionstatechange">(
      handler([](Negotiation& self, const Event&) { self.ice_state_changed(); })));
  connection_listeners_.emplace_back(connection_.addEventListener<"negotiationneeded">(
      handler([](Negotiation& self, const Event&) { (void)self.make_offer(); })));
}

void Negotiation::stop() {
  stopped_ = true;
  connection_listeners_.clear();
  channel_listeners_.clear();
  channel_ = nullptr;
}

Promise<void> Negotiation::make_offer() {
  const auto self = shared_from_this();
  making_offer_ = true;
  try {
    co_await connection_.setLocalDescription();
    if (!stopped_) send_local_description();
  } catch (...) {
    report(std::current_exception());
  }
  making_offer_ = false;
}

void Negotiation::receive(const nlohmann::json& message) {
  const Delivery::Arrival arrival = delivery_.receive(message);
  for (const nlohmann::json& reply : arrival.reply) put(reply);
  if (!arrival.take || stopped_) return;
  try {
    NegotiationMessage read = read_message(message);
    if (auto* description = std::get_if<RTCSessionDescriptionInit>(&read)) {
      (void)take_description(std::move(*description));
    } else if (auto* candidate = std::get_if<RTCIceCandidateInit>(&read)) {
      (void)take_candidate(std::move(*candidate));
    }
  } catch (const std::exception&) {
    report(std::current_exception());
  }
}

Promise<void> Negotiation::take_description(RTCSessionDescriptionInit description) {
  const auto self = shared_from_this();
  const bool is_offer = description.type == RTCSdpType::Offer;
  const bool is_answer = description.type == RTCSdpType::Answer;
  // An answer that is being set makes the state stable before the offer behind it is looked at.
  const bool stable = connection_.signalingState() == RTCSignalingState::Stable || setting_remote_answer_;
  if (is_repeated(description)) co_return;
  remember_fragments(description);
  const bool collision = is_offer && (making_offer_ || !stable);
  ignoring_offer_ = collision && parts_.politeness == Politeness::Impolite;
  if (ignoring_offer_) co_return;
  last_remote_ = description.sdp;
  answering_ = is_offer;
  setting_remote_answer_ = is_answer;
  try {
    co_await connection_.setRemoteDescription(description);  // rolls our own offer back if there is one
    if (is_answer) setting_remote_answer_ = false;
    if (is_offer && !stopped_) {
      co_await connection_.setLocalDescription();
      if (!stopped_) send_local_description();
    }
  } catch (...) {
    if (is_answer) setting_remote_answer_ = false;
    last_remote_.clear();
    report(std::current_exception());
  }
  if (is_offer) answering_ = false;
}

/// A peer that does not number its messages says the same again.
bool Negotiation::is_repeated(const RTCSessionDescriptionInit& description) {
  if (description.sdp.empty() || description.sdp != last_remote_) return false;
  const bool stable = connection_.signalingState() == RTCSignalingState::Stable;
  if (description.type == RTCSdpType::Answer) return stable || setting_remote_answer_;
  if (description.type != RTCSdpType::Offer || making_offer_) return false;
  if (answering_) return true;
  if (!stable) return false;
  send_local_description();  // our answer may have been lost
  return true;
}

Promise<void> Negotiation::take_candidate(RTCIceCandidateInit candidate) {
  const auto self = shared_from_this();
  const bool of_ignored_offer = ignoring_offer_;
  try {
    co_await connection_.addIceCandidate(candidate);
  } catch (...) {
    if (!of_ignored_offer && !ignoring_offer_ && !stopped_ && !is_outdated(candidate)) report(std::current_exception());
  }
}

void Negotiation::remember_fragments(const RTCSessionDescriptionInit& description) {
  constexpr std::string_view kLine = "\na=ice-ufrag:";
  constexpr std::size_t kRemembered = 64;
  const std::string& sdp = description.sdp;
  for (auto at = sdp.find(kLine); at != std::string::npos; at = sdp.find(kLine, at + 1)) {
    const auto begin = at + kLine.size();
    std::string fragment = sdp.substr(begin, sdp.find_first_of("\r\n", begin) - begin);
    if (std::ranges::find(fragments_, fragment) == fragments_.end()) fragments_.push_back(std::move(fragment));
  }
  while (fragments_.size() > kRemembered) fragments_.pop_front();
}

/// Of an offer that was ignored, or of the ICE generation before the present one: gathering takes its time, and the
/// specification forgets an ignored offer with the next description.
bool Negotiation::is_outdated(const RTCIceCandidateInit& candidate) const {
  const auto& fragment = candidate.usernameFragment;
  if (!fragment || std::ranges::find(fragments_, *fragment) == fragments_.end()) return false;
  const auto has = [&](const auto& description) {
    return description && description->sdp().find("\na=ice-ufrag:" + *fragment) != std::string::npos;
  };
  return !has(connection_.currentRemoteDescription()) && !has(connection_.pendingRemoteDescription());
}

void Negotiation::send_local_description() {
  const auto description = connection_.localDescription();
  if (description) send(write_message(*description, parts_.options.words));
}

void Negotiation::send(nlohmann::json message) { put(delivery_.wrap(std::move(message))); }

void Negotiation::put(const nlohmann::json& message) {
  if (!has_channel()) return;  // the next one will have it
  const auto channel = channel_;
  try {
    channel->send(message);
  } catch (const InvalidStateError&) {  // closed just now, likewise
  } catch (const std::exception&) {
    report(std::current_exception());
  }
}

void Negotiation::report(const std::exception_ptr& error) {
  // What a closed connection still had to do is no longer anybody's concern.
  if (stopped_ || connection_.signalingState() == RTCSignalingState::Closed) return;
  const auto& list = parts_.lists->get<"error">();
  if (list->empty()) return report_unhandled_error(error, "PerfectNegotiator");
  NegotiationErrorEvent event{.error = error, .message = {}};
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& what) {
    event.message = what.what();
  } catch (...) {
    event.message = "unknown";
  }
  parts_.loop->post([list, event = std::move(event)] { list->fire(event); });
}

}  // namespace parley::signaling
