#include "jsep/header_encryption.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

#include "jsep/view.hpp"
#include "sdp/effective.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {

std::vector<bool> takes_encrypted_headers(const sdp::Description& description) {
  std::vector<bool> taken(description.media.size());
  std::unordered_map<std::string_view, const sdp::Group*> group_of;
  for (const sdp::Group* group : sdp::groups(description, "BUNDLE"))
    for (const std::string& mid : group->mids) group_of.emplace(mid, group);
  std::unordered_map<const sdp::Group*, bool> whole;  // of a group, whether all say it so far
  const auto group_at = [&](const sdp::MediaDescription& media) -> const sdp::Group* {
    const auto found = media.mid ? group_of.find(*media.mid) : group_of.end();
    return found == group_of.end() ? nullptr : found->second;
  };
  const auto counts = [](const sdp::MediaDescription& media) { return sdp::is_rtp(media) && !is_rejected(media); };
  for (const sdp::MediaDescription& media : description.media)
    if (const sdp::Group* group = group_at(media); group != nullptr && counts(media)) {
      const bool says = sdp::effective_cryptex(description, media);
      const auto [entry, first] = whole.emplace(group, says);
      entry->second = entry->second && says;
    }
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    const sdp::MediaDescription& media = description.media[i];
    if (!counts(media)) continue;
    const sdp::Group* group = group_at(media);
    taken[i] = group != nullptr ? whole.at(group) : sdp::effective_cryptex(description, media);
  }
  return taken;
}

Result<void> check_takes_encrypted_headers(const sdp::Description& description) {
  const std::vector<bool> taken = takes_encrypted_headers(description);
  for (std::size_t i = 0; i < description.media.size(); ++i)
    if (!taken[i] && is_rtp_media(description, i) && !is_rejected(description.media[i]))
      return fail(ErrorKind::InvalidAccessError,
                  "m= section " + std::to_string(i) + " does not take encrypted header extensions");
  return {};
}

}  // namespace parley::jsep
