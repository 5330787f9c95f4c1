#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/poller.hpp"
#include "base/time.hpp"
#include "parley/unique_function.hpp"

namespace parley {

class EventLoop;
class Reactor;

/// A file descriptor being watched; dropping it stops. Loop thread only.
class Watch {
 public:
  Watch() = default;
  Watch(Reactor* reactor, std::uint64_t token) : reactor_(reactor), token_(token) {}
  Watch(Watch&& other) noexcept : reactor_(std::exchange(other.reactor_, nullptr)), token_(other.token_) {}
  Watch& operator=(Watch&& other) noexcept {
    if (this != &other) {
      stop();
      reactor_ = std::exchange(other.reactor_, nullptr);
      token_ = other.token_;
    }
    return *this;
  }
  ~Watch() { stop(); }
  void stop();
  /// Changes what is waited for, or says again the same after the descriptor's number was closed and opened anew.
  void set_interest(short interest);
  explicit operator bool() const { return reactor_ != nullptr; }

 private:
  Reactor* reactor_ = nullptr;
  std::uint64_t token_ = 0;
};

/// A function that will run at a point in time; dropping it cancels. Loop thread only.
class Timer {
 public:
  Timer() = default;
  Timer(Reactor* reactor, TimePoint when, std::uint64_t serial) : reactor_(reactor), when_(when), serial_(serial) {}
  Timer(Timer&& other) noexcept
      : reactor_(std::exchange(other.reactor_, nullptr)), when_(other.when_), serial_(other.serial_) {}
  Timer& operator=(Timer&& other) noexcept {
    if (this != &other) {
      cancel();
      reactor_ = std::exchange(other.reactor_, nullptr);
      when_ = other.when_;
      serial_ = other.serial_;
    }
    return *this;
  }
  ~Timer() { cancel(); }
  void cancel();

 private:
  Reactor* reactor_ = nullptr;
  TimePoint when_;
  std::uint64_t serial_ = 0;
};

/// The inside of an EventLoop: tasks, timers, descriptors. A turn is: wait, descriptors, due timers, tasks, end-of-turn
/// functions. What one turn produces (packets above all) is flushed together at its end.
class Reactor : public std::enable_shared_from_this<Reactor> {
 public:
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Any thread.
  void post(UniqueFunction<void()> task);
  void stop();

  // Loop thread.
  [[nodiscard]] Watch watch(int fd, short interest, UniqueFunction<void(short ready)> callback);
  [[nodiscard]] Timer at(TimePoint when, UniqueFunction<void()> callback);
  [[nodiscard]] Timer after(Duration delay, UniqueFunction<void()> callback) {
    return at(Clock::now() + delay, std::move(callback));
  }
  /// Runs once, after the tasks and callbacks of the current turn. May be called by an end-of-turn function: then it
  /// runs in the same turn.
  void at_turn_end(UniqueFunction<void()> function);

  /// Runs `function` after the running task or callback, before the next one: ECMAScript's microtask, the place of a
  /// promise's continuations. Outside a turn it is an ordinary task.
  void microtask(UniqueFunction<void()> function);

  /// One turn. `block`: wait for something to happen first.
  void turn(bool block);
  void run_until_stopped();
  [[nodiscard]] std::optional<Duration> timeout() const;
  [[nodiscard]] const Poller& poller() const { return *poller_; }
  [[nodiscard]] bool in_turn() const { return in_turn_; }

  EventLoop* owner = nullptr;

 private:
  friend class Watch;
  friend class Timer;
  struct Watched {
    int fd;
    std::shared_ptr<UniqueFunction<void(short)>> callback;  // shared: a callback may drop its own watch
  };
  using TimerKey = std::pair<TimePoint, std::uint64_t>;

  void wake();
  void run_ready();
  void run_timers();
  void run_tasks();
  void run_turn_end();
  void run_microtasks();
  [[nodiscard]] bool has_tasks() const;

  std::unique_ptr<Poller> poller_;
  int wake_read_ = -1, wake_write_ = -1;
  std::uint64_t last_serial_ = 0;
  std::unordered_map<std::uint64_t, Watched> watched_;
  std::map<TimerKey, UniqueFunction<void()>> timers_;
  std::vector<UniqueFunction<void()>> turn_end_;
  std::deque<UniqueFunction<void()>> microtasks_;
  std::vector<Poller::Ready> ready_;
  bool in_turn_ = false;

  mutable std::mutex mutex_;  // guards what follows
  std::deque<UniqueFunction<void()>> tasks_;
  bool stopped_ = false;
  bool asleep_ = false;  // the loop may be waiting: a post has to wake it
};

/// Marks the calling thread as running inside `reactor`'s loop for as long as it exists.
class CurrentLoop {
 public:
  explicit CurrentLoop(EventLoop* loop);
  ~CurrentLoop();
  CurrentLoop(const CurrentLoop&) = delete;
  CurrentLoop& operator=(const CurrentLoop&) = delete;

 private:
  EventLoop* before_;
};

}  // namespace parley
