#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "jsep/transport.hpp"
#include "sdp/model.hpp"

/// Reading descriptions: which sections live, and whose transport attributes hold for which.
namespace parley::jsep {

/// Nothing is sent for the section: port zero without a=bundle-only (RFC 9143 section 6), or no SCTP port.
bool is_rejected(const sdp::MediaDescription& media);
/// a=bundle-only with the only port that gives it a meaning, zero (RFC 9143 section 6). webrtcbin writes it beside
/// others.
bool is_bundle_only(const sdp::MediaDescription& media);
/// Whether the section is secured by DTLS, as every one of WebRTC is. Who names an older profile of RTP, but has a
/// fingerprint and what ICE needs, speaks DTLS nevertheless (RFC 9429 section 5.1.2).
bool uses_dtls(const sdp::Description& description, std::size_t index);
/// A section of audio or video over RTP, as a transceiver stands for it.
bool is_rtp_media(const sdp::Description& description, std::size_t index);
/// A section that can carry our data channels.
bool is_data(const sdp::MediaDescription& media);

/// The BUNDLE group of a section, or nullptr.
const sdp::Group* bundle_of(const sdp::Description& description, std::size_t index);
/// The section whose transport the section shares: the first of its BUNDLE group that is not rejected, or itself.
std::size_t carrier_of(const sdp::Description& description, std::size_t index);

/// What a description says about the transport of a section.
struct TransportView {
  std::optional<IceCredentials> ice;
  bool lite = false;
  bool trickle = false;
  std::vector<sdp::Fingerprint> fingerprints;
  std::optional<sdp::Setup> setup;
  std::optional<std::string> tls_id;
};

/// The section with the transport attributes of another: the section itself, or the first of its BUNDLE group if the
/// section has none (RFC 9143 section 7.1.3).
std::size_t described_at(const sdp::Description& description, std::size_t index);
TransportView transport_view(const sdp::Description& description, std::size_t index);
/// The ICE credentials alone.
std::optional<IceCredentials> credentials_of(const sdp::Description& description, std::size_t index);

}  // namespace parley::jsep
