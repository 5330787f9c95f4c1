#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cc/delay_rate.hpp"
#include "cc/delay_trend.hpp"
#include "cc/feedback.hpp"
#include "cc/received_rate.hpp"

namespace parley::cc {

/// How much a peer may send that cannot find out by itself, since it understands no feedback about single packets: the
/// receiver's part of draft-ietf-rmcat-gcc-02. Its packets say when they were sent (abs-send-time); what the delay
/// allows is told to it (REMB).
class RemoteRate {
 public:
  /// A packet has arrived. `sent`: the 24 bits of abs-send-time, in seconds / 2^18.
  void add(std::uint32_t sent, std::size_t size, TimePoint now);
  void set_round_trip(Duration round_trip) { round_trip_ = round_trip; }
  /// When the peer should be told; nothing as long as too little is known, and when it sends no more.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return due_; }
  /// What it is told now, in bits per second.
  double tell(TimePoint now);

 private:
  void begin_anew();
  void update(TimePoint now);

  static constexpr double kStart = 300'000;
  DelayTrend trend_;
  ReceivedRate received_;
  DelayRate rate_{kStart};
  Duration round_trip_ = 100ms;
  std::optional<std::int64_t> sent_{};  // of the packet that was sent last, without wrapping
  TimePoint arrived_{};                 // the last packet
  bool known_ = false;
  std::optional<TimePoint> updated_{}, due_{};
  double told_ = 0;
};

}  // namespace parley::cc
