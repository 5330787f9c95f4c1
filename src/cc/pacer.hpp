#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>

#include "base/bytes.hpp"
#include "cc/feedback.hpp"
#include "cc/probing.hpp"

namespace parley::cc {

/// What goes first.
enum class Priority { Audio, Retransmission, Video };

/// Spreads packets over time, so that a large frame does not fill the queues on the way. Audio never waits. Buffers are
/// used over and over.
class Pacer {
 public:
  /// What waits longer than this makes the pacer faster than its rate: a late frame is worse than a queue elsewhere.
  static constexpr Duration kLongestWait = 250ms;

  struct Packet {
    Bytes bytes;
  };

  void set_rate(double rate) { rate_ = rate; }
  /// The packet is copied.
  void push(ByteView packet, Priority priority);
  /// A burst at another rate begins. It takes what waits, and padding.
  void begin(const Probe& probe, TimePoint now);

  /// Nothing can be padded.
  void end_probe() { burst_.reset(); }

  /// The next packet that may leave, or nullptr. Valid until the next call.
  Packet* pop(TimePoint now);
  /// Bytes of padding that the probe still needs now, because nothing waits.
  [[nodiscard]] std::size_t padding(TimePoint now) const;
  /// Padding that was sent.
  void padded(std::size_t bytes, TimePoint now);
  /// Of the packet that was popped last, or of padding.
  [[nodiscard]] std::optional<std::uint32_t> probe() const;

  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_; }

 private:
  using Queue = std::deque<Packet>;
  struct Burst {
    Probe probe;
    TimePoint since;
    std::size_t sent = 0;
  };

  Queue* next_queue();
  void spend(std::size_t bytes, TimePoint now);
  [[nodiscard]] double rate_now() const;

  double rate_ = 1e9;
  std::array<Queue, 3> queues_;
  std::deque<Packet> spare_;
  Packet current_;
  std::size_t waiting_ = 0;
  /// When what has been sent will have left at the rate.
  TimePoint free_at_{};
  std::optional<Burst> burst_;
};

}  // namespace parley::cc
