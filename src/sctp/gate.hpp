#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace parley::sctp {

/// The library's calls for one association may run beside those for another, but nothing may run beside its timers, or
/// beside the making and ending of associations: those walk and free what all share. A lock for many callers and one
/// exclusive one which, once it waits, lets no new caller in, so that busy loops cannot starve the timers.
class Gate {
 public:
  void lock_shared() {
    if (wanted_.load(std::memory_order_relaxed)) const std::lock_guard wait(turnstile_);
    calls_.lock_shared();
  }
  void unlock_shared() { calls_.unlock_shared(); }
  void lock() {
    turnstile_.lock();
    close();
  }
  /// Fails only if another exclusive caller is there or waiting.
  bool try_lock() {
    if (!turnstile_.try_lock()) return false;
    close();
    return true;
  }
  void unlock() {
    wanted_.store(false, std::memory_order_relaxed);
    calls_.unlock();
    turnstile_.unlock();
  }

 private:
  void close() {
    wanted_.store(true, std::memory_order_relaxed);
    calls_.lock();
  }

  std::mutex turnstile_;
  std::atomic<bool> wanted_ = false;
  std::shared_mutex calls_;
};

}  // namespace parley::sctp
