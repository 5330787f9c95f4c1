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
      transceiver.stop();
    } else if (which == 8) {
      connection_.removeTrack(transceiver.sender());
    } else {
      transceiver.direction(direction());
    }
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
