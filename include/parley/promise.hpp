#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "parley/errors.hpp"
#include "parley/promise_coroutine.hpp"
#include "parley/promise_state.hpp"

namespace parley {

namespace detail {

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
  /// Fulfills the promise, unless it is settled. Any thread.
  template <class... U>
  void resolve(U&&... value) const {
    const auto keep = handle_.state();  // a continuation dropped on the way may own this resolver
    keep->resolve(std::forward<U>(value)...);
  }
  /// Rejects it, unless it is settled. Any thread.
  void reject(const std::exception_ptr& error) const {
    const auto keep = handle_.state();
    keep->reject(error);
  }
  /// The same with a copy of the exception.
  template <class E>
  requires std::is_base_of_v<std::exception, E>
  void reject(const E& error) const { reject(std::make_exception_ptr(error)); }
  /// What it settles. May be taken several times.
  [[nodiscard]] Promise<T> promise() const { return Promise<T>(handle_.state()); }
  /// Whether it is not settled yet.
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
  /// T.
  using value_type = T;
  /// What makes it a coroutine's return type.
  using promise_type = detail::CoroutinePromise<T>;

  /// A promise that is fulfilled already.
  template <class... U>
  static Promise resolve(U&&... value) {
    PromiseResolver<T> resolver;
    resolver.resolve(std::forward<U>(value)...);
    return resolver.promise();
  }
  /// A promise that is rejected already.
  template <class E>
  static Promise reject(const E& error) {
    PromiseResolver<T> resolver;
    resolver.reject(error);
    return resolver.promise();
  }

  /// Whether it is not settled yet. Any thread.
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
  /// The same, with `on_rejected(std::exception_ptr)` for the other outcome, which has to give a value of the same
  /// type.
  template <class F, class G>
  auto then(F on_fulfilled, G on_rejected) const {
    return chain(std::move(on_fulfilled), std::move(on_rejected));
  }
  /// JavaScript's `catch`, which is a keyword here. `on_rejected(std::exception_ptr)` gives a value in the place of the
  /// one that did not come (nothing for a Promise<void>) or a promise of it, or throws.
  template <class G>
  auto catch_error(G on_rejected) const {
    if constexpr (std::is_void_v<T>) {
      return chain([] {}, std::move(on_rejected));
    } else {
      return chain([](const T& value) { return value; }, std::move(on_rejected));
    }
  }

  /// Waits in a coroutine: gives the value, or throws the reason.
  detail::PromiseAwaiter<T> operator co_await() const { return {state_}; }

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
            } else {
              settle_with<U>(next, [&]() -> decltype(auto) {
                if constexpr (std::is_void_v<T>) {
                  return f();
                } else {
                  return detail::call_with(f, state->value());
                }
              });
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

}  // namespace parley
