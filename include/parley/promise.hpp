#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
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
  explicit PromiseCore(EventLoop* loop);
  ~PromiseCore();
  PromiseCore(const PromiseCore&) = delete;
  PromiseCore& operator=(const PromiseCore&) = delete;

  /// Runs `continuation` as a task of its own once the promise has settled: on the loop the caller runs on, else on the
  /// promise's loop. If that loop has ended, the continuation is destroyed instead.
  void subscribe(UniqueFunction<void()> continuation);
  void reject(std::exception_ptr error);
  /// Blocks until settled. False: `timeout` passed first. Throws InvalidStateError on a loop's thread.
  bool wait(std::optional<std::chrono::steady_clock::duration> timeout);
  [[nodiscard]] bool pending() const;
  /// The reason of a rejected promise, nullptr otherwise. Settled promises only.
  [[nodiscard]] const std::exception_ptr& error() const { return error_; }

 protected:
  /// Stores the outcome unless there is one already; `store` runs under the lock.
  void settle(UniqueFunction<void()> store);

 private:
  struct Continuation {
    std::weak_ptr<EventLoop> loop;
    UniqueFunction<void()> run;
  };
  static void schedule(Continuation continuation);

  mutable std::mutex mutex_;
  std::condition_variable settled_condition_;
  std::weak_ptr<EventLoop> loop_;
  std::vector<Continuation> continuations_;
  std::exception_ptr error_;
  bool settled_ = false;
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
  T value() const {
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
  using type = R;
};
template <class T>
struct Unwrapped<Promise<T>> {
  using type = T;
};

template <class T>
class CoroutinePromise;

}  // namespace detail

/// The settling end of a promise. Copies settle the same promise; the first to do so wins.
template <class T>
class PromiseResolver {
 public:
  /// `loop`: where continuations run that were attached from no loop; nullptr: the current loop, else the shared one.
  explicit PromiseResolver(EventLoop* loop = nullptr) : state_(std::make_shared<detail::PromiseState<T>>(loop)) {}
  template <class... U>
  void resolve(U&&... value) const {
    state_->resolve(std::forward<U>(value)...);
  }
  void reject(std::exception_ptr error) const { state_->reject(std::move(error)); }
  template <class E>
  requires std::is_base_of_v<std::exception, E>
  void reject(const E& error) const { state_->reject(std::make_exception_ptr(error)); }
  [[nodiscard]] Promise<T> promise() const { return Promise<T>(state_); }
  [[nodiscard]] bool pending() const { return state_->pending(); }

 private:
  std::shared_ptr<detail::PromiseState<T>> state_;
};

/// ECMAScript's Promise: the outcome, now or later, of an operation. Copies share the outcome. It is also a coroutine's
/// return type: a function that returns Promise<T> may `co_await` other promises and `co_return` a T; it starts at
/// once, and an exception that leaves it rejects the promise.
///
/// A continuation (the rest of a coroutine after `co_await`, a `then` callback) always runs later, as a task of its
/// own, in the order of attachment: on the loop that the attaching code ran on, or, if it ran on none, on the promise's
/// loop. A rejection that nobody ever observes goes to the unhandled-error hook.
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

  /// Calls `on_fulfilled` with the value. The promise returned settles with what it returns, throws, or, if that is a
  /// promise, with what that promise settles with.
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
    void await_suspend(std::coroutine_handle<> handle) const {
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
    using type = std::invoke_result_t<F&, const T&>;
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
    using R = ResultOf<F>;
    using U = typename detail::Unwrapped<R>::type;
    PromiseResolver<U> next;
    state_->subscribe([state = state_, next, f = std::move(on_fulfilled), g = std::move(on_rejected)]() mutable {
      try {
        if (state->error()) {
          settle_with<U>(next, [&]() -> decltype(auto) { return g(state->error()); });
        } else if constexpr (std::is_void_v<T>) {
          settle_with<U>(next, [&]() -> decltype(auto) { return f(); });
        } else {
          settle_with<U>(next, [&]() -> decltype(auto) { return f(state->value()); });
        }
      } catch (...) {
        next.reject(std::current_exception());
      }
    });
    return next.promise();
  }

  template <class U, class Call>
  static void settle_with(const PromiseResolver<U>& next, Call call) {
    using R = decltype(call());
    if constexpr (detail::IsPromise<std::decay_t<R>>::value) {
      follow(call(), next);
    } else if constexpr (std::is_void_v<U>) {
      call();
      next.resolve();
    } else {
      next.resolve(call());
    }
  }
  template <class U>
  static void follow(const Promise<U>& inner, const PromiseResolver<U>& next) {
    if constexpr (std::is_void_v<U>) {
      inner.then([next] { next.resolve(); }, [next](const std::exception_ptr& e) { next.reject(e); });
    } else {
      inner.then([next](const U& value) { next.resolve(value); },
                 [next](const std::exception_ptr& e) { next.reject(e); });
    }
  }

  std::shared_ptr<detail::PromiseState<T>> state_;
};

namespace detail {

template <class T>
class CoroutinePromiseBase {
 public:
  ~CoroutinePromiseBase() {
    // Destroyed while suspended: the loop it waited on has ended.
    if (resolver_.pending()) resolver_.reject(AbortError("the event loop ended before the operation did"));
  }
  Promise<T> get_return_object() { return resolver_.promise(); }
  std::suspend_never initial_suspend() noexcept { return {}; }
  std::suspend_never final_suspend() noexcept { return {}; }
  void unhandled_exception() { resolver_.reject(std::current_exception()); }

 protected:
  PromiseResolver<T> resolver_;
};

template <class T>
class CoroutinePromise final : public CoroutinePromiseBase<T> {
 public:
  template <class U>
  void return_value(U&& value) {
    this->resolver_.resolve(std::forward<U>(value));
  }
};

template <>
class CoroutinePromise<void> final : public CoroutinePromiseBase<void> {
 public:
  void return_void() { this->resolver_.resolve(); }
};

}  // namespace detail

}  // namespace parley
