#include "base/reactor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "parley/event_loop.hpp"

namespace parley {

/// Tasks beyond this many in one turn wait until descriptors have been looked at again.
constexpr int kMaxTasksPerTurn = 1024;

void Watch::stop() {
  if (reactor_ == nullptr) return;
  Reactor* reactor = std::exchange(reactor_, nullptr);
  const auto found = reactor->watched_.find(token_);
  if (found == reactor->watched_.end()) return;
  reactor->poller_->remove(token_, found->second.fd);
  reactor->watched_.erase(found);
}

void Watch::set_interest(short interest) {
  if (reactor_ == nullptr) return;
  const auto found = reactor_->watched_.find(token_);
  if (found != reactor_->watched_.end()) reactor_->poller_->set(token_, found->second.fd, interest);
}

void Timer::cancel() {
  if (reactor_ != nullptr) std::exchange(reactor_, nullptr)->timers_.erase({when_, serial_});
}

Reactor::Reactor() : poller_(Poller::make()) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    wake_read_ = ends[0];
    wake_write_ = ends[1];
    poller_->set(0, wake_read_, POLLIN);
  }
}

Reactor::~Reactor() {
  // Whatever a task owns may post, watch or cancel timers while it is destroyed, so nothing is destroyed in its place.
  const auto take_tasks = [this] {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    return std::exchange(tasks_, {});
  };
  { const auto tasks = take_tasks(); }
  { const auto microtasks = std::exchange(microtasks_, {}); }
  { const auto timers = std::exchange(timers_, {}); }
  { const auto turn_end = std::exchange(turn_end_, {}); }
  { const auto watched = std::exchange(watched_, {}); }
  close(wake_read_);
  close(wake_write_);
}

bool Reactor::has_tasks() const {
  const std::lock_guard lock(mutex_);
  return !tasks_.empty();
}

void Reactor::post(UniqueFunction<void()> task) {
  bool sleeping = false;
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      tasks_.push_back(std::move(task));
      sleeping = std::exchange(asleep_, false);
    }
  }
  if (sleeping) wake();
}

void Reactor::wake() {
  const char one = 1;
  [[maybe_unused]] const auto written = write(wake_write_, &one, 1);  // a full pipe wakes as well
}

void Reactor::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake();
}

Watch Reactor::watch(int fd, short interest, UniqueFunction<void(short)> callback) {
  const std::uint64_t token = ++last_serial_;
  watched_.emplace(token, Watched{fd, std::make_shared<UniqueFunction<void(short)>>(std::move(callback))});
  poller_->set(token, fd, interest);
  if (!in_turn_) wake();
  return {this, token};
}

Timer Reactor::at(TimePoint when, UniqueFunction<void()> callback) {
  const std::uint64_t serial = ++last_serial_;
  timers_.emplace(TimerKey{when, serial}, std::move(callback));
  if (!in_turn_) wake();  // only inside a caller's main context: its sleep was computed without this timer
  return {this, when, serial};
}

void Reactor::at_turn_end(UniqueFunction<void()> function) {
  turn_end_.push_back(std::move(function));
  if (!in_turn_) wake();
}

std::optional<Duration> Reactor::timeout() const {
  if (has_tasks() || !turn_end_.empty()) return Duration::zero();
  if (timers_.empty()) return std::nullopt;
  return std::max(timers_.begin()->first.first - Clock::now(), Duration::zero());
}

void Reactor::turn(bool block) {
  in_turn_ = true;
  std::optional<Duration> limit = Duration::zero();
  if (block) {
    const std::lock_guard lock(mutex_);
    asleep_ = tasks_.empty() && !stopped_;
    if (asleep_) limit = turn_end_.empty() ? std::nullopt : std::optional(Duration::zero());
  }
  if (limit == std::nullopt && !timers_.empty())
    limit = std::max(timers_.begin()->first.first - Clock::now(), Duration::zero());
  poller_->wait(limit, ready_);
  if (block) {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
  }
  run_ready();
  run_timers();
  run_tasks();
  run_turn_end();
  in_turn_ = false;
  if (!block) {  // inside a caller's main context, which may sleep now
    const std::lock_guard lock(mutex_);
    asleep_ = true;
  }
}

void Reactor::run_ready() {
  for (const auto& [token, events] : ready_) {
    if (token == 0) {
      char drained[64];
      while (read(wake_read_, drained, sizeof drained) == sizeof drained) continue;
      continue;
    }
    const auto found = watched_.find(token);
    if (found == watched_.end()) continue;  // dropped by an earlier callback of this turn
    const auto callback = found->second.callback;
    (*callback)(events);
    run_microtasks();
  }
}

void Reactor::run_timers() {
  if (timers_.empty()) return;
  const TimePoint now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const auto due = timers_.extract(timers_.begin());
    due.mapped()();
    run_microtasks();
  }
}

void Reactor::run_tasks() {
  for (int i = 0; i < kMaxTasksPerTurn; ++i) {
    UniqueFunction<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty() || stopped_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    try {
      task();
    } catch (...) {
      report_unhandled_error(std::current_exception(), "task");
    }
    run_microtasks();
  }
}

void Reactor::microtask(UniqueFunction<void()> function) {
  if (in_turn_) {
    microtasks_.push_back(std::move(function));
  } else {
    post(std::move(function));
  }
}

void Reactor::run_microtasks() {
  while (!microtasks_.empty()) {
    UniqueFunction<void()> function = std::move(microtasks_.front());
    microtasks_.pop_front();
    try {
      function();
    } catch (...) {
      report_unhandled_error(std::current_exception(), "continuation");
    }
  }
}

void Reactor::run_turn_end() {
  for (std::size_t i = 0; i < turn_end_.size(); ++i) {
    UniqueFunction<void()> function = std::move(turn_end_[i]);  // it may add another, which moves the vector
    function();
    run_microtasks();
  }
  turn_end_.clear();
}

void Reactor::run_until_stopped() {
  const auto keep = shared_from_this();
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
    }
    turn(true);
  }
}

}  // namespace parley
