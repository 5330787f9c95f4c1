#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace parley {

namespace detail {

/// A callable that may be none: a function pointer, a std::function.
template <class F>
concept Nullable = std::is_constructible_v<F, std::nullptr_t> && requires(const F& callable) {
  { callable == nullptr } -> std::convertible_to<bool>;
};

}  // namespace detail

template <class Signature>
class UniqueFunction;

/// A callable that owns what it captures and can only be moved: `std::move_only_function` until C++23 is here.
/// Captures of up to six pointers are stored in place. Made from a null function pointer or an empty std::function it
/// is empty; an empty one must not be called.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  /// An empty one.
  UniqueFunction(std::nullptr_t) {}  // NOLINT: an empty function reads as nullptr
  /// Takes over a callable.
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, UniqueFunction> && std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
      UniqueFunction(F&& callable) {  // NOLINT: implicit by design
    using Callable = std::decay_t<F>;
    if constexpr (detail::Nullable<std::remove_reference_t<F>>) {
      if (callable == nullptr) return;
    }
    if constexpr (fits<Callable>) {
      ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
      actions_ = &kActions<InPlace<Callable>>;
    } else {
      ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
      actions_ = &kActions<OnHeap<Callable>>;
    }
  }
  /// What was moved from is empty.
  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  /// Likewise; what it had is destroyed.
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    // What is replaced is destroyed last: it may own `other`, or assign to this function from its destructor.
    UniqueFunction incoming(std::move(other));
    const UniqueFunction replaced(std::move(*this));
    take(incoming);
    return *this;
  }
  ~UniqueFunction() { reset(); }

  /// Whether it is not empty.
  explicit operator bool() const { return actions_ != nullptr; }
  /// Calls it.
  R operator()(Args... args) { return actions_->call(storage_, std::forward<Args>(args)...); }

 private:
  static constexpr std::size_t kCapacity = 6 * sizeof(void*);
  struct Actions {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;  // leaves `from` without an object
    void (*destroy)(void*) noexcept;
  };
  template <class C>
  static constexpr bool fits = sizeof(C) <= kCapacity &&
                               alignof(C) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<C>;
  template <class C>
  struct InPlace {
    static C& held(void* storage) noexcept { return *std::launder(static_cast<C*>(storage)); }
    static void move(void* from, void* to) noexcept {
      ::new (to) C(std::move(held(from)));
      held(from).~C();
    }
    static void destroy(void* storage) noexcept { held(storage).~C(); }
  };
  template <class C>
  struct OnHeap {
    static C*& pointer(void* storage) noexcept { return *std::launder(static_cast<C**>(storage)); }
    static C& held(void* storage) noexcept { return *pointer(storage); }
    static void move(void* from, void* to) noexcept { ::new (to) C*(pointer(from)); }
    static void destroy(void* storage) noexcept { delete pointer(storage); }
  };
  template <class Place>
  static R call(void* storage, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      std::invoke(Place::held(storage), std::forward<Args>(args)...);
    } else {
      return std::invoke(Place::held(storage), std::forward<Args>(args)...);
    }
  }
  template <class Place>
  static constexpr Actions kActions{&call<Place>, &Place::move, &Place::destroy};

  void take(UniqueFunction& other) noexcept {
    if (other.actions_ == nullptr) return;
    other.actions_->move(other.storage_, storage_);
    actions_ = std::exchange(other.actions_, nullptr);
  }
  void reset() noexcept {
    if (actions_ != nullptr) std::exchange(actions_, nullptr)->destroy(storage_);
  }

  alignas(std::max_align_t) std::byte storage_[kCapacity];
  const Actions* actions_ = nullptr;
};

}  // namespace parley
