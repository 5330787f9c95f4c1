#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace parley {

template <class Signature>
class UniqueFunction;

/// A callable that owns what it captures and can only be moved: `std::move_only_function` until C++23 is here.
/// Captures of up to six pointers are stored in place.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  UniqueFunction(std::nullptr_t) {}  // NOLINT: an empty function reads as nullptr
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, UniqueFunction> && std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
      UniqueFunction(F&& callable) {  // NOLINT: implicit by design
    using Callable = std::decay_t<F>;
    if constexpr (fits<Callable>) {
      ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
      actions_ = &kInPlace<Callable>;
    } else {
      ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
      actions_ = &kOnHeap<Callable>;
    }
  }
  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~UniqueFunction() { reset(); }

  explicit operator bool() const { return actions_ != nullptr; }
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
  static constexpr Actions kInPlace{
      [](void* p, Args&&... args) -> R { return (*std::launder(static_cast<C*>(p)))(std::forward<Args>(args)...); },
      [](void* from, void* to) noexcept {
        C* source = std::launder(static_cast<C*>(from));
        ::new (to) C(std::move(*source));
        source->~C();
      },
      [](void* p) noexcept { std::launder(static_cast<C*>(p))->~C(); }};
  template <class C>
  static constexpr Actions kOnHeap{
      [](void* p, Args&&... args) -> R { return (**static_cast<C**>(p))(std::forward<Args>(args)...); },
      [](void* from, void* to) noexcept { ::new (to) C*(*static_cast<C**>(from)); },
      [](void* p) noexcept { delete *static_cast<C**>(p); }};

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
