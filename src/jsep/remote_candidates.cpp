#include "jsep/remote_candidates.hpp"

#include <string_view>
#include <unordered_set>

#include "jsep/view.hpp"

namespace parley::jsep {
namespace {

/// Whether the candidate says that it belongs to another generation (RFC 8840 section 4.1: the extension "ufrag").
bool is_of_other_generation(std::string_view candidate, std::string_view ufrag) {
  constexpr std::string_view kName = " ufrag ";
  const std::size_t at = candidate.find(kName);
  if (at == std::string_view::npos) return false;
  std::string_view value = candidate.substr(at + kName.size());
  return value.substr(0, value.find(' ')) != ufrag;
}

struct Collector {
  const RemoteTransport& remote;
  CandidateSet set;
  std::unordered_set<std::string_view> seen;

  void add(const sdp::Description& description) {
    for (std::size_t i = 0; i < description.media.size(); ++i) {
      const sdp::MediaDescription& media = description.media[i];
      if (media.candidates.empty() && !media.end_of_candidates) continue;
      const TransportView view = transport_view(description, i);
      if (view.ice != remote.credentials) continue;
      if (view.tls_id && remote.tls_id && view.tls_id != remote.tls_id) continue;
      set.end_of_candidates = set.end_of_candidates || media.end_of_candidates;
      for (const std::string& candidate : media.candidates) add(candidate);
    }
  }

  void add(const std::string& candidate) {
    if (set.candidates.size() >= kMaxRemoteCandidates || is_of_other_generation(candidate, remote.credentials.ufrag))
      return;
    if (seen.insert(candidate).second) set.candidates.push_back(candidate);
  }
};

}  // namespace

RemoteTransport remote_transport(const Transport& transport, const RemoteIce& generation) {
  return {.credentials = generation.credentials,
          .tls_id = transport.dtls ? transport.dtls->remote_tls_id : std::nullopt};
}

CandidateSet candidates_of(const Snapshot& snapshot, const RemoteTransport& remote) {
  Collector collector{.remote = remote};
  for (const auto* applied : {&snapshot.current_remote, &snapshot.pending_remote})
    if (*applied) collector.add((*applied)->parsed);
  return std::move(collector.set);
}

}  // namespace parley::jsep
