#pragma once

#include <memory>

#include "base/reactor.hpp"
#include "base/time.hpp"

namespace parley::sctp {

/// Runs the library's timers from one loop for as long as the loop has associations: every 10 ms, or every 100 ms when
/// none of them has had anything to do for a second. Loop thread only.
class Ticker {
 public:
  /// The ticker of the loop, made when it has none.
  static std::shared_ptr<Ticker> of(Reactor& reactor);
  explicit Ticker(Reactor& reactor);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  /// Before every packet or message: the library measures time from the last tick, which must not be long ago when it
  /// starts a timer.
  void touch();

 private:
  void arm(Duration delay);
  void fire();

  std::shared_ptr<Reactor> reactor_;
  TimePoint touched_;
  bool idle_ = false;
  Timer timer_;
};

}  // namespace parley::sctp
