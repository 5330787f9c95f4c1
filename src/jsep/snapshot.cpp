#include "jsep/snapshot.hpp"

#include <algorithm>

namespace parley::jsep {
namespace {

const AppliedDescription* either(const std::optional<AppliedDescription>& pending,
                                 const std::optional<AppliedDescription>& current) {
  if (pending) return &*pending;
  return current ? &*current : nullptr;
}

}  // namespace

const AppliedDescription* local_description(const Snapshot& snapshot) {
  return either(snapshot.pending_local, snapshot.current_local);
}

const AppliedDescription* remote_description(const Snapshot& snapshot) {
  return either(snapshot.pending_remote, snapshot.current_remote);
}

const Section* section_by_mid(const Agreement& agreement, std::string_view mid) {
  const auto found = std::ranges::find(agreement.sections, mid, &Section::mid);
  return found == agreement.sections.end() ? nullptr : &*found;
}

const Transport* transport_by_mid(const Agreement& agreement, std::string_view mid) {
  const auto found = std::ranges::find(agreement.transports, mid, &Transport::mid);
  return found == agreement.transports.end() ? nullptr : &*found;
}

Snapshot with_ice_restart_requested(Snapshot snapshot) {
  snapshot.ice_credentials_to_replace.clear();
  for (const Transport& transport : snapshot.now.transports)
    for (const IceGeneration& generation : transport.generations)
      snapshot.ice_credentials_to_replace.push_back(generation.local);
  return snapshot;
}

bool negotiation_needed(const Snapshot& snapshot, const Wishes& wishes) {
  return !snapshot.ice_credentials_to_replace.empty() || (wishes.data_channel && !snapshot.now.data);
}

}  // namespace parley::jsep
