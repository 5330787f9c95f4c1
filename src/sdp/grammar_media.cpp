// Attributes of RTP media.
#include "sdp/grammar.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

std::optional<Direction> read_direction(std::string_view word) {
  for (const Direction direction : {Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive})
    if (word == to_string(direction)) return direction;
  return std::nullopt;
}

}  // namespace

template <>
std::optional<Rtpmap> read(std::string_view text) {
  Words words(text);
  const auto payload_type = read<PayloadType>(words.next());
  std::string_view rest = words.next();
  const std::string_view encoding = take_until(rest, '/');
  const auto clock_rate = number<std::uint32_t>(take_until(rest, '/'));
  if (!payload_type || encoding.empty() || clock_rate.value_or(0) == 0 || !words.done()) return std::nullopt;
  return Rtpmap{*payload_type, std::string(encoding), *clock_rate, std::string(rest)};
}

void write(std::string& out, const Rtpmap& value) {
  write(out, value.payload_type);
  out.append(" ").append(value.encoding).append("/").append(std::to_string(value.clock_rate));
  if (!value.parameters.empty()) out.append("/").append(value.parameters);
}

template <>
std::optional<Fmtp> read(std::string_view text) {
  Words words(text);
  Fmtp value{std::string(words.next()), std::string(words.rest())};
  return value.format.empty() ? std::nullopt : std::optional(std::move(value));
}

void write(std::string& out, const Fmtp& value) {
  out.append(value.format);
  if (!value.parameters.empty()) out.append(" ").append(value.parameters);
}

template <>
std::optional<RtcpFeedback> read(std::string_view text) {
  Words words(text);
  const std::string_view who = words.next();
  RtcpFeedback value{read<PayloadType>(who), std::string(words.rest())};
  if ((!value.payload_type && who != "*") || value.value.empty()) return std::nullopt;
  return value;
}

void write(std::string& out, const RtcpFeedback& value) {
  out.append(value.payload_type ? std::to_string(value.payload_type->get()) : "*").append(" ").append(value.value);
}

template <>
std::optional<Extmap> read(std::string_view text) {
  Words words(text);
  std::string_view entry = words.next();
  const bool directed = entry.find('/') != std::string_view::npos;
  const auto id = number<std::uint16_t>(take_until(entry, '/'));
  const auto direction = read_direction(entry);
  const std::string_view uri = words.next();
  if (id.value_or(0) == 0 || directed != direction.has_value() || uri.empty()) return std::nullopt;
  return Extmap{*id, direction, std::string(uri), std::string(words.rest())};
}

void write(std::string& out, const Extmap& value) {
  out.append(std::to_string(value.id));
  if (value.direction) out.append("/").append(to_string(*value.direction));
  out.append(" ").append(value.uri);
  if (!value.attributes.empty()) out.append(" ").append(value.attributes);
}

template <>
std::optional<Msid> read(std::string_view text) {
  Words words(text);
  Msid value{std::string(words.next())};
  if (!words.done()) value.track = words.next();
  return value.stream.empty() || !words.done() ? std::nullopt : std::optional(std::move(value));
}

void write(std::string& out, const Msid& value) {
  out.append(value.stream);
  if (value.track) out.append(" ").append(*value.track);
}

template <>
std::optional<SsrcAttribute> read(std::string_view text) {
  Words words(text);
  const auto ssrc = words.next_number<std::uint32_t>();
  auto attribute = read<Attribute>(words.rest());
  if (!ssrc || attribute->name.empty()) return std::nullopt;
  return SsrcAttribute{Ssrc(*ssrc), std::move(attribute->name), std::move(attribute->value)};
}

void write(std::string& out, const SsrcAttribute& value) {
  out.append(std::to_string(value.ssrc.get())).append(" ");
  write(out, Attribute{value.name, value.value});
}

template <>
std::optional<SsrcGroup> read(std::string_view text) {
  Words words(text);
  SsrcGroup value{std::string(words.next()), {}};
  while (!words.done()) {
    const auto ssrc = words.next_number<std::uint32_t>();
    if (!ssrc) return std::nullopt;
    value.ssrcs.emplace_back(*ssrc);
  }
  return value.semantics.empty() ? std::nullopt : std::optional(std::move(value));
}

void write(std::string& out, const SsrcGroup& value) {
  out.append(value.semantics);
  for (const Ssrc ssrc : value.ssrcs) out.append(" ").append(std::to_string(ssrc.get()));
}

}  // namespace parley::sdp
