#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "parley/parley.hpp"

namespace parley::test {

/// A program that does to its connection whatever comes to its mind. A function of the seed.
class Changes {
 public:
  /// What it does beside everything else.
  struct Allowed {
    bool stop = true, restart = true;
    /// The transceiver whose section is the first of the BUNDLE group is never stopped.
    bool spare_first = false;
  };

  Changes(RTCPeerConnection& connection, unsigned seed) : Changes(connection, seed, Allowed{}) {}
  Changes(RTCPeerConnection& connection, unsigned seed, Allowed allowed)
      : connection_(connection), random_(seed), allowed_(allowed) {}

  void make_one() {
    const auto transceivers = connection_.getTransceivers();
    const auto which = below(12);
    if (transceivers.empty() ? which < 6 : which < 2) {
      if (transceivers.size() < kMaxTransceivers) add_track(kind());
    } else if (which < 4) {
      if (transceivers.size() < kMaxTransceivers) (void)connection_.addTransceiver(kind(), {.direction = direction()});
    } else if (which < 6) {
      open_channel();
    } else if (which == 6) {
      if (allowed_.restart) connection_.restartIce();
    } else if (!transceivers.empty()) {
      change(*transceivers[below(transceivers.size())], which);
    }
  }
  void add_track(const std::string& kind) { (void)connection_.addTrack(MediaStreamTrack::create(kind)); }
  void open_channel() { channels_.push_back(connection_.createDataChannel("channel")); }
  [[nodiscard]] const auto& channels() const { return channels_; }

 private:
  static constexpr std::size_t kMaxTransceivers = 8;

  void change(RTCRtpTransceiver& transceiver, std::size_t which) {
    if (transceiver.direction() == RTCRtpTransceiverDirection::Stopped) return;
    if (which == 7 && allowed_.stop) {
      if (!allowed_.spare_first || !is_first(transceiver)) transceiver.stop();
    } else if (which == 8) {
      connection_.removeTrack(transceiver.sender());
    } else {
      transceiver.direction(direction());
    }
  }
  [[nodiscard]] bool is_first(const RTCRtpTransceiver& transceiver) const {
    const auto mid = transceiver.mid();
    const auto description = connection_.currentLocalDescription();
    if (!mid || !description) return true;
    const std::string sdp = description->sdp(), group = "a=group:BUNDLE " + *mid;
    const std::size_t at = sdp.find(group);
    return at != std::string::npos && (sdp[at + group.size()] == ' ' || sdp[at + group.size()] == '\r');
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::string kind() { return below(2) == 0 ? "audio" : "video"; }
  RTCRtpTransceiverDirection direction() {
    using enum RTCRtpTransceiverDirection;
    return std::array{SendRecv, SendOnly, RecvOnly, Inactive}[below(4)];
  }

  RTCPeerConnection& connection_;
  std::mt19937 random_;
  const Allowed allowed_;
  std::vector<std::shared_ptr<RTCDataChannel>> channels_;
};

}  // namespace parley::test
