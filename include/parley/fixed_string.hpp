#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "parley/export.hpp"

namespace parley {

/// A string literal as a template argument: `addEventListener<"message">`, `NamedDOMException<"SyntaxError">`.
template <std::size_t N>
struct PARLEY_EXPORT FixedString {  // exported: exception types that programs catch are named by it
  /// With the terminating zero.
  char text[N]{};
  /// Implicit, so that a literal can stand for it.
  consteval FixedString(const char (&literal)[N]) { std::copy_n(literal, N, text); }  // NOLINT: implicit by design
  /// Without the terminating zero.
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
  /// Whether the texts are the same.
  template <std::size_t M>
  constexpr bool operator==(const FixedString<M>& other) const {
    return view() == other.view();
  }
};

}  // namespace parley
