#include "parley/promise.hpp"

#include "base/reactor.hpp"

namespace parley::detail {
namespace {

bool is_empty(const std::weak_ptr<EventLoop>& loop) {
  const std::weak_ptr<EventLoop> empty;
  return !loop.owner_before(empty) && !empty.owner_before(loop);
}

}  // namespace

PromiseCore::PromiseCore(EventLoop* loop) : where_{loop != nullptr ? loop->weak_from_this() : EventLoop::here()} {}

PromiseCore::~PromiseCore() {
  if (error_ && !observed_) report_unhandled_error(error_, "promise");
}

void PromiseCore::microtask(UniqueFunction<void()> function) {
  if (EventLoop* loop = EventLoop::current()) loop->reactor().microtask(std::move(function));
}

/// On the loop in whose turn the promise settles its continuations are microtasks, on every other they are tasks: the
/// same for all that are attached to one promise, so that none overtakes another.
void PromiseCore::schedule(Continuation continuation, const Settled& settled) {
  const auto& named = is_empty(continuation.loop) ? settled.loop : continuation.loop;
  const auto loop = is_empty(named) ? EventLoop::shared() : named.lock();
  if (!loop) return;
  if (loop.get() == settled.inside && loop.get() == CurrentLoop::get()) {
    loop->reactor().microtask(std::move(continuation.run));
  } else {
    loop->post(std::move(continuation.run));
  }
}

void PromiseCore::subscribe(UniqueFunction<void()> run) {
  Continuation continuation{EventLoop::here(), std::move(run)};
  Settled settled;
  {
    const std::lock_guard lock(mutex_);
    observed_ = true;
    if (!scheduled_) {
      continuations_.push_back(std::move(continuation));
      return;
    }
    settled = where_;
  }
  schedule(std::move(continuation), settled);
}

void PromiseCore::settle(UniqueFunction<void()> store) {
  auto here = EventLoop::here();
  const EventLoop* inside = CurrentLoop::get();
  std::unique_lock lock(mutex_);
  if (settled_) return;
  store();
  if (is_empty(where_.loop)) where_.loop = std::move(here);
  if (inside != nullptr && inside->reactor_->in_turn()) where_.inside = inside;
  settled_.store(true, std::memory_order_release);
  settled_condition_.notify_all();
  // Not under the lock, since a continuation whose loop has ended is destroyed. One attached meanwhile by another
  // thread queues behind those that were there before it.
  std::vector<Continuation> ready;
  while (!continuations_.empty()) {
    ready.swap(continuations_);
    const Settled settled = where_;
    lock.unlock();
    for (Continuation& continuation : ready) schedule(std::move(continuation), settled);
    ready.clear();
    lock.lock();
  }
  scheduled_ = true;
}

void PromiseCore::reject(std::exception_ptr error) {
  if (!error) error = std::make_exception_ptr(UnknownError("rejected without a reason"));
  settle([this, &error] { error_ = std::move(error); });
}

void PromiseCore::abandon() {
  {
    const std::lock_guard lock(mutex_);
    observed_ = true;
  }
  reject(std::make_exception_ptr(AbortError("nobody is left who could settle this promise")));
}

bool PromiseCore::wait(std::optional<std::chrono::steady_clock::duration> timeout) {
  if (EventLoop::current() != nullptr)
    throw InvalidStateError("get() would block the event loop; use co_await or then()");
  std::unique_lock lock(mutex_);
  const auto done = [this] { return settled_.load(std::memory_order_relaxed); };
  if (timeout) {
    settled_condition_.wait_until(lock, deadline_after(Clock::now(), *timeout), done);
  } else {
    settled_condition_.wait(lock, done);
  }
  if (done()) observed_ = true;
  return done();
}

}  // namespace parley::detail
