#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "jsep/check.hpp"
#include "jsep/formats.hpp"
#include "jsep/header_extensions.hpp"
#include "jsep/view.hpp"
#include "sdp/effective.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

Unexpected<Error> invalid(std::size_t index, std::string_view what) {
  return fail(ErrorKind::InvalidAccessError, "m= section " + std::to_string(index) + " " + std::string(what));
}

/// What is larger is no description that anybody would write. Everything that follows looks at these again and again,
/// section by section, so that a text of some megabytes could take minutes.
constexpr std::size_t kMaxGroups = 1024, kMaxMidBytes = 255, kMaxFingerprints = 64, kMaxIceOptions = 64;

bool is_excessive(const sdp::Section& section) {
  return section.fingerprints.size() > kMaxFingerprints || section.ice_options.size() > kMaxIceOptions;
}

Result<void> check_sizes(const sdp::Description& description) {
  if (description.groups.size() > kMaxGroups || is_excessive(description))
    return fail(ErrorKind::InvalidAccessError, "the session level says too much");
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    const sdp::MediaDescription& media = description.media[i];
    if (is_excessive(media)) return invalid(i, "says too much");
    if (media.mid && media.mid->size() > kMaxMidBytes) return invalid(i, "has a mid of more than 255 characters");
  }
  return {};
}

Result<void> check_mids(const sdp::Description& description) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    const auto& mid = description.media[i].mid;
    if (mid && !seen.insert(*mid).second) return invalid(i, "has the mid of another section");
  }
  return {};
}

/// RFC 9143 section 7.1: every section is in one BUNDLE group at most, and a group names sections that exist.
Result<void> check_groups(const sdp::Description& description) {
  std::unordered_set<std::string_view> known;
  for (const sdp::MediaDescription& media : description.media)
    if (media.mid) known.insert(*media.mid);
  for (const sdp::Group* group : sdp::groups(description, "BUNDLE"))
    for (const std::string& mid : group->mids)
      if (known.erase(mid) == 0)
        return fail(ErrorKind::InvalidAccessError, "a BUNDLE group names a mid that no section has, or twice: " + mid);
  return {};
}

/// The hash functions that certificates are checked with, and the length of their values in bytes.
constexpr std::pair<std::string_view, std::size_t> kHashes[] = {
    {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};

std::size_t hash_bytes(const sdp::Fingerprint& fingerprint) {
  const auto known = std::ranges::find(kHashes, fingerprint.algorithm, [](const auto& hash) { return hash.first; });
  return known == std::end(kHashes) ? 0 : known->second;
}

Result<void> check_fingerprints(const std::vector<sdp::Fingerprint>& fingerprints, std::size_t index) {
  if (fingerprints.empty()) return invalid(index, "has no fingerprint");
  bool usable = false;
  for (const sdp::Fingerprint& fingerprint : fingerprints) {
    const std::size_t bytes = hash_bytes(fingerprint);
    usable = usable || bytes > 0;
    if (bytes > 0 && fingerprint.value.size() != 3 * bytes - 1)
      return invalid(index, "has a fingerprint whose length is not that of its hash function");
  }
  if (usable) return {};
  return fail(ErrorKind::OperationError,
              "m= section " + std::to_string(index) + " has only fingerprints of unknown hash functions");
}

/// RFC 4145 section 4.1 for the answer; RFC 8842 section 5.1 knows no holdconn.
Result<void> check_setup(std::optional<sdp::Setup> setup, SdpType type, std::size_t index) {
  if (setup == sdp::Setup::HoldConn) return invalid(index, "has a=setup:holdconn");
  if (setup == sdp::Setup::ActPass && type != SdpType::Offer) return invalid(index, "answers with a=setup:actpass");
  return {};
}

Result<void> check_transport(const sdp::Description& description, SdpType type, std::size_t index) {
  const TransportView view = transport_view(description, index);
  if (!view.ice) return invalid(index, "has no ICE credentials");
  if (auto checked = check_fingerprints(view.fingerprints, index); !checked) return checked;
  return check_setup(view.setup, type, index);
}

/// RTCRtcpMuxPolicy is always "require". The attribute is of the category IDENTICAL (RFC 8859 section 5.14), so that it
/// may stand only where the transport is described.
Result<void> check_rtcp_mux(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[index];
  const sdp::MediaDescription& carrier = description.media[described_at(description, index)];
  if (!media.rtcp_mux && !(carrier.rtcp_mux || !sdp::is_rtp(carrier))) return invalid(index, "does not use RTCP mux");
  return {};
}

Result<void> check_rids(const sdp::MediaDescription& media, std::size_t index) {
  if (!media.simulcast) return {};
  std::unordered_set<std::string_view> known;
  for (const sdp::Rid& rid : media.rids) known.insert(rid.id);
  for (const auto* side : {&media.simulcast->send, &media.simulcast->recv})
    for (const sdp::SimulcastLayer& layer : *side)
      for (const sdp::SimulcastChoice& choice : layer)
        if (!known.contains(choice.rid)) return invalid(index, "has a=simulcast with an unknown rid");
  return {};
}

Result<void> check_section(const sdp::Description& description, SdpType type, std::size_t index) {
  const sdp::MediaDescription& media = description.media[index];
  if (is_rejected(media) || !uses_dtls(description, index)) return {};
  // Can only be rejected (RFC 9143 section 7.3.1).
  if (is_bundle_only(media) && !bundle_of(description, index)) return {};
  if (auto checked = check_transport(description, type, index); !checked) return checked;
  if (!sdp::is_rtp(media)) return {};
  if (auto checked = check_rtcp_mux(description, index); !checked) return checked;
  return check_rids(media, index);
}

}  // namespace

Result<void> check_description(const sdp::Description& description, SdpType type) {
  if (auto checked = check_sizes(description); !checked) return checked;
  if (auto checked = check_mids(description); !checked) return checked;
  if (auto checked = check_groups(description); !checked) return checked;
  for (std::size_t i = 0; i < description.media.size(); ++i)
    if (auto checked = check_section(description, type, i); !checked) return checked;
  if (auto checked = check_payload_types(description); !checked) return checked;
  return check_extensions(description);
}

}  // namespace parley::jsep
