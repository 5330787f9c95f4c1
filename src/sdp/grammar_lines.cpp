// The lines of RFC 8866 section 5.
#include <algorithm>

#include "sdp/grammar.hpp"
#include "sdp/lookup.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

/// nettype addrtype address, the tail of c=, o= and a=rtcp.
std::optional<Connection> read_connection(Words& words) {
  Connection value{std::string(words.next()), std::string(words.next()), std::string(words.next())};
  if (value.address.empty() || !words.done()) return std::nullopt;
  return value;
}

/// port["/"count]
bool read_ports(std::string_view text, MediaDescription& media) {
  const bool counted = text.find('/') != std::string_view::npos;
  const auto port = number<std::uint16_t>(take_until(text, '/'));
  const auto count = counted ? number<std::uint16_t>(text) : std::uint16_t{1};
  media.port = port.value_or(0);
  media.port_count = count.value_or(0);
  return port && media.port_count > 0;
}

/// RTP's formats are payload types (RFC 8866 section 5.14); those of other protocols are anything.
bool formats_fit(const MediaDescription& media) {
  if (!is_rtp(media)) return true;
  return std::ranges::all_of(media.formats,
                             [](const std::string& format) { return read<PayloadType>(format).has_value(); });
}

}  // namespace

template <>
std::optional<Connection> read(std::string_view text) {
  Words words(text);
  return read_connection(words);
}

void write(std::string& out, const Connection& value) {
  out.append(value.network_type).append(" ").append(value.address_type).append(" ").append(value.address);
}

template <>
std::optional<Origin> read(std::string_view text) {
  Words words(text);
  const std::string_view username = words.next();
  const auto id = words.next_number<std::uint64_t>();
  const auto version = words.next_number<std::uint64_t>();
  const auto where = read_connection(words);
  if (!id || !version || !where) return std::nullopt;
  return Origin{std::string(username), *id, *version, where->network_type, where->address_type, where->address};
}

void write(std::string& out, const Origin& value) {
  out.append(value.username).append(" ").append(std::to_string(value.session_id)).append(" ");
  out.append(std::to_string(value.session_version)).append(" ");
  write(out, Connection{value.network_type, value.address_type, value.address});
}

template <>
std::optional<Bandwidth> read(std::string_view text) {
  const std::string_view type = take_until(text, ':');
  const auto value = number<std::uint64_t>(text);
  if (type.empty() || type.find_first_of(kBlank) != std::string_view::npos || !value) return std::nullopt;
  return Bandwidth{std::string(type), *value};
}

void write(std::string& out, const Bandwidth& value) {
  out.append(value.type).append(":").append(std::to_string(value.value));
}

template <>
std::optional<Timing> read(std::string_view text) {
  Words words(text);
  const auto start = words.next_number<std::uint64_t>();
  const auto stop = words.next_number<std::uint64_t>();
  if (!start || !stop || !words.done()) return std::nullopt;
  return Timing{*start, *stop};
}

void write(std::string& out, const Timing& value) {
  out.append(std::to_string(value.start)).append(" ").append(std::to_string(value.stop));
}

template <>
std::optional<MediaDescription> read(std::string_view text) {
  Words words(text);
  MediaDescription media;
  media.kind = words.next();
  const bool ports = read_ports(words.next(), media);
  media.protocol = words.next();
  while (!words.done()) media.formats.emplace_back(words.next());
  if (!ports || media.formats.empty() || !formats_fit(media)) return std::nullopt;
  return media;
}

void write(std::string& out, const MediaDescription& value) {
  out.append(value.kind).append(" ").append(std::to_string(value.port));
  if (value.port_count != 1) out.append("/").append(std::to_string(value.port_count));
  out.append(" ").append(value.protocol);
  for (const std::string& format : value.formats) out.append(" ").append(format);
}

}  // namespace parley::sdp
