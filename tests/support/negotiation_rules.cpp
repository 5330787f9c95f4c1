#include "support/negotiation_rules.hpp"

#include <algorithm>
#include <set>

#include "jsep/transceivers.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"
#include "sdp/parse.hpp"

namespace parley::test {
namespace {

using namespace parley::jsep;
using Broken = std::optional<std::string>;

Broken check_sections(const Agreement& agreement) {
  std::set<std::string> mids;
  for (const Section& section : agreement.sections) {
    if (section.mid.empty()) return "a section has no mid";
    if (!mids.insert(section.mid).second) return "two sections have the mid " + section.mid;
  }
  return std::nullopt;
}

Broken check_transports(const Agreement& agreement) {
  std::set<TransportId> ids;
  for (const Transport& transport : agreement.transports) {
    if (!ids.insert(transport.id).second) return "two transports have one id";
    if (transport.index >= agreement.sections.size()) return "a transport is described by no section";
    if (transport.mids.empty() || transport.mids.front() != transport.mid) return "a transport is not its own first";
    if (transport.generations.size() > 2) return "a transport has more than two ICE generations";
    if (transport.generations.size() == 2 && transport.generations[0].local == transport.generations[1].local)
      return "two ICE generations of a transport have the same credentials";
  }
  return std::nullopt;
}

Broken check_media(const Snapshot& snapshot, const Agreement& agreement) {
  std::set<std::size_t> places;
  std::set<TransceiverId> transceivers;
  for (const MediaSection& section : agreement.media) {
    if (section.index >= agreement.sections.size()) return "a transceiver's section does not exist";
    if (agreement.sections[section.index].mid != section.mid) return "a transceiver's section has another mid";
    if (!places.insert(section.index).second) return "a section belongs to two transceivers";
    if (!transceivers.insert(section.transceiver).second) return "a transceiver has two sections";
    if (section.transceiver >= snapshot.next_transceiver) return "a transceiver was never made";
    if (section.transport && *section.transport >= snapshot.next_transport) return "a transport was never made";
  }
  return std::nullopt;
}

Broken check_agreement(const Snapshot& snapshot, const Agreement& agreement) {
  if (auto broken = check_sections(agreement)) return broken;
  if (auto broken = check_transports(agreement)) return broken;
  if (auto broken = check_media(snapshot, agreement)) return broken;
  if (!agreement.data) return std::nullopt;
  if (agreement.data->index >= agreement.sections.size()) return "the data section does not exist";
  if (agreement.sections[agreement.data->index].mid != agreement.data->mid) return "the data section has another mid";
  return std::nullopt;
}

Broken check_transceivers(const Snapshot& snapshot) {
  std::set<TransceiverId> ids;
  for (const Transceiver& one : snapshot.transceivers) {
    if (!ids.insert(one.id).second) return "two transceivers have one id";
    if (one.sender.encodings.empty() || one.sender.encodings.size() > kMaxEncodings)
      return "a sender has no encoding or too many";
    if (one.sender.sources.size() > one.sender.encodings.size()) return "a sender has more sources than encodings";
    if (one.stopped && !one.stopping) return "a transceiver is stopped and not stopping";
  }
  return std::nullopt;
}

/// Which descriptions are pending in which state: webrtc-pc section 4.3.1.
Broken check_state(const Snapshot& snapshot) {
  const bool local = snapshot.pending_local.has_value(), remote = snapshot.pending_remote.has_value();
  switch (snapshot.state) {
    case SignalingState::Stable:
      if (local || remote) return "a description is pending in the stable state";
      if (!(snapshot.now == snapshot.stable)) return "the stable state is not what was agreed last";
      return std::nullopt;
    case SignalingState::HaveLocalOffer:
      return local && !remote ? Broken() : "not just a local description is pending";
    case SignalingState::HaveRemoteOffer:
      return remote && !local ? Broken() : "not just a remote description is pending";
    default:
      return local && remote ? Broken() : "an offer or a provisional answer is missing";
  }
}

bool has_generation(const Agreement& agreement, const GenerationId& id) {
  const Transport* transport = transport_by_id(agreement, id.transport);
  return transport && std::ranges::any_of(transport->generations, [&](const IceGeneration& generation) {
           return generation.local.ufrag == id.local_ufrag;
         });
}

}  // namespace

std::optional<std::string> broken_rule(const Snapshot& snapshot) {
  for (const Agreement* agreement : {&snapshot.now, &snapshot.stable})
    if (auto broken = check_agreement(snapshot, *agreement)) return broken;
  if (auto broken = check_transceivers(snapshot)) return broken;
  return check_state(snapshot);
}

std::optional<std::string> broken_rule(const Snapshot& before, const Plan& plan) {
  const Agreement& now = plan.result.now;
  for (const StartGathering& start : plan.start_gathering) {
    if (!has_generation(now, start.generation)) return "candidates are gathered for nothing";
    if (has_generation(before.now, start.generation)) return "candidates are gathered twice";
    if (start.tls_id.empty()) return "a transport has no tls-id";
  }
  for (const StartChecks& start : plan.start_checks)
    if (!has_generation(now, start.generation)) return "checks begin for nothing";
  for (const GenerationId& id : plan.abandoned_generations)
    if (has_generation(now, id) || !has_generation(before.now, id)) return "a generation is abandoned that is not old";
  for (const TransportId id : plan.closed_transports)
    if (transport_by_id(now, id) || !transport_by_id(before.now, id)) return "a transport is closed that is not old";
  for (const StartDtls& start : plan.start_dtls)
    if (!transport_by_id(now, start.transport)) return "DTLS begins for nothing";
  for (const RemoteCandidates& remote : plan.remote_candidates)
    if (!has_generation(now, remote.generation)) return "candidates are for nothing";
  if (plan.start_sctp && (!now.data || !now.data->transport)) return "SCTP begins without a transport";
  return std::nullopt;
}

std::optional<std::string> broken_rule_of_offer(const std::string& offer) {
  const auto parsed = sdp::parse(offer);
  if (!parsed) return "an offer of ours is no session description";
  for (const sdp::Group* group : sdp::groups(*parsed, "BUNDLE")) {
    const sdp::MediaDescription* tagged = sdp::media_by_mid(*parsed, group->mids.front());
    if (!tagged || tagged->bundle_only || is_rejected(*tagged)) return "an offer's BUNDLE tag is not a live section";
    for (const std::string& mid : group->mids) {
      const sdp::MediaDescription* media = sdp::media_by_mid(*parsed, mid);
      if (!media || media->ice_ufrag != tagged->ice_ufrag || media->ice_pwd != tagged->ice_pwd)
        return "an offer bundles sections with other ICE credentials";
    }
  }
  return std::nullopt;
}

}  // namespace parley::test
