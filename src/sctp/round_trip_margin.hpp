#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace parley::sctp {

/// Keeps the stack from taking for lost what is only late. Its timer for retransmissions is not restarted by
/// acknowledgements: it fires again and again while data is on its way, and whatever has been so for longer than the
/// smoothed round trip and four deviations is sent again, with a congestion window of one packet. RTO.Min (RFC 9260
/// section 6.3.1) is not asked. Where round trips are even, the deviation is a millisecond, and delayed
/// acknowledgements come later than that.
///
/// So, while much is sent, the stack is shown a round trip from time to time that is kMargin longer than the others: a
/// heartbeat of its own that does not leave, and is answered here.
class RoundTripMargin {
 public:
  static constexpr Duration kMargin = 10ms;
  /// One of these a round trip, but not more often than this, and not for less than so many packets.
  static constexpr Duration kLeastPause = 5ms;
  static constexpr unsigned kPackets = 8;

  /// A packet has gone to the peer.
  void sent() { ++packets_; }
  /// The stack is to be asked for a heartbeat now.
  [[nodiscard]] bool due(TimePoint now) const { return packets_ >= kPackets && now >= next_; }
  /// That is done now, at this smoothed round trip.
  void ask(Duration round_trip, TimePoint now);
  /// A packet of the stack: true if it is the heartbeat, and nothing but that. Then it must not leave.
  bool keeps(ByteView packet);
  /// The answer, if there was a heartbeat. `header`: the common header of a packet from the peer.
  [[nodiscard]] std::optional<Bytes> answer(ByteView header);

 private:
  unsigned packets_ = 0;
  TimePoint next_{};
  Duration round_trip_{};
  bool asking_ = false;
  Bytes heartbeat_;
};

}  // namespace parley::sctp
