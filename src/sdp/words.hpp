#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace parley::sdp {

inline constexpr std::string_view kBlank = " \t";

inline bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether `text` is of letters, digits and the characters of `more` only.
inline bool is_made_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text,
                             [&](char c) { return is_alphanumeric(c) || more.find(c) != std::string_view::npos; });
}

inline std::string_view without_blanks_at_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

/// A decimal number that fills `text` and fits T.
template <std::unsigned_integral T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// What stands before the first `separator`, which is taken off `text` together with the separator.
inline std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

/// A value seen as words between blanks. A word past the end is empty, which no word is.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) { skip_blanks(); }
  std::string_view next() {
    const std::string_view word = rest_.substr(0, rest_.find_first_of(kBlank));
    rest_.remove_prefix(word.size());
    skip_blanks();
    return word;
  }
  template <std::unsigned_integral T>
  std::optional<T> next_number() {
    return number<T>(next());
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size())); }
  std::string_view rest_;
};

}  // namespace parley::sdp
