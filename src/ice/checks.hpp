#pragma once

#include <optional>

#include "base/time.hpp"
#include "ice/agent.hpp"

namespace parley::ice {

/// How far libnice's component is.
enum class Progress { Idle, Checking, Connected, Ready, Failed };

/// From libnice's component state to the W3C's: which state the transport is in, and since when. Decides only; time is
/// an argument. webrtc-pc section 5.6.1, RFC 8863, RFC 7675.
class Checks {
 public:
  struct Times {
    Duration patience = 15s;
    Duration trickle_patience = 30s;
    /// From libnice's noticing that consent is gone (10 s after the last answer) to giving up.
    Duration consent = 20s;
    /// Consent renewed and not lost again for this long is consent: libnice asks within 6 s and notices 10 s later.
    Duration renewed = 17s;
    /// A packet from the peer this long ago says that it is still there.
    Duration alive = 5s;
  };
  explicit Checks(Times times) : times_(times) {}

  // What happened.
  void begin(TimePoint now);  // both sides' credentials are known
  void progress(Progress progress, TimePoint now);
  void local_candidates_complete(bool any) {
    local_complete_ = true;
    any_local_ = any;
  }
  void remote_candidates_complete() { remote_complete_ = true; }
  /// A packet of the peer's, not STUN. True if that changes the state.
  bool heard(TimePoint now);
  void advance(TimePoint now);

  // What follows.
  [[nodiscard]] State state() const;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  /// True once after consent was lost: it should be asked for again.
  bool take_renewal();

 private:
  [[nodiscard]] TimePoint patience_ends() const;
  void lose_consent(TimePoint now);

  Times times_;
  Progress progress_ = Progress::Idle;
  bool local_complete_ = false, any_local_ = true, remote_complete_ = false;
  bool was_connected_ = false, concluded_ = false, failed_ = false, renewal_ = false;
  std::optional<TimePoint> began_, last_heard_;
  struct Lost {
    TimePoint since;
    TimePoint renewed;
    bool silent;  // nothing is heard from the peer either
  };
  std::optional<Lost> lost_;
};

}  // namespace parley::ice
