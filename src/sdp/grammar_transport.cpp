// Attributes of sessions and transports.
#include <algorithm>

#include "base/ascii.hpp"
#include "sdp/grammar.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

/// 2UHEX *(":" 2UHEX)
bool is_hash(std::string_view text) {
  if (text.size() % 3 != 2) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) return false;
  return true;
}

}  // namespace

template <>
std::optional<Group> read(std::string_view text) {
  Words words(text);
  Group group{std::string(words.next()), {}};
  while (!words.done()) group.mids.emplace_back(words.next());
  return group.semantics.empty() ? std::nullopt : std::optional(std::move(group));
}

void write(std::string& out, const Group& value) {
  out.append(value.semantics);
  for (const std::string& mid : value.mids) out.append(" ").append(mid);
}

template <>
std::optional<Fingerprint> read(std::string_view text) {
  Words words(text);
  Fingerprint value{std::string(words.next()), std::string(words.next())};
  std::ranges::transform(value.algorithm, value.algorithm.begin(), lower);
  std::ranges::transform(value.value, value.value.begin(), upper);
  return is_hash(value.value) && words.done() ? std::optional(std::move(value)) : std::nullopt;
}

void write(std::string& out, const Fingerprint& value) { out.append(value.algorithm).append(" ").append(value.value); }

template <>
std::optional<Setup> read(std::string_view text) {
  Words words(text);
  const std::string_view word = words.next();
  if (words.done())
    for (const Setup setup : {Setup::ActPass, Setup::Active, Setup::Passive, Setup::HoldConn})
      if (word == to_string(setup)) return setup;
  return std::nullopt;
}

void write(std::string& out, const Setup& value) { out.append(to_string(value)); }

template <>
std::optional<Rtcp> read(std::string_view text) {
  Words words(text);
  const auto port = words.next_number<std::uint16_t>();
  if (!port) return std::nullopt;
  if (words.done()) return Rtcp{*port};
  const auto connection = read<Connection>(words.rest());
  return connection ? std::optional(Rtcp{*port, connection}) : std::nullopt;
}

void write(std::string& out, const Rtcp& value) {
  out.append(std::to_string(value.port));
  if (!value.connection) return;
  out.append(" ");
  write(out, *value.connection);
}

template <>
std::optional<Sctpmap> read(std::string_view text) {
  Words words(text);
  const auto port = words.next_number<std::uint16_t>();
  const std::string_view application = words.next();
  const bool counted = !words.done();
  const auto streams = words.next_number<std::uint32_t>();
  if (!port || application.empty() || streams.has_value() != counted || !words.done()) return std::nullopt;
  return Sctpmap{*port, std::string(application), streams};
}

void write(std::string& out, const Sctpmap& value) {
  out.append(std::to_string(value.port)).append(" ").append(value.application);
  if (value.streams) out.append(" ").append(std::to_string(*value.streams));
}

}  // namespace parley::sdp
