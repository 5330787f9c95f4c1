#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/errors.hpp"
#include "parley/event_loop.hpp"

namespace parley {

template <class T>
class Promise;

namespace detail {

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

/// A suspended coroutine that is destroyed if nobody ever resumes it.
class Resumption {
 public:
  explicit Resumption(std::coroutine_handle<> handle) : handle_(handle) {}
  Resumption(Resumption&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Resumption& operator=(Resumption&&) = delete;
  ~Resumption() {
    if (handle_) handle_.destroy();
  }
  void operator()() { std::exchange(handle_, nullptr).resume(); }

 private:
  std::coroutine_handle<> handle_;
};

template <class T>
struct IsPromise : std::false_type {};
template <class T>
struct IsPromise<Promise<T>> : std::true_type {
  using value_type = T;
};
/// What `then` resolves to when its callback returns R: a returned promise is unwrapped, as in ECMAScript.
template <class R>
struct Unwrapped {
  using type = std::decay_t<R>;
};
template <class T>
struct Unwrapped<Promise<T>> {
  using type = T;
};
template <class R>
using UnwrappedType = typename Unwrapped<std::remove_cvref_t<R>>::type;

/// Calls `function` with the value, or with nothing if that is all it takes: a JavaScript function ignores arguments,
/// too.
template <class F, class... Args>
requires(std::is_invocable_v<F&, const Args&...> || std::is_invocable_v<F&>) decltype(auto)
    call_with(F& function, const Args&... args) {
  if constexpr (std::is_invocable_v<F&, const Args&...>) {
    return function(args...);
  } else {
    return function();
  }
}

template <class T>
class CoroutinePromise;

}  // namespace detail

/// The settling end of a promise. Copies settle the same promise; the first to do so wins. A promise whose last
/// resolver goes without settling it is rejected with AbortError, which is not reported as unhandled: it will never
/// settle.
template <class T>
class PromiseResolver {
 public:
  /// `loop`: where continuations run that were attached from no loop; nullptr: the current loop, else the one on which
  /// the promise is settled, else the shared one.
  explicit PromiseResolver(EventLoop* loop = nullptr) : handle_(std::make_shared<detail::PromiseState<T>>(loop)) {}
  template <class... U>
  void resolve(U&&... value) const {
    const auto keep = handle_.state();  // a continuation dropped on the way may own this resolver
    keep->resolve(std::forward<U>(value)...);
  }
  void reject(std::exception_ptr error) const {
    const auto keep = handle_.state();
    keep->reject(std::move(error));
  }
  template <class E>
  requires std::is_base_of_v<std::exception, E>
  void reject(const E& error) const { reject(std::make_exception_ptr(error)); }
  [[nodiscard]] Promise<T> promise() const { return Promise<T>(handle_.state()); }
  [[nodiscard]] bool pending() const { return handle_.state()->pending(); }

 private:
  detail::ResolverHandle<T> handle_;
};

/// ECMAScript's Promise: the outcome, now or later, of an operation. Copies share the outcome. It is also a coroutine's
/// return type: a function that returns Promise<T> may `co_await` other promises and `co_return` a T; it starts at
/// once, and an exception that leaves it rejects the promise.
///
/// A continuation (the rest of a coroutine after `co_await`, a `then` callback) never runs within the call that
/// attaches it or settles the promise, but later, in the order of attachment: on the loop that the attaching code ran
/// on, or, if it ran on none, on the promise's loop. There it is a microtask (it runs before the loop's next task, e.g.
/// the next event) if the promise settles on that loop, else a task. If that loop has ended, it is destroyed instead,
/// and what it would have settled is rejected with AbortError. A rejection that nobody ever observes goes to the
/// unhandled-error hook when the promise is let go of.
template <class T>
class Promise {
 public:
  using value_type = T;
  using promise_type = detail::CoroutinePromise<T>;

  template <class... U>
  static Promise resolve(U&&... value) {
    PromiseResolver<T> resolver;
    resolver.resolve(std::forward<U>(value)...);
    return resolver.promise();
  }
  template <class E>
  static Promise reject(const E& error) {
    PromiseResolver<T> resolver;
    resolver.reject(error);
    return resolver.promise();
  }

  [[nodiscard]] bool pending() const { return state_->pending(); }

  /// Waits on an ordinary thread and returns the value or throws the reason. On a loop's thread, where waiting would
  /// stop the very loop that settles the promise, throws InvalidStateError at once: use co_await there.
  T get() const {
    state_->wait(std::nullopt);
    return state_->value();
  }
  /// The same; throws TimeoutError when `timeout` passes first.
  T get(std::chrono::steady_clock::duration timeout) const {
    if (!state_->wait(timeout)) throw TimeoutError("the promise did not settle in time");
    return state_->value();
  }

