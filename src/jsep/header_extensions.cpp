#include "jsep/header_extensions.hpp"

#include <algorithm>

namespace parley::jsep {
namespace {

constexpr std::uint16_t kLastOneByteId = 14, kFirstTwoByteId = 16, kLastId = 255;

sdp::Direction direction_of(const sdp::Extmap& extmap) { return extmap.direction.value_or(sdp::Direction::SendRecv); }

sdp::Extmap line(std::uint16_t id, std::string_view uri, sdp::Direction direction) {
  return {.id = id,
          .direction = direction == sdp::Direction::SendRecv ? std::nullopt : std::optional(direction),
          .uri = std::string(uri)};
}

/// Attributes change what an extension means, and none that is known here has any.
const sdp::Extmap* line_of(const std::vector<sdp::Extmap>& extmaps, std::string_view uri) {
  const auto found = std::ranges::find_if(
      extmaps, [&](const sdp::Extmap& extmap) { return extmap.uri == uri && extmap.attributes.empty(); });
  return found == extmaps.end() ? nullptr : &*found;
}

bool is_usable(std::uint16_t id, bool two_byte) {
  return (id >= 1 && id <= kLastOneByteId) || (two_byte && id >= kFirstTwoByteId && id <= kLastId);
}

}  // namespace

void ExtensionIds::bind(const sdp::Extmap& extmap) {
  if (extmap.id == 0 || extmap.id > kLastId) return;  // a candidate, RFC 8285 section 5
  const std::string meaning = extmap.attributes.empty() ? extmap.uri : extmap.uri + " " + extmap.attributes;
  const auto known = std::ranges::find(bindings_, extmap.id, &Binding::id);
  if (known == bindings_.end())
    bindings_.push_back({.id = extmap.id, .uri = meaning});
  else if (known->uri != meaning)
    known->ambiguous = true;
}

void ExtensionIds::bind(const std::vector<sdp::Extmap>& extmaps) {
  for (const sdp::Extmap& extmap : extmaps) bind(extmap);
}

std::optional<std::uint16_t> ExtensionIds::id(std::string_view uri, bool two_byte) {
  for (const Binding& binding : bindings_)
    if (binding.uri == uri && !binding.ambiguous && is_usable(binding.id, two_byte)) return binding.id;
  for (std::uint16_t id = 1; id <= kLastId; ++id) {
    if (!is_usable(id, two_byte) || is_bound(id)) continue;
    bindings_.push_back({.id = id, .uri = std::string(uri)});
    return id;
  }
  return std::nullopt;
}

void ExtensionIds::remember(const ExtensionIds& earlier) {
  for (const Binding& binding : earlier.bindings_)
    if (!is_bound(binding.id)) bindings_.push_back(binding);
}

bool ExtensionIds::is_bound(std::uint16_t id) const {
  return std::ranges::find(bindings_, id, &Binding::id) != bindings_.end();
}

std::vector<sdp::Extmap> number_extensions(const std::vector<HeaderExtension>& extensions, ExtensionIds& in_use,
                                           bool allow_mixed) {
  std::vector<sdp::Extmap> extmaps;
  for (const HeaderExtension& extension : extensions) {
    if (!extension.offered) continue;
    if (const auto id = in_use.id(extension.uri, allow_mixed))
      extmaps.push_back(line(*id, extension.uri, extension.direction));
  }
  return extmaps;
}

std::vector<sdp::Extmap> answer_extensions(const std::vector<sdp::Extmap>& offered,
                                           const std::vector<HeaderExtension>& local, bool allow_mixed) {
  std::vector<sdp::Extmap> answer;
  for (const sdp::Extmap& extmap : offered) {
    const auto known = std::ranges::find(local, extmap.uri, &HeaderExtension::uri);
    if (known == local.end() || !extmap.attributes.empty() || !is_usable(extmap.id, allow_mixed)) continue;
    const sdp::Direction direction = sdp::intersection(sdp::reversed(direction_of(extmap)), known->direction);
    if (direction == sdp::Direction::Inactive || line_of(answer, extmap.uri)) continue;
    answer.push_back(line(extmap.id, extmap.uri, direction));
  }
  return answer;
}

std::vector<sdp::Extmap> send_extensions(const std::vector<sdp::Extmap>& local,
                                         const std::vector<sdp::Extmap>& remote) {
  std::vector<sdp::Extmap> usable;
  for (const sdp::Extmap& extmap : local) {
    const sdp::Extmap* theirs = line_of(remote, extmap.uri);
    if (theirs && extmap.attributes.empty() && is_usable(theirs->id, true) && sdp::sends(direction_of(extmap)) &&
        sdp::receives(direction_of(*theirs)))
      usable.push_back(line(theirs->id, extmap.uri, sdp::Direction::SendOnly));
  }
  return usable;
}

std::vector<sdp::Extmap> receive_extensions(const std::vector<sdp::Extmap>& local,
                                            const std::vector<sdp::Extmap>& remote) {
  std::vector<sdp::Extmap> usable;
  for (const sdp::Extmap& extmap : local) {
    const sdp::Extmap* theirs = line_of(remote, extmap.uri);
    if (theirs && extmap.attributes.empty() && sdp::receives(direction_of(extmap)) && sdp::sends(direction_of(*theirs)))
      usable.push_back(line(extmap.id, extmap.uri, sdp::Direction::RecvOnly));
  }
  return usable;
}

}  // namespace parley::jsep
