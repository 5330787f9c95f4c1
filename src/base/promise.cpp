#include "parley/promise.hpp"

#include "base/reactor.hpp"

namespace parley::detail {

PromiseCore::PromiseCore(EventLoop* loop) {
  if (loop == nullptr) loop = EventLoop::current();
  loop_ = loop != nullptr ? loop->weak_from_this() : std::weak_ptr(EventLoop::shared());
}

PromiseCore::~PromiseCore() {
  if (error_ && !observed_) report_unhandled_error(error_, "promise");
}

void PromiseCore::schedule(Continuation continuation) {
  const auto loop = continuation.loop.lock();
  if (!loop) return;
  if (EventLoop::current() == loop.get()) {
    loop->reactor().microtask(std::move(continuation.run));
  } else {
    loop->post(std::move(continuation.run));
  }
}

void PromiseCore::subscribe(UniqueFunction<void()> run) {
  EventLoop* here = EventLoop::current();
  Continuation continuation{here != nullptr ? here->weak_from_this() : loop_, std::move(run)};
  {
    const std::lock_guard lock(mutex_);
    observed_ = true;
    if (!settled_) {
      continuations_.push_back(std::move(continuation));
      return;
    }
  }
  schedule(std::move(continuation));
}

void PromiseCore::settle(UniqueFunction<void()> store) {
  std::vector<Continuation> ready;
  {
    const std::lock_guard lock(mutex_);
    if (settled_) return;
    store();
    settled_ = true;
    ready.swap(continuations_);
    settled_condition_.notify_all();
  }
  for (Continuation& continuation : ready) schedule(std::move(continuation));
}

void PromiseCore::reject(std::exception_ptr error) {
  settle([this, &error] { error_ = std::move(error); });
}

bool PromiseCore::pending() const {
  const std::lock_guard lock(mutex_);
  return !settled_;
}

bool PromiseCore::wait(std::optional<std::chrono::steady_clock::duration> timeout) {
  const auto loop = loop_.lock();
  if (EventLoop::current() != nullptr || (loop && loop->is_current()))
    throw InvalidStateError("get() would block the event loop; use co_await or then()");
  std::unique_lock lock(mutex_);
  observed_ = true;
  const auto done = [this] { return settled_; };
  if (timeout) return settled_condition_.wait_for(lock, *timeout, done);
  settled_condition_.wait(lock, done);
  return true;
}

}  // namespace parley::detail
