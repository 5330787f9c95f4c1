#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/poller.hpp"
#include "base/reply_polling.hpp"
#include "base/time.hpp"
#include "parley/export.hpp"
#include "parley/unique_function.hpp"

namespace parley {

class EventLoop;
class Reactor;

/// A file descriptor being watched; dropping it stops. Loop thread only. Must not outlive the loop, unless it is empty.
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
  PARLEY_EXPORT void stop();
  /// Changes what is waited for, or says again the same after the descriptor's number was closed and opened anew.
  PARLEY_EXPORT void set_interest(short interest);
  explicit operator bool() const { return reactor_ != nullptr; }

 private:
  Reactor* reactor_ = nullptr;
  std::uint64_t token_ = 0;
};

/// A function that will run at a point in time; dropping it cancels. Loop thread only. Must not outlive the loop.
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
/// functions. What one turn produces (packets above all) is flushed together at its end. Whatever of these throws is
/// reported to the unhandled-error hook, and the turn goes on.
class Reactor : public std::enable_shared_from_this<Reactor> {
 public:
  /// `busy_poll`: as in EventLoopOptions. Throws OperationError when the system has no descriptor left.
  explicit Reactor(std::optional<Duration> busy_poll = std::nullopt);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Any thread.
  void post(UniqueFunction<void()> task);
  /// Nothing more is begun. What waits is destroyed by the thread that is inside when it leaves, else by finish().
  void stop();
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  /// After stop(), on any thread: waits until nobody is inside and destroys what is left. The thread that is inside
  /// itself does not wait: it does that when it leaves.
  void finish();

  // Loop thread. After stop() these destroy the function at once.
  [[nodiscard]] PARLEY_EXPORT Watch watch(int fd, short interest, UniqueFunction<void(short ready)> callback);
  /// Timers of the same point in time run in the order in which they were set.
  [[nodiscard]] Timer at(TimePoint when, UniqueFunction<void()> callback);
  [[nodiscard]] Timer after(Duration delay, UniqueFunction<void()> callback) {
    return at(deadline_after(Clock::now(), delay), std::move(callback));
  }
  /// Runs once, after the tasks and callbacks of the current turn. May be called by an end-of-turn function: then it
  /// runs in the same turn.
  void at_turn_end(UniqueFunction<void()> function);

  /// Runs `function` after the running task or callback, before the next one: ECMAScript's microtask, the place of a
  /// promise's continuations. Outside a turn it is an ordinary task.
  void microtask(UniqueFunction<void()> function);

  /// When to look for more instead of sleeping.
  [[nodiscard]] ReplyPolling& polling() { return polling_; }

  /// Marks the calling thread as the one that is inside the loop, until it is destroyed. Nests. False once the loop is
  /// stopped: nobody may go in any more.
  class Inside {
   public:
    explicit Inside(Reactor& reactor) : reactor_(reactor), entered_(reactor.enter()) {}
    ~Inside() {
      if (entered_) reactor_.leave();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    explicit operator bool() const { return entered_; }

   private:
    Reactor& reactor_;
    bool entered_;
  };

  /// One turn, from inside. `block`: wait for something to happen first.
  void turn(bool block);
  void run_until_stopped();
  /// How long a turn would wait: nullopt for ever. From inside.
  [[nodiscard]] std::optional<Duration> timeout() const;
  [[nodiscard]] const Poller& poller() const { return *poller_; }
  [[nodiscard]] bool in_turn() const { return in_turn_; }

  EventLoop* owner = nullptr;

 private:
  friend class Watch;
  friend class Timer;
  using Task = UniqueFunction<void()>;
  struct Watched {
    int fd;
    std::shared_ptr<UniqueFunction<void(short)>> callback;  // shared: a callback may drop its own watch
  };
  using TimerKey = std::pair<TimePoint, std::uint64_t>;

  [[nodiscard]] bool enter();
  void leave();
  void wake();
  [[nodiscard]] bool poll_until(TimePoint end);
  void wait(bool block);
  void wait_or_poll();
  void run_ready();
  void run_timers();
  void run_tasks();
  void run_turn_end();
  void run_microtasks();
  [[nodiscard]] bool fetch_tasks();
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] std::optional<Duration> until_next_timer() const;
  void clear();

  std::unique_ptr<Poller> poller_;
  int wake_read_ = -1, wake_write_ = -1;
  std::uint64_t last_serial_ = 0;
  std::unordered_map<std::uint64_t, Watched> watched_;
  std::map<TimerKey, Task> timers_;
  std::vector<Task> batch_;  // fetched from tasks_; those before next_ have run
  std::size_t next_ = 0;
  std::vector<Task> turn_end_;
  std::vector<Task> microtasks_, running_microtasks_;
  std::vector<Poller::Ready> ready_;
  bool in_turn_ = false;
  ReplyPolling polling_;
  std::atomic<bool> stopped_ = false;  // written under the mutex

  mutable std::mutex mutex_;  // guards what follows
  std::vector<Task> tasks_;
  bool asleep_ = true;  // the loop may be waiting: a post has to wake it
  int inside_ = 0;
  std::thread::id inside_thread_;
  std::condition_variable left_;
};

/// Marks the calling thread as running inside `loop` for as long as it exists.
class CurrentLoop {
 public:
  explicit CurrentLoop(EventLoop* loop);
  ~CurrentLoop();
  CurrentLoop(const CurrentLoop&) = delete;
  CurrentLoop& operator=(const CurrentLoop&) = delete;
  /// The innermost loop of the calling thread.
  static EventLoop* get();
  /// `loop` is being destroyed: the calling thread is inside it no more.
  static void forget(const EventLoop* loop);

 private:
  CurrentLoop* before_;
  EventLoop* loop_;
};

}  // namespace parley
