#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jsep/formats.hpp"
#include "jsep/header_extensions.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

constexpr std::uint16_t kLastUsableId = 255, kFirstCandidateId = 4096, kLastCandidateId = 4351;
/// So many different ids there are.
constexpr std::size_t kMaxExtensions = kLastUsableId + (kLastCandidateId - kFirstCandidateId + 1);

/// The sections of each RTP session: those of a BUNDLE group that live, or one alone.
std::vector<std::vector<const sdp::MediaDescription*>> rtp_sessions(const sdp::Description& description) {
  std::unordered_map<std::string_view, std::size_t> group_of;
  std::vector<std::vector<const sdp::MediaDescription*>> sessions;
  for (const sdp::Group* group : sdp::groups(description, "BUNDLE")) {
    for (const std::string& mid : group->mids) group_of.emplace(mid, sessions.size());
    sessions.emplace_back();
  }
  for (const sdp::MediaDescription& media : description.media) {
    if (is_rejected(media) || !sdp::is_rtp(media)) continue;
    const auto group = media.mid ? group_of.find(*media.mid) : group_of.end();
    if (group == group_of.end())
      sessions.push_back({&media});
    else
      sessions[group->second].push_back(&media);
  }
  return sessions;
}

Result<void> check_session_payload_types(const std::vector<const sdp::MediaDescription*>& session) {
  std::array<std::optional<Format>, 128> known;
  for (const sdp::MediaDescription* media : session)
    for (const Format& format : formats_of(*media)) {
      std::optional<Format>& before = known[format.payload_type.get()];
      if (!before) {
        before = format;
      } else if (!matches(before->codec, format.codec) || before->associated != format.associated) {
        return fail(ErrorKind::InvalidAccessError,
                    "a BUNDLE group has two codecs with payload type " + std::to_string(format.payload_type.get()));
      }
    }
  return {};
}

using KnownIds = std::unordered_map<std::uint16_t, const sdp::Extmap*>;

Result<void> add_extensions(KnownIds& known, const std::vector<sdp::Extmap>& extmaps) {
  for (const sdp::Extmap& extmap : extmaps) {
    const bool candidate = extmap.id >= kFirstCandidateId && extmap.id <= kLastCandidateId;
    if (extmap.id == 0 || (extmap.id > kLastUsableId && !candidate))
      return fail(ErrorKind::InvalidAccessError, "there is no header extension id " + std::to_string(extmap.id));
    const auto [entry, fresh] = known.emplace(extmap.id, &extmap);
    if (!fresh && (entry->second->uri != extmap.uri || entry->second->attributes != extmap.attributes))
      return fail(ErrorKind::InvalidAccessError,
                  "a section has two header extensions with id " + std::to_string(extmap.id));
  }
  return {};
}

/// `session` has the ids of the sections before.
Result<void> add_section(KnownIds& session, const KnownIds& section) {
  for (const auto& [id, extmap] : section) {
    const auto [entry, fresh] = session.emplace(id, extmap);
    if (fresh || entry->second == extmap || (entry->second->uri == extension::kMid) == (extmap->uri == extension::kMid))
      continue;
    return fail(ErrorKind::InvalidAccessError,
                "header extension id " + std::to_string(id) + " is the MID in one section of a BUNDLE group only");
  }
  return {};
}

}  // namespace

Result<void> check_payload_types(const sdp::Description& description) {
  for (const auto& session : rtp_sessions(description))
    if (auto checked = check_session_payload_types(session); !checked) return checked;
  return {};
}

Result<void> check_extensions(const sdp::Description& description) {
  const auto excessive = [](const sdp::Section& section) { return section.extmaps.size() > kMaxExtensions; };
  if (excessive(description) || std::ranges::any_of(description.media, excessive))
    return fail(ErrorKind::InvalidAccessError, "there are more header extensions than ids");
  KnownIds of_all;
  if (auto checked = add_extensions(of_all, description.extmaps); !checked) return checked;
  for (const auto& session : rtp_sessions(description)) {
    KnownIds of_session;
    for (const sdp::MediaDescription* media : session) {
      KnownIds of_section = of_all;
      if (auto checked = add_extensions(of_section, media->extmaps); !checked) return checked;
      if (auto checked = add_section(of_session, of_section); !checked) return checked;
    }
  }
  return {};
}

}  // namespace parley::jsep
