#pragma once

#include <sys/time.h>

#include <algorithm>
#include <optional>

#include "base/time.hpp"
#include "dtls/openssl.hpp"

namespace parley::dtls {

/// The retransmission timer of the handshake (RFC 6347 section 4.2.4) on our time in place of OpenSSL's, which is the
/// time of day: that one jumps, and tests cannot set it.
///
/// OpenSSL offers a BIO the place where it keeps its timer. In OpenSSL 3.0 and 3.1 that is the timer itself, so we move
/// it out of reach, and into the past when ours has come. From 3.2 it is a copy: then OpenSSL's clock stays in force,
/// with our durations, and ours only says when to ask it.
class Retransmission {
 public:
  /// Both are at most an hour: OpenSSL counts microseconds in 32 bits.
  Retransmission(Duration first, Duration longest)
      : first_(std::min<Duration>(first, 1h)), longest_(std::min<Duration>(longest, 1h)) {}

  /// For DTLS_set_timer_cb: microseconds after `previous` (0 for the first of a flight).
  unsigned next_duration(unsigned previous);
  /// OpenSSL has set its timer, or cleared it (zero).
  void set(timeval& place, TimePoint now);
  void stop() { deadline_.reset(); }
  [[nodiscard]] std::optional<TimePoint> deadline() const { return deadline_; }
  /// To be called when the deadline has come: lets OpenSSL repeat the flight. False when it has given up.
  bool expire(SSL* ssl, TimePoint now);

 private:
  Duration first_, longest_;
  Duration current_{};
  std::optional<TimePoint> deadline_;
  timeval* place_ = nullptr;
};

}  // namespace parley::dtls
