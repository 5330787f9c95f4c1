// Numbers, words and texts.
#include "sdp/grammar.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

template <class T>
std::optional<T> read_number(std::string_view text) {
  Words words(text);
  const auto value = words.next_number<T>();
  return words.done() ? value : std::nullopt;
}

/// One word of letters, digits and characters of `more`.
std::optional<std::string> read_word(std::string_view text, std::size_t least, std::size_t most,
                                     std::string_view more) {
  Words words(text);
  const std::string_view word = words.next();
  if (!words.done() || word.size() < least || word.size() > most) return std::nullopt;
  return is_made_of(word, more) ? std::optional(std::string(word)) : std::nullopt;
}

/// ice-char, and four characters more that endpoints are known to use in spite of RFC 8839.
constexpr std::string_view kIcePunctuation = "+/-_=#";

}  // namespace

template <>
std::optional<std::uint16_t> read(std::string_view text) {
  return read_number<std::uint16_t>(text);
}

template <>
std::optional<std::uint32_t> read(std::string_view text) {
  return read_number<std::uint32_t>(text);
}

template <>
std::optional<std::uint64_t> read(std::string_view text) {
  return read_number<std::uint64_t>(text);
}

template <>
std::optional<PayloadType> read(std::string_view text) {
  const auto value = number<std::uint8_t>(text);
  return value && *value < 128 ? std::optional(PayloadType(*value)) : std::nullopt;
}

template <>
std::optional<std::string> read(std::string_view text) {
  Words words(text);
  const std::string_view word = words.next();
  return !word.empty() && words.done() ? std::optional(std::string(word)) : std::nullopt;
}

template <>
std::optional<Attribute> read(std::string_view text) {
  const bool valued = text.find(':') != std::string_view::npos;
  Attribute attribute{std::string(take_until(text, ':'))};
  if (valued) attribute.value = text;
  return attribute;
}

std::optional<std::string> read_text(std::string_view text) {
  const std::string_view rest = Words(text).rest();
  return rest.empty() ? std::nullopt : std::optional(std::string(rest));
}

std::optional<std::string> read_verbatim(std::string_view text) { return std::string(text); }

std::optional<std::vector<std::string>> read_words(std::string_view text) {
  Words words(text);
  std::vector<std::string> list;
  while (!words.done()) list.emplace_back(words.next());
  return list.empty() ? std::nullopt : std::optional(std::move(list));
}

std::optional<std::string> read_ice_ufrag(std::string_view text) { return read_word(text, 4, 256, kIcePunctuation); }
std::optional<std::string> read_ice_pwd(std::string_view text) { return read_word(text, 22, 256, kIcePunctuation); }
std::optional<std::string> read_tls_id(std::string_view text) { return read_word(text, 20, 255, "+/-_"); }

void write(std::string& out, PayloadType value) { out.append(std::to_string(value.get())); }
void write(std::string& out, std::uint64_t value) { out.append(std::to_string(value)); }
void write(std::string& out, std::string_view value) { out.append(value); }

void write(std::string& out, const std::vector<std::string>& words) {
  for (const std::string& word : words) out.append(&word == words.data() ? "" : " ").append(word);
}

void write(std::string& out, const Attribute& value) {
  out.append(value.name);
  if (value.value) out.append(":").append(*value.value);
}

}  // namespace parley::sdp
