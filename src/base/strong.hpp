#pragma once

#include <compare>
#include <functional>

namespace parley {

/// A number that does not mix with other numbers: `using StreamId = Strong<struct StreamIdTag, std::uint16_t>`.
template <class Tag, class T>
class Strong {
 public:
  using value_type = T;
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(value) {}
  [[nodiscard]] constexpr T get() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;

 private:
  T value_{};
};

}  // namespace parley

template <class Tag, class T>
struct std::hash<parley::Strong<Tag, T>> {
  std::size_t operator()(parley::Strong<Tag, T> number) const noexcept { return std::hash<T>{}(number.get()); }
};
