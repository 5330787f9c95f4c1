#include "jsep/difference.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "jsep/association.hpp"
#include "jsep/remote_candidates.hpp"
#include "jsep/view.hpp"

namespace parley::jsep {
namespace {

StartGathering gathering(const Snapshot& after, const Transport& transport, const IceGeneration& generation) {
  const Section& section = after.now.sections[transport.index];
  const AppliedDescription* local = local_description(after);
  return {
      .generation = {transport.id, generation.local.ufrag},
      .local = generation.local,
      .tls_id = local ? transport_view(local->parsed, transport.index).tls_id.value_or("") : "",
      .role = generation.role,
      .index = transport.index,
      .sdp_mid = section.mid_is_signaled ? std::optional(section.mid) : std::nullopt,
  };
}

struct Differ {
  const Snapshot& before;
  Plan& plan;
  [[nodiscard]] const Snapshot& after() const { return plan.result; }

  void candidates(const GenerationId& id, const RemoteTransport& remote, const CandidateSet& told) {
    const CandidateSet known = candidates_of(after(), remote);
    const std::unordered_set<std::string_view> old(told.candidates.begin(), told.candidates.end());
    RemoteCandidates fresh{.generation = id};
    for (const std::string& candidate : known.candidates)
      if (!old.contains(candidate)) fresh.candidates.push_back(candidate);
    fresh.end_of_candidates = known.end_of_candidates && !told.end_of_candidates;
    if (!fresh.candidates.empty() || fresh.end_of_candidates) plan.remote_candidates.push_back(std::move(fresh));
  }

  void generation(const Transport& transport, const IceGeneration& now, const Transport* old_transport) {
    const GenerationId id{transport.id, now.local.ufrag};
    const IceGeneration* old = find_generation(old_transport, now.local);
    if (!old) plan.start_gathering.push_back(gathering(after(), transport, now));
    if (!now.remote) return;
    const bool same_peer = old && old->remote && old->remote->credentials == now.remote->credentials;
    if (!same_peer) plan.start_checks.push_back({id, *now.remote});
    const RemoteTransport remote = remote_transport(transport, *now.remote);
    candidates(id, remote, same_peer ? candidates_of(before, remote) : CandidateSet{});
  }

  void transport(const Transport& now) {
    const Transport* old = transport_by_id(before.now, now.id);
    for (const IceGeneration& entry : now.generations) generation(now, entry, old);
    if (old)
      for (const IceGeneration& entry : old->generations)
        if (!find_generation(&now, entry.local)) plan.abandoned_generations.push_back({now.id, entry.local.ufrag});
    if (now.dtls && (!old || old->dtls != now.dtls)) plan.start_dtls.push_back({now.id, *now.dtls});
  }

  void transports() {
    for (const Transport& old : before.now.transports)
      if (!old.generations.empty() && !transport_by_id(after().now, old.id)) plan.closed_transports.push_back(old.id);
    for (const Transport& now : after().now.transports) transport(now);
  }

  /// Another one, who has taken the first one's place (RFC 8842 section 3.1), knows nothing of its channels.
  [[nodiscard]] bool is_same_peer(const std::optional<TransportId>& id) const {
    const Transport* was = id ? transport_by_id(before.now, *id) : nullptr;
    const Transport* is = id ? transport_by_id(after().now, *id) : nullptr;
    return was == nullptr || is == nullptr || !was->dtls || !is->dtls ||
           is_same_identity(was->dtls->remote_fingerprints, is->dtls->remote_fingerprints);
  }

  void data() {
    const auto& now = after().now.data;
    const auto& old = before.now.data;
    if (!now || !now->sctp) return;
    const bool goes_on = old && old->sctp && old->transport == now->transport &&
                         old->sctp->local_port == now->sctp->local_port &&
                         old->sctp->remote_port == now->sctp->remote_port && is_same_peer(now->transport);
    if (!goes_on) plan.start_sctp = now->sctp;
  }
};

}  // namespace

Plan difference(const Snapshot& before, Snapshot after) {
  Plan plan{.result = std::move(after)};
  Differ differ{.before = before, .plan = plan};
  differ.transports();
  differ.data();
  plan.tracks = track_changes(before.now, plan.result.now);
  return plan;
}

}  // namespace parley::jsep
