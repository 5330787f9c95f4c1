#include "jsep/view.hpp"

#include <algorithm>
#include <string_view>

#include "sdp/effective.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {

bool is_bundle_only(const sdp::MediaDescription& media) { return media.bundle_only && media.port == 0; }

bool is_rejected(const sdp::MediaDescription& media) {
  if (media.port == 0 && !media.bundle_only) return true;
  return sdp::is_sctp(media) && sdp::sctp_port(media) == 0;
}

static bool names_dtls(const sdp::MediaDescription& media) {
  const std::string parts = "/" + media.protocol + "/";
  return parts.find("/TLS/") != std::string::npos || parts.find("/DTLS/") != std::string::npos;
}

bool uses_dtls(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[index];
  if (names_dtls(media)) return true;
  constexpr std::string_view kOlder[] = {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"};
  if (std::ranges::find(kOlder, media.protocol) == std::end(kOlder)) return false;
  const TransportView view = transport_view(description, index);
  return !view.fingerprints.empty() && view.ice;
}

bool is_rtp_media(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[index];
  return (media.kind == "audio" || media.kind == "video") && sdp::is_rtp(media) && uses_dtls(description, index);
}

bool is_data(const sdp::MediaDescription& media) {
  constexpr std::string_view kApplication = "webrtc-datachannel";
  if (media.kind != "application" || !sdp::is_sctp(media) || !names_dtls(media) || media.formats.empty()) return false;
  if (media.protocol == "DTLS/SCTP") return !media.sctpmap || media.sctpmap->application == kApplication;
  return media.formats.front() == kApplication;
}

const sdp::Group* bundle_of(const sdp::Description& description, std::size_t index) {
  const auto& mid = description.media[index].mid;
  return mid ? sdp::group_of(description, "BUNDLE", *mid) : nullptr;
}

std::size_t carrier_of(const sdp::Description& description, std::size_t index) {
  const sdp::Group* group = bundle_of(description, index);
  if (!group) return index;
  for (const std::string& mid : group->mids) {
    const auto found = sdp::index_by_mid(description, mid);
    if (found && !is_rejected(description.media[*found])) return *found;
  }
  return index;
}

std::size_t described_at(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[index];
  if (!is_bundle_only(media) && sdp::effective_ice_ufrag(description, media)) return index;
  const sdp::Group* group = bundle_of(description, index);
  if (!group || group->mids.empty()) return index;
  return sdp::index_by_mid(description, group->mids.front()).value_or(index);
}

std::optional<IceCredentials> credentials_of(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[described_at(description, index)];
  const auto& ufrag = sdp::effective_ice_ufrag(description, media);
  const auto& pwd = sdp::effective_ice_pwd(description, media);
  if (!ufrag || !pwd) return std::nullopt;
  return IceCredentials{.ufrag = *ufrag, .pwd = *pwd};
}

TransportView transport_view(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[described_at(description, index)];
  return {
      .ice = credentials_of(description, index),
      .lite = description.ice_lite,
      .trickle = sdp::has_ice_option(sdp::effective_ice_options(description, media), "trickle"),
      .fingerprints = sdp::effective_fingerprints(description, media),
      .setup = sdp::effective_setup(description, media),
      .tls_id = sdp::effective_tls_id(description, media),
  };
}

}  // namespace parley::jsep
