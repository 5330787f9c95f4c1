#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/error.hpp"

namespace parley {

/// Marks the failure case: `return Unexpected(Error{…})`.
template <class E>
struct Unexpected {
  E value;
  explicit Unexpected(E e) : value(std::move(e)) {}
};

/// A value or the reason why there is none, with the member names of C++23's std::expected, which it stands in for.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}                    // NOLINT: implicit by design
  Result(Unexpected<E> error) : state_(std::in_place_index<1>, std::move(error.value)) {}  // NOLINT: implicit by design
  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }
  [[nodiscard]] T value_or(T other) const& { return has_value() ? value() : std::move(other); }
  [[nodiscard]] T value_or(T other) && { return has_value() ? std::move(*this).value() : std::move(other); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() {}  // NOLINT: defaulted, `return {}` would fill the place of the error with zeros
  Result(Unexpected<E> error) : error_(std::move(error.value)) {}  // NOLINT: implicit by design
  [[nodiscard]] bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  void value() const {}
  const E& error() const& { return *error_; }
  E&& error() && { return std::move(*error_); }

 private:
  std::optional<E> error_;
};

/// `return fail(ErrorKind::TypeError, "…");`
inline Unexpected<Error> fail(ErrorKind kind, std::string message) {
  return Unexpected<Error>(Error{.kind = kind, .message = std::move(message)});
}

}  // namespace parley
