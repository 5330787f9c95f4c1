#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "base/ring_queue.hpp"
#include "cc/feedback.hpp"
#include "cc/packet.hpp"
#include "cc/probing.hpp"

namespace parley::cc {

/// What goes first. What always comes last still leaves soon: the more waits, the faster
/// the pacer becomes.
enum class Priority { Audio, Retransmission, HighVideo, MediumVideo, Video, VeryLowVideo };
inline constexpr std::size_t kPriorities = 6;

/// Spreads packets over time, so that a large frame does not fill the queues on the way. Audio never waits. Buffers are
/// used over and over.
class Pacer {
 public:
  /// What waits longer than this makes the pacer faster than its rate: a late frame is worse than a queue elsewhere.
  static constexpr Duration kLongestWait = 250ms;

  /// A program may be busy while something waits: of that time so much counts as if packets had left in it.
  static constexpr Duration kMostMadeUp = 100ms;

  /// Whatever has left, at whatever rate: the next packet leaves before this has passed. Audio does not wait for it.
  static constexpr Duration kMostDebt = 500ms;

  void set_rate(double rate) { rate_ = rate; }
  /// Whether a packet of this size may leave at once, before all that waits. Then it counts as sent.
  bool pass(std::size_t bytes, Priority priority, TimePoint now);
  /// The packet is copied, but for a payload that has an owner. What is returned is the copy, which waits.
  Packet& push(const Packet& packet, Priority priority, TimePoint now);
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
  /// Of the packet that was popped or has passed last, or of padding.
  [[nodiscard]] std::optional<std::uint32_t> probe() const;

  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_; }

 private:
  struct Waiting {
    Bytes bytes;
    Packet packet;
  };
  using Queue = RingQueue<Waiting>;
  struct Burst {
    Probe probe;
    std::size_t sent = 0, packets = 0;
    [[nodiscard]] bool is_over() const { return sent >= probe.bytes && packets >= probe.packets; }
  };

  Queue* next_queue();
  [[nodiscard]] bool is_open(Priority priority, TimePoint now) const;
  void spend(std::size_t bytes, TimePoint now);
  [[nodiscard]] double rate_now() const;
  [[nodiscard]] Duration ahead() const;

  double rate_ = 1e9;
  std::array<Queue, kPriorities> queues_;
  std::size_t waiting_ = 0;
  TimePoint waits_since_{};  // without a pause
  /// When what has been sent will have left at the rate.
  TimePoint free_at_{};
  std::optional<Burst> burst_;
};

}  // namespace parley::cc
