#include "jsep/candidates.hpp"

#include <algorithm>
#include <unordered_set>

#include "jsep/view.hpp"
#include "sdp/print.hpp"

namespace parley::jsep {
namespace {

const GatheredCandidates* gathered_for(const std::vector<GatheredCandidates>& gathered, const TransportView& local) {
  if (!local.ice) return nullptr;
  const auto found = std::ranges::find_if(gathered, [&](const GatheredCandidates& one) {
    return one.local_ufrag == local.ice->ufrag && one.tls_id == local.tls_id;
  });
  return found == gathered.end() ? nullptr : &*found;
}

}  // namespace

void put_candidates(sdp::Description& local, const std::vector<GatheredCandidates>& gathered) {
  std::unordered_set<const GatheredCandidates*> told;
  for (std::size_t i = 0; i < local.media.size(); ++i) {
    sdp::MediaDescription& media = local.media[i];
    if (is_rejected(media) || media.bundle_only) continue;
    const GatheredCandidates* own = gathered_for(gathered, transport_view(local, i));
    if (!own) continue;
    if (own->address) {
      media.connection = own->address;
      media.port = own->port;
    }
    // Bundled sections have the default destination of their transport, but no candidates (RFC 9429 section 5.2.2).
    if (described_at(local, i) != i || !told.insert(own).second) continue;
    media.candidates = own->candidates;
    media.end_of_candidates = own->complete;
  }
}

std::string with_candidates(const AppliedDescription& local, const std::vector<GatheredCandidates>& gathered) {
  sdp::Description description = local.parsed;
  put_candidates(description, gathered);
  return description == local.parsed ? local.sdp : sdp::print(description);
}

}  // namespace parley::jsep
