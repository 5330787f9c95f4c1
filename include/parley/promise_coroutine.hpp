// What makes Promise a coroutine's return type, and what `co_await` is made of.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "parley/promise_state.hpp"

namespace parley {

template <class T>
class Promise;
template <class T>
class PromiseResolver;

namespace detail {

template <class T>
class CoroutinePromise;

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

/// What `co_await` does with a promise.
template <class T>
struct PromiseAwaiter {
  std::shared_ptr<PromiseState<T>> state;
  [[nodiscard]] bool await_ready() const { return false; }
  // Not inlined: Clang before 17 would keep the local on the frame (LLVM issue 56301).
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<> handle) const {
    // This frame may be gone as soon as the continuation is attached: the copy keeps the state alive meanwhile.
    const auto keep = state;
    keep->subscribe(Resumption(handle));
  }
  T await_resume() const { return state->value(); }
};

/// Parameters and locals of a coroutine are gone before its promise settles, so that whoever waited for it may destroy
/// what they refer to. A coroutine destroyed while suspended (the loop it waited on has ended) drops its resolver.
template <class T>
class CoroutinePromiseBase {
 public:
  struct Final {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    // Not inlined: as PromiseAwaiter.
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

template <class T>
requires std::is_void_v<T>
class CoroutinePromise<T> final : public CoroutinePromiseBase<T> {
 public:
  void return_void() {}
};

}  // namespace detail

}  // namespace parley
