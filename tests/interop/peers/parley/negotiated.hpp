#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "parley/parley.hpp"
#include "parley/perfect_negotiator.hpp"
#include "support/changes.hpp"

namespace interop {

/// A connection that a PerfectNegotiator looks after, and a program that changes it at random.
class Negotiated {
 public:
  /// `settings`: {polite, seed, restarts, stops}. `emit` takes messages to the other side.
  Negotiated(parley::RTCPeerConnection& pc, const nlohmann::json& settings,
             std::function<void(const nlohmann::json&)> emit);

  void receive(nlohmann::json message);
  /// `wanted`: {tracks, channel, restart, count}: tracks of these kinds, a channel, an ICE restart, and so many changes
  /// at random.
  void change(const nlohmann::json& wanted);
  [[nodiscard]] nlohmann::json agreement() const;

 private:
  class Channel;
  parley::RTCPeerConnection& pc_;
  std::shared_ptr<Channel> channel_;
  parley::PerfectNegotiator negotiator_;
  parley::test::Changes changes_;
  std::vector<std::string> errors_;
};

}  // namespace interop
