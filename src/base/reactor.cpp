#include "base/reactor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "parley/errors.hpp"
#include "parley/event_loop.hpp"

namespace parley {
namespace {

/// Tasks beyond this many in one turn wait until descriptors have been looked at again.
constexpr int kMaxTasksPerTurn = 1024;
/// Room for this many waiting tasks is kept after a burst, the rest is given back.
constexpr std::size_t kMaxIdleTaskRoom = 4096;

thread_local CurrentLoop* innermost = nullptr;

template <class F>
void guarded(const char* where, F&& function) {
  try {
    function();
  } catch (...) {
    report_unhandled_error(std::current_exception(), where);
  }
}

void run_and_destroy(const char* where, UniqueFunction<void()> function) { guarded(where, function); }

}  // namespace

CurrentLoop::CurrentLoop(EventLoop* loop) : before_(std::exchange(innermost, this)), loop_(loop) {}
CurrentLoop::~CurrentLoop() { innermost = before_; }
EventLoop* CurrentLoop::get() { return innermost != nullptr ? innermost->loop_ : nullptr; }
void CurrentLoop::forget(const EventLoop* loop) {
  for (CurrentLoop* one = innermost; one != nullptr; one = one->before_)
    if (one->loop_ == loop) one->loop_ = nullptr;
}

void Watch::stop() {
  if (reactor_ == nullptr) return;
  Reactor* reactor = std::exchange(reactor_, nullptr);
  const auto found = reactor->watched_.find(token_);
  if (found == reactor->watched_.end()) return;
  reactor->poller_->remove(token_, found->second.fd);
  const auto watched = reactor->watched_.extract(found);  // destroyed when the map no longer has it
}

void Watch::set_interest(short interest) {
  if (reactor_ == nullptr) return;
  const auto found = reactor_->watched_.find(token_);
  if (found == reactor_->watched_.end()) return;
  reactor_->poller_->set(token_, found->second.fd, interest);
  if (!reactor_->in_turn_) reactor_->wake();
}

void Timer::cancel() {
  if (reactor_ == nullptr) return;
  const auto timer = std::exchange(reactor_, nullptr)->timers_.extract({when_, serial_});
}

Reactor::Reactor(std::optional<Duration> busy_poll) : poller_(Poller::make()), polling_(busy_poll) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw OperationError("no descriptor for an event loop");
  wake_read_ = ends[0];
  wake_write_ = ends[1];
  poller_->set(0, wake_read_, POLLIN);
}

Reactor::~Reactor() {
  stop();
  clear();
  close(wake_read_);
  close(wake_write_);
}

/// Destroys everything unrun. What is destroyed may post, watch and cancel meanwhile, so nothing is destroyed in place.
void Reactor::clear() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  const auto batch = std::exchange(batch_, {});
  next_ = 0;
  const auto timers = std::exchange(timers_, {});
  const auto running_microtasks = std::exchange(running_microtasks_, {});
  const auto microtasks = std::exchange(microtasks_, {});
  const auto turn_end = std::exchange(turn_end_, {});
  const auto watched = std::exchange(watched_, {});
}

