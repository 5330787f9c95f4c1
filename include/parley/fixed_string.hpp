#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "parley/export.hpp"

namespace parley {

/// A string literal as a template argument: `addEventListener<"message">`, `NamedDOMException<"SyntaxError">`.
template <std::size_t N>
struct PARLEY_EXPORT FixedString {  // exported: exception types that programs catch are named by it
  char text[N]{};
  consteval FixedString(const char (&literal)[N]) { std::copy_n(literal, N, text); }  // NOLINT: implicit by design
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
  template <std::size_t M>
  constexpr bool operator==(const FixedString<M>& other) const {
    return view() == other.view();
  }
};

}  // namespace parley
