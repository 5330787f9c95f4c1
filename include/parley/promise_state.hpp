#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "parley/event_loop.hpp"

namespace parley::detail {

/// What a promise knows whatever its value type is.
class PARLEY_EXPORT PromiseCore {
 public:
  /// `loop` nullptr: the current loop, else the one that settles the promise.
  explicit PromiseCore(EventLoop* loop);
  ~PromiseCore();
  PromiseCore(const PromiseCore&) = delete;
  PromiseCore& operator=(const PromiseCore&) = delete;

  /// Runs `continuation`, never within this call, once the promise has settled: on the loop the caller runs on, else on
  /// the promise's loop. If that loop has ended, the continuation is destroyed instead.
  void subscribe(UniqueFunction<void()> continuation);
  void reject(std::exception_ptr error);
  /// Blocks until settled. False: `timeout` passed first. Throws InvalidStateError on a loop's thread.
  bool wait(std::optional<std::chrono::steady_clock::duration> timeout);
  [[nodiscard]] bool pending() const { return !settled_.load(std::memory_order_acquire); }
  /// The reason of a rejected promise, nullptr otherwise. Settled promises only.
  [[nodiscard]] const std::exception_ptr& error() const { return error_; }

  /// Runs `function` as the current loop's next microtask; destroys it where there is no loop.
  static void microtask(UniqueFunction<void()> function);

  void add_resolver() { resolvers_.fetch_add(1, std::memory_order_relaxed); }
  /// When nobody is left who could settle the promise, it is rejected with AbortError.
  void drop_resolver() {
    if (resolvers_.fetch_sub(1, std::memory_order_acq_rel) == 1 && pending()) abandon();
  }

 protected:
  /// Stores the outcome unless there is one already; `store` runs under the lock.
  void settle(UniqueFunction<void()> store);

 private:
  struct Continuation {
    std::weak_ptr<EventLoop> loop;  // empty: the promise's
    UniqueFunction<void()> run;
  };
  void abandon();
  struct Settled {
    std::weak_ptr<EventLoop> loop;      // the promise's; empty: not known yet
    const EventLoop* inside = nullptr;  // the one in whose turn it settled; an identity, not to be dereferenced
  };
  static void schedule(Continuation continuation, const Settled& settled);

  mutable std::mutex mutex_;
  std::condition_variable settled_condition_;
  Settled where_;
  std::vector<Continuation> continuations_;
  std::exception_ptr error_;
  std::atomic<bool> settled_ = false;
  std::atomic<int> resolvers_ = 0;
  bool scheduled_ = false;  // settled, and the continuations attached before that are on their way
  bool observed_ = false;
};

template <class T>
class PromiseState final : public PromiseCore {
 public:
  using PromiseCore::PromiseCore;
  template <class U>
  void resolve(U&& value) {
    settle([this, &value] { value_.emplace(std::forward<U>(value)); });
  }
  const T& value() const {
    if (error()) std::rethrow_exception(error());
    return *value_;
  }

 private:
  std::optional<T> value_;
};

template <>
class PromiseState<void> final : public PromiseCore {
 public:
  using PromiseCore::PromiseCore;
  void resolve() {
    settle([] {});
  }
  void value() const {
    if (error()) std::rethrow_exception(error());
  }
};

/// One of those who can settle a promise; they are counted.
template <class T>
class ResolverHandle {
 public:
  explicit ResolverHandle(std::shared_ptr<PromiseState<T>> state) : state_(std::move(state)) { state_->add_resolver(); }
  ResolverHandle(const ResolverHandle& other) : state_(other.state_) {
    if (state_) state_->add_resolver();
  }
  ResolverHandle(ResolverHandle&& other) noexcept = default;
  ResolverHandle& operator=(ResolverHandle other) noexcept {
    state_.swap(other.state_);
    return *this;
  }
  ~ResolverHandle() {
    if (state_) state_->drop_resolver();
  }
  [[nodiscard]] const std::shared_ptr<PromiseState<T>>& state() const { return state_; }

 private:
  std::shared_ptr<PromiseState<T>> state_;
};

}  // namespace parley::detail
