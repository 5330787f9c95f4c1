#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "rtp/protection.hpp"

namespace parley::media {

/// Which packets of a source are protected together. Without loss none are, and as long as what is lost can be sent
/// again in time none either: retransmission costs what was lost, and FEC, which is there before anybody asks, costs
/// what might be. Where it helps, there is twice as much of it as is lost: one packet for three to sixteen.
class Protector {
 public:
  static constexpr std::size_t kFewest = 3, kMost = 16;
  static constexpr double kLittleLoss = 0.01;
  /// As long as a repetition takes no longer than that it is in time.
  static constexpr Duration kSoon = 100ms;

  /// What the peer has reported, and how long a repetition takes.
  void note_loss(double fraction, Duration repetition);
  /// How many packets one protects at the moment; 0: nothing is protected.
  [[nodiscard]] std::size_t group() const;
  /// A packet as it is to come out of FEC again: what protects it and those before it, when there are enough.
  std::optional<rtp::Protection> add(std::uint16_t number, ByteView packet);

 private:
  double loss_ = 0;
  Duration repetition_{};
  std::optional<rtp::Protection> begun_;
};

}  // namespace parley::media
