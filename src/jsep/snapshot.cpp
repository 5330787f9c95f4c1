#include "jsep/snapshot.hpp"

#include <algorithm>

#include "jsep/codec_table.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

const AppliedDescription* either(const std::optional<AppliedDescription>& pending,
                                 const std::optional<AppliedDescription>& current) {
  if (pending) return &*pending;
  return current ? &*current : nullptr;
}

std::vector<IceCredentials> credentials_in_use(const Snapshot& snapshot) {
  std::vector<IceCredentials> used;
  for (const Transport& transport : snapshot.now.transports)
    for (const IceGeneration& generation : transport.generations) used.push_back(generation.local);
  return used;
}

}  // namespace

const std::vector<Codec>& MediaCapabilities::codecs(MediaKind kind) const {
  return kind == MediaKind::Audio ? audio : video;
}

const std::vector<HeaderExtension>& MediaCapabilities::extensions(MediaKind kind) const {
  return kind == MediaKind::Audio ? audio_extensions : video_extensions;
}

std::vector<HeaderExtension> extensions_of(const Transceiver& transceiver, const MediaCapabilities& capabilities) {
  if (!transceiver.wanted_extensions) return capabilities.extensions(transceiver.kind);
  std::vector<HeaderExtension> wanted;
  std::ranges::copy_if(*transceiver.wanted_extensions, std::back_inserter(wanted), &HeaderExtension::offered);
  return wanted;
}

std::shared_ptr<const MediaCapabilities> default_capabilities() {
  static const auto capabilities = std::make_shared<const MediaCapabilities>(
      MediaCapabilities{.audio = default_codecs(MediaKind::Audio),
                        .video = default_codecs(MediaKind::Video),
                        .audio_extensions = default_header_extensions(MediaKind::Audio),
                        .video_extensions = default_header_extensions(MediaKind::Video)});
  return capabilities;
}

const AppliedDescription* local_description(const Snapshot& snapshot) {
  return either(snapshot.pending_local, snapshot.current_local);
}

const AppliedDescription* remote_description(const Snapshot& snapshot) {
  return either(snapshot.pending_remote, snapshot.current_remote);
}

std::optional<bool> can_trickle(const Snapshot& snapshot) {
  const AppliedDescription* remote = remote_description(snapshot);
  if (!remote) return std::nullopt;
  const auto says_so = [](const sdp::Section& section) { return sdp::has_ice_option(section.ice_options, "trickle"); };
  return says_so(remote->parsed) || std::ranges::any_of(remote->parsed.media, says_so);
}

const Transport* transport_by_id(const Agreement& agreement, TransportId id) {
  const auto found = std::ranges::find(agreement.transports, id, &Transport::id);
  return found == agreement.transports.end() ? nullptr : &*found;
}

const Transport* transport_carrying(const Agreement& agreement, std::string_view mid) {
  const auto carries = [mid](const Transport& transport) {
    return std::ranges::find(transport.mids, mid) != transport.mids.end();
  };
  const auto found = std::ranges::find_if(agreement.transports, carries);
  return found == agreement.transports.end() ? nullptr : &*found;
}

const IceGeneration* find_generation(const Transport* transport, const IceCredentials& local) {
  if (!transport) return nullptr;
  const auto found = std::ranges::find(transport->generations, local, &IceGeneration::local);
  return found == transport->generations.end() ? nullptr : &*found;
}

Snapshot with_ice_restart_requested(Snapshot snapshot) {
  snapshot.ice_credentials_to_replace = credentials_in_use(snapshot);
  return snapshot;
}

Snapshot with_ice_outdated(Snapshot snapshot) {
  snapshot.outdated_ice_credentials = credentials_in_use(snapshot);
  return snapshot;
}

bool are_to_be_replaced(const Snapshot& snapshot, const IceCredentials& local) {
  const auto has = [&](const std::vector<IceCredentials>& list) {
    return std::ranges::find(list, local) != list.end();
  };
  return has(snapshot.ice_credentials_to_replace) || has(snapshot.outdated_ice_credentials);
}

}  // namespace parley::jsep
