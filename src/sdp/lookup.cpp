#include "sdp/lookup.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

template <class List, class Test>
auto find(List& list, Test test) {
  const auto it = std::ranges::find_if(list, test);
  return it == list.end() ? nullptr : &*it;
}

bool has_component(std::string_view protocol, std::string_view component) {
  while (!protocol.empty())
    if (take_until(protocol, '/') == component) return true;
  return false;
}

}  // namespace

const MediaDescription* media_by_mid(const Description& description, std::string_view mid) {
  return find(description.media, [&](const MediaDescription& media) { return media.mid == mid; });
}

MediaDescription* media_by_mid(Description& description, std::string_view mid) {
  return find(description.media, [&](const MediaDescription& media) { return media.mid == mid; });
}

std::optional<std::size_t> index_by_mid(const Description& description, std::string_view mid) {
  const MediaDescription* media = media_by_mid(description, mid);
  return media ? std::optional(static_cast<std::size_t>(media - description.media.data())) : std::nullopt;
}

const Group* group_of(const Description& description, std::string_view semantics, std::string_view mid) {
  return find(description.groups, [&](const Group& group) {
    return group.semantics == semantics && std::ranges::find(group.mids, mid) != group.mids.end();
  });
}

std::vector<const Group*> groups(const Description& description, std::string_view semantics) {
  std::vector<const Group*> found;
  for (const Group& group : description.groups)
    if (group.semantics == semantics) found.push_back(&group);
  return found;
}

bool is_rtp(const MediaDescription& media) { return has_component(media.protocol, "RTP"); }
bool is_sctp(const MediaDescription& media) { return has_component(media.protocol, "SCTP"); }

std::vector<PayloadType> payload_types(const MediaDescription& media) {
  std::vector<PayloadType> types;
  if (!is_rtp(media)) return types;
  for (const std::string& format : media.formats)
    if (const auto type = number<std::uint8_t>(format)) types.emplace_back(*type);
  return types;
}

const Rtpmap* rtpmap(const MediaDescription& media, PayloadType payload_type) {
  return find(media.rtpmaps, [&](const Rtpmap& map) { return map.payload_type == payload_type; });
}

unsigned channels(const Rtpmap& rtpmap) { return number<unsigned>(rtpmap.parameters).value_or(1); }

std::string_view fmtp(const MediaDescription& media, std::string_view format) {
  const Fmtp* found = find(media.fmtps, [&](const Fmtp& fmtp) { return fmtp.format == format; });
  return found ? std::string_view(found->parameters) : std::string_view();
}

std::optional<std::string_view> fmtp_parameter(std::string_view parameters, std::string_view name) {
  while (!parameters.empty()) {
    std::string_view value = without_blanks_at_end(Words(take_until(parameters, ';')).rest());
    if (equal_ignoring_case(without_blanks_at_end(take_until(value, '=')), name)) return Words(value).rest();
  }
  return std::nullopt;
}

std::uint16_t sctp_port(const MediaDescription& media) {
  constexpr std::uint16_t kUsual = 5000;
  if (media.sctp_port) return *media.sctp_port;
  if (media.sctpmap) return media.sctpmap->port;
  return media.formats.empty() ? kUsual : number<std::uint16_t>(media.formats.front()).value_or(kUsual);
}

bool has_ice_option(const std::vector<std::string>& options, std::string_view option) {
  return std::ranges::find(options, option) != options.end();
}

const Attribute* attribute(const Section& section, std::string_view name) {
  return find(section.attributes, [&](const Attribute& entry) { return entry.name == name; });
}

}  // namespace parley::sdp