void Reactor::post(Task task) {
  bool sleeping = false;
  {
    const std::lock_guard lock(mutex_);
    // The task is destroyed by the caller, after the lock; but not inside us, who may be at work with what it owns.
    if (stopped() && (inside_ == 0 || inside_thread_ != std::this_thread::get_id())) return;
    tasks_.push_back(std::move(task));
    sleeping = std::exchange(asleep_, false);
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

bool Reactor::enter() {
  const std::lock_guard lock(mutex_);
  if (stopped() && inside_ == 0) return false;
  ++inside_;
  inside_thread_ = std::this_thread::get_id();
  return true;
}

void Reactor::leave() {
  std::unique_lock lock(mutex_);
  // What is destroyed may post again.
  for (bool clean = inside_ > 1 || !stopped(); !clean; clean = tasks_.empty()) {
    lock.unlock();
    clear();
    lock.lock();
  }
  if (--inside_ == 0) left_.notify_all();
}

void Reactor::finish() {
  {
    std::unique_lock lock(mutex_);
    if (inside_ > 0 && inside_thread_ == std::this_thread::get_id()) return;
    left_.wait(lock, [this] { return inside_ == 0; });
  }
  clear();
}

Watch Reactor::watch(int fd, short interest, UniqueFunction<void(short)> callback) {
  if (stopped()) return {};
  const std::uint64_t token = ++last_serial_;
  watched_.emplace(token, Watched{fd, std::make_shared<UniqueFunction<void(short)>>(std::move(callback))});
  poller_->set(token, fd, interest);
  if (!in_turn_) wake();
  return {this, token};
}

Timer Reactor::at(TimePoint when, Task callback) {
  if (stopped()) return {};
  const std::uint64_t serial = ++last_serial_;
  timers_.emplace(TimerKey{when, serial}, std::move(callback));
  if (!in_turn_) wake();  // only inside a caller's main context: its sleep was computed without this timer
  return {this, when, serial};
}

void Reactor::at_turn_end(Task function) {
  if (stopped()) return;
  turn_end_.push_back(std::move(function));
  if (!in_turn_) wake();
}

/// Something is to be done without waiting. Under the lock.
bool Reactor::has_work() const { return stopped() || !tasks_.empty() || next_ < batch_.size() || !turn_end_.empty(); }

std::optional<Duration> Reactor::until_next_timer() const {
  if (timers_.empty()) return std::nullopt;
  return std::max(timers_.begin()->first.first - Clock::now(), Duration::zero());
}

std::optional<Duration> Reactor::timeout() const {
  {
    const std::lock_guard lock(mutex_);
    if (has_work()) return Duration::zero();
  }
  return until_next_timer();
}

/// Instead of sleeping, while that may be sooner. True: there is something to do. Whoever posts meanwhile need not wake
/// anybody, since `asleep_` is false.
bool Reactor::poll_until(TimePoint end) {
  while (Clock::now() < end) {
    poller_->wait(Duration::zero(), ready_);
    if (!ready_.empty() || timeout() == Duration::zero()) return true;
  }
  return false;
}

void Reactor::wait(bool block) {
  std::optional<Duration> limit = Duration::zero();
  {
    const std::lock_guard lock(mutex_);
    asleep_ = block && !has_work();
    if (asleep_) limit = until_next_timer();
  }
  poller_->wait(limit, ready_);
  if (block) {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
  }
}

void Reactor::wait_or_poll() {
  if (!polling_.concerned()) return wait(true);
  const TimePoint end = polling_.begin(Clock::now());
  if (!poll_until(end)) wait(true);
  polling_.end(Clock::now(), !ready_.empty());
}

void Reactor::turn(bool block) {
  in_turn_ = true;
  polling_.begin_turn();
  if (block) {
    wait_or_poll();
  } else {
    wait(false);
  }
  run_ready();
  run_timers();
  run_tasks();
  run_turn_end();
  in_turn_ = false;
  if (!block) {  // the caller's main context, which asks timeout() before it sleeps
    const std::lock_guard lock(mutex_);
    asleep_ = true;
  }
}

void Reactor::run_ready() {
  for (const auto& [token, events] : ready_) {
    if (stopped()) return;
    if (token == 0) {
      char drained[64];
      while (read(wake_read_, drained, sizeof drained) == sizeof drained) continue;
      continue;
    }
    const auto found = watched_.find(token);
    if (found == watched_.end()) continue;  // dropped by an earlier callback of this turn
    auto callback = found->second.callback;
    guarded("descriptor callback", [&, ready = events] { (*callback)(ready); });
    callback.reset();
    run_microtasks();
  }
}

void Reactor::run_timers() {
  if (timers_.empty()) return;
  const TimePoint now = Clock::now();
  const std::uint64_t newest = last_serial_;  // a timer set meanwhile waits for the next turn, however overdue it is
  while (!stopped()) {
    const auto due = std::find_if(timers_.begin(), timers_.end(), [&](const auto& timer) {
      return timer.first.first > now || timer.first.second <= newest;
    });
    if (due == timers_.end() || due->first.first > now) return;
    run_and_destroy("timer", std::move(timers_.extract(due).mapped()));
    run_microtasks();
  }
}

bool Reactor::fetch_tasks() {
  if (next_ < batch_.size()) return true;
  batch_.clear();
  next_ = 0;
  if (batch_.capacity() > kMaxIdleTaskRoom) batch_.shrink_to_fit();
  const std::lock_guard lock(mutex_);
  batch_.swap(tasks_);
  return !batch_.empty();
}

void Reactor::run_tasks() {
  for (int i = 0; i < kMaxTasksPerTurn && fetch_tasks() && !stopped(); ++i) {
    run_and_destroy("task", std::move(batch_[next_++]));
    run_microtasks();
  }
}

void Reactor::run_turn_end() {
  for (std::size_t i = 0; i < turn_end_.size() && !stopped(); ++i) {
    run_and_destroy("end of turn", std::move(turn_end_[i]));  // moved out: it may add another, which moves the vector
    run_microtasks();
  }
  if (!stopped()) turn_end_.clear();
}

void Reactor::microtask(Task function) {
  if (!in_turn_) return post(std::move(function));
  if (!stopped()) microtasks_.push_back(std::move(function));
}

void Reactor::run_microtasks() {
  while (!microtasks_.empty()) {
    running_microtasks_.swap(microtasks_);
    for (Task& one : running_microtasks_) {
      if (stopped()) return;
      run_and_destroy("continuation", std::move(one));
    }
    running_microtasks_.clear();
  }
}

void Reactor::run_until_stopped() {
  const auto keep = shared_from_this();
  const Inside inside(*this);
  if (!inside) return clear();
  while (!stopped()) turn(true);
}

}  // namespace parley
