#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench_line.hpp"
#include "parley/parley.hpp"

namespace parley::bench {

using Channel = std::shared_ptr<RTCDataChannel>;

/// What one end tells the other: one of the two.
struct Signal {
  std::optional<RTCSessionDescriptionInit> description{};
  std::optional<RTCIceCandidateInit> candidate{};
};
nlohmann::json to_json(const Signal& signal);
Signal signal_from_json(const nlohmann::json& json);

/// One end of a connection, as any program that uses parley would write it.
struct End {
  explicit End(const RTCConfiguration& configuration) : connection(configuration) {}
  RTCPeerConnection connection;
  std::function<void(const Signal&)> out{};
};
using EndPtr = std::shared_ptr<End>;

/// A description that says nothing of transport-wide congestion control.
std::string without_feedback(const std::string& sdp);

/// What the ends tell each other about media.
enum class Feedback { All, None };
EndPtr make_end(const RTCConfiguration& configuration, std::function<void(const Signal&)> out);
Promise<void> offer(EndPtr end);
Promise<void> take(EndPtr end, Signal signal);
Promise<Channel> opened(Channel channel);
/// The first channel that the other side creates, once it is open.
Promise<Channel> incoming(const EndPtr& end);

struct Pair {
  EndPtr offerer, answerer;
  Channel sender, receiver;
};

/// Where pairs live: all offerers on one loop, all answerers on another.
struct Rig {
  RTCConfiguration offerer, answerer;
  /// Of the line: `fast` (0: the portable path), `busy` (EventLoopOptions::busy_poll in microseconds).
  explicit Rig(const CommandLine& line);
};

/// Both ends in this process, connected, with an open channel from offerer to answerer. `rig` must outlive it.
/// Feedback::None takes transport-wide congestion control out of the descriptions.
Promise<Pair> connect_pair(const Rig& rig, const RTCDataChannelInit& channel, Feedback feedback = Feedback::All);

}  // namespace parley::bench
