#pragma once

#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "parley/perfect_negotiator.hpp"
#include "signaling/delivery.hpp"

namespace parley::signaling {

/// The inside of a PerfectNegotiator. Everything happens on the connection's loop. Shared with coroutines that wait for
/// the connection: once stopped they find that out and touch neither the connection nor the channel.
class Negotiation final : public std::enable_shared_from_this<Negotiation> {
 public:
  using Lists = PerfectNegotiatorEvents::Lists;
  struct Parts {
    RTCPeerConnection& connection;
    std::shared_ptr<EventLoop> loop;  // the connection's
    std::shared_ptr<Lists> lists;
    Politeness politeness;
    PerfectNegotiatorOptions options;
  };
  explicit Negotiation(Parts parts);

  void start(std::shared_ptr<SignalingChannel> channel);
  void use(std::shared_ptr<SignalingChannel> channel);
  void stop();

 private:
  using Wait = std::chrono::milliseconds;

  // negotiation.cpp: webrtc-pc section 10.7
  Promise<void> make_offer();
  Promise<void> take_description(RTCSessionDescriptionInit description);
  Promise<void> take_candidate(RTCIceCandidateInit candidate);
  [[nodiscard]] bool is_repeated(const RTCSessionDescriptionInit& description);
  void remember_fragments(const RTCSessionDescriptionInit& description);
  [[nodiscard]] bool is_outdated(const RTCIceCandidateInit& candidate) const;
  void receive(const nlohmann::json& message);
  void send_local_description();
  void send(nlohmann::json message);
  void put(const nlohmann::json& message);
  void report(const std::exception_ptr& error);

  // recovery.cpp
  void attach(std::shared_ptr<SignalingChannel> channel);
  void channel_closed();
  void reconnect();
  void ice_state_changed();
  void restart_later(Wait wait);
  void restart();
  [[nodiscard]] Wait wait_before(unsigned attempt) const;
  [[nodiscard]] bool has_channel() const;

  /// A handler that does nothing once this is stopped; on the connection's loop, whichever it is fired on.
  template <class F>
  auto handler(F function);
  void after(Wait wait, void (Negotiation::*then)());

  Parts parts_;
  RTCPeerConnection& connection_;
  std::shared_ptr<SignalingChannel> channel_;
  Delivery delivery_;
  std::vector<ScopedEventListener> connection_listeners_, channel_listeners_;
  bool stopped_ = false;

  bool making_offer_ = false;
  bool ignoring_offer_ = false;
  std::deque<std::string> fragments_;  // ICE username fragments of the peer's last descriptions, ignored or not
  bool setting_remote_answer_ = false;
  bool answering_ = false;
  std::string last_remote_;  // the text of the last description that was not ignored

  unsigned restarts_ = 0;  // since the connection was last up
  bool restart_is_due_ = false;
  unsigned reconnects_ = 0;  // since a channel was last open
};

template <class F>
auto Negotiation::handler(F function) {
  const auto weak = weak_from_this();
  const auto call = [weak, function](const auto&... event) {
    const auto self = weak.lock();
    if (self && !self->stopped_) function(*self, event...);
  };
  return [call, weak_loop = std::weak_ptr(parts_.loop)](const auto& event) {
    const auto loop = weak_loop.lock();
    if (!loop) return;
    if (loop->is_current()) {
      call(event);
    } else {
      loop->post([call, event] { call(event); });
    }
  };
}

}  // namespace parley::signaling
