#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "sctp/heartbeat.hpp"

namespace parley::sctp {

/// How long packets may be: the size that every path carries, or a large one that has been seen to arrive. This is
/// RFC 8899 with two sizes: a probe is a heartbeat with padding, and large packets end as soon as they seem not to
/// arrive (a black hole), until another probe is answered.
///
/// What the path carries, the peer's buffers may not, and most peers go on wrongly after a DTLS record that is longer
/// than their buffer. So the peer must have said first that it takes large packets: it does when much comes to it.
class PathSize {
 public:
  /// A probe may take so long, and so many of them are lost before it is left at that for a while.
  static constexpr Duration kProbeTime = 1s;
  static constexpr unsigned kProbes = 3;
  static constexpr Duration kRaiseTime = 600s;
  /// Large packets that are repeated after nothing was acknowledged for so long (the stack's least timeout) end.
  static constexpr Duration kSilence = 200ms;
  /// Data that was given up makes a probe necessary, unless one was answered so lately.
  static constexpr Duration kTrust = 1s;
  /// What has come in when the peer is first told; again when twice that has, until it has confirmed.
  static constexpr std::uint64_t kMuch = 64 << 10;

  /// `large` not above `base`: nothing of all this.
  PathSize(std::size_t base, std::size_t large, Random& random = system_random());

  /// A packet that goes to the peer.
  void sent(ByteView packet, TimePoint now);
  /// A packet from the peer; answers what of it is the stack's business, valid until the next call.
  ByteView received(ByteView packet, TimePoint now);
  /// Packets take another path from now on.
  void path_changed();

  struct Output {
    Bytes packet;
    bool probe;  ///< must not be fragmented by anybody
  };
  /// What there is to send now; to be asked until there is nothing.
  std::optional<Output> next(TimePoint now);
  /// When next() wants to be asked without anything having happened.
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  /// How long packets may be.
  [[nodiscard]] std::size_t size() const { return state_ == State::Large ? large_ : base_; }

 private:
  enum class State {
    Small,  // the peer has not said that it takes large ones
    Probing,
    Waiting,  // probes were lost
    Large,
  };
  void probe();
  void note_data(std::uint32_t tsn, bool large, TimePoint now);
  void acknowledged(std::uint32_t tsn, TimePoint now);
  bool take(const Heartbeat& heartbeat, bool answer, TimePoint now);

  std::size_t base_, large_;
  Random& random_;
  State state_ = State::Small;
  bool peer_takes_large_ = false;
  Bytes header_;  // common header of our packets, once there was one

  unsigned probes_ = 0;
  std::optional<std::uint64_t> probe_;
  TimePoint due_{};
  TimePoint proved_{};

  std::uint64_t arrived_ = 0, tell_at_ = kMuch;
  std::optional<std::uint64_t> told_;
  bool heard_ = false;  // the peer confirmed that we told it

  std::optional<std::uint32_t> last_tsn_, acknowledged_;  // of the last packet with new data
  TimePoint progress_{};
  Bytes rest_;
};

}  // namespace parley::sctp