  /// Calls `on_fulfilled` with the value, or with nothing. The promise returned settles with what it returns, throws,
  /// or, if that is a promise, with what that promise settles with.
  template <class F>
  auto then(F on_fulfilled) const {
    return chain(std::move(on_fulfilled),
                 [](const std::exception_ptr& error) -> ResultOf<F> { std::rethrow_exception(error); });
  }
  /// The same, with `on_rejected(std::exception_ptr)` for the other outcome.
  template <class F, class G>
  auto then(F on_fulfilled, G on_rejected) const {
    return chain(std::move(on_fulfilled), std::move(on_rejected));
  }
  /// JavaScript's `catch`, which is a keyword here.
  template <class G>
  auto catch_error(G on_rejected) const {
    if constexpr (std::is_void_v<T>) {
      return chain([] {}, std::move(on_rejected));
    } else {
      return chain([](const T& value) { return value; }, std::move(on_rejected));
    }
  }

  struct Awaiter {
    std::shared_ptr<detail::PromiseState<T>> state;
    [[nodiscard]] bool await_ready() const { return false; }
    // Not inlined: Clang before 17 would keep the local on the frame (LLVM issue 56301).
    [[gnu::noinline]] void await_suspend(std::coroutine_handle<> handle) const {
      // This frame may be gone as soon as the continuation is attached: the copy keeps the state alive meanwhile.
      const auto keep = state;
      keep->subscribe(detail::Resumption(handle));
    }
    T await_resume() const { return state->value(); }
  };
  Awaiter operator co_await() const { return {state_}; }

 private:
  friend class PromiseResolver<T>;
  template <class F>
  struct Called {
    using type = decltype(detail::call_with(std::declval<F&>(), std::declval<const T&>()));
  };
  template <class F>
  requires std::is_void_v<T>
  struct Called<F> {
    using type = std::invoke_result_t<F&>;
  };
  template <class F>
  using ResultOf = typename Called<F>::type;

  explicit Promise(std::shared_ptr<detail::PromiseState<T>> state) : state_(std::move(state)) {}

  template <class F, class G>
  auto chain(F on_fulfilled, G on_rejected) const {
    using U = detail::UnwrappedType<ResultOf<F>>;
    PromiseResolver<U> next;
    auto promise = next.promise();
    state_->subscribe(
        [state = state_, next = std::move(next), f = std::move(on_fulfilled), g = std::move(on_rejected)]() mutable {
          try {
            if (state->error()) {
              settle_with<U>(next, [&]() -> decltype(auto) { return detail::call_with(g, state->error()); });
            } else if constexpr (std::is_void_v<T>) {
              settle_with<U>(next, [&]() -> decltype(auto) { return f(); });
            } else {
              settle_with<U>(next, [&]() -> decltype(auto) { return detail::call_with(f, state->value()); });
            }
          } catch (...) {
            next.reject(std::current_exception());
          }
        });
    return promise;
  }

  template <class U, class Call>
  static void settle_with(const PromiseResolver<U>& next, Call call) {
    using R = decltype(call());
    if constexpr (detail::IsPromise<std::remove_cvref_t<R>>::value) {
      follow(call(), next);
    } else if constexpr (std::is_void_v<U>) {
      call();
      next.resolve();
    } else {
      next.resolve(call());
    }
  }
  /// ECMAScript's NewPromiseResolveThenableJob: a microtask of its own attaches to the returned promise.
  template <class U>
  static void follow(Promise<U> inner, const PromiseResolver<U>& next) {
    auto attach = [inner = std::move(inner), next] {
      const auto reject = [next](const std::exception_ptr& e) { next.reject(e); };
      if constexpr (std::is_void_v<U>) {
        inner.then([next] { next.resolve(); }, reject);
      } else {
        inner.then([next](const U& value) { next.resolve(value); }, reject);
      }
    };
    detail::PromiseCore::microtask(std::move(attach));
  }

  std::shared_ptr<detail::PromiseState<T>> state_;
};

namespace detail {

/// Parameters and locals of a coroutine are gone before its promise settles, so that whoever waited for it may destroy
/// what they refer to. A coroutine destroyed while suspended (the loop it waited on has ended) drops its resolver.
template <class T>
class CoroutinePromiseBase {
 public:
  struct Final {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    // Not inlined: as Promise::Awaiter.
    [[gnu::noinline]] void await_suspend(std::coroutine_handle<CoroutinePromise<T>> handle) const noexcept {
      auto outcome = std::move(handle.promise().outcome_);
      handle.destroy();
      outcome.settle();
    }
    void await_resume() const noexcept {}
  };
  Promise<T> get_return_object() { return outcome_.resolver.promise(); }
  std::suspend_never initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() { outcome_.error = std::current_exception(); }

 protected:
  struct Outcome {
    PromiseResolver<T> resolver;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;

    void settle() noexcept {
      try {
        if (error) {
          resolver.reject(std::move(error));
        } else if constexpr (std::is_void_v<T>) {
          resolver.resolve();
        } else {
          resolver.resolve(std::move(*value));
        }
      } catch (...) {
        resolver.reject(std::current_exception());
      }
    }
  };
  Outcome outcome_;
};

template <class T>
class CoroutinePromise final : public CoroutinePromiseBase<T> {
 public:
  template <class U = T>
  void return_value(U&& value) {
    this->outcome_.value.emplace(std::forward<U>(value));
  }
};

template <>
class CoroutinePromise<void> final : public CoroutinePromiseBase<void> {
 public:
  void return_void() {}
};

}  // namespace detail

}  // namespace parley
