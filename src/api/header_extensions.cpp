// RTP header extension control: webrtc-extensions.
#include <algorithm>

#include "api/peer.hpp"
#include "api/rtp_parameters.hpp"

namespace parley::api {
namespace {

/// All that this side knows, with the directions that the program wants or that are usual.
std::vector<jsep::HeaderExtension> known_extensions(const TransceiverCore& core) {
  return core.state.wanted_extensions.value_or(core.capabilities->extensions(core.state.kind));
}

bool has(const std::vector<sdp::Extmap>& extensions, const std::string& uri) {
  return std::ranges::find(extensions, uri, &sdp::Extmap::uri) != extensions.end();
}

}  // namespace

std::vector<RTCRtpHeaderExtensionCapability> extensions_to_negotiate(const TransceiverCore& core) {
  std::vector<RTCRtpHeaderExtensionCapability> shown;
  for (const jsep::HeaderExtension& extension : known_extensions(core)) shown.push_back(to_w3c(extension));
  return shown;
}

std::vector<RTCRtpHeaderExtensionCapability> negotiated_extensions(const TransceiverCore& core) {
  std::vector<RTCRtpHeaderExtensionCapability> shown;
  if (!core.section || !core.section->current) return shown;
  for (const jsep::HeaderExtension& extension : known_extensions(core)) {
    const bool sends = has(core.section->send_extensions, extension.uri);
    const bool receives = has(core.section->receive_extensions, extension.uri);
    shown.push_back({.uri = extension.uri,
                     .direction = sends || receives ? to_w3c(sdp::make_direction(sends, receives))
                                                    : RTCRtpTransceiverDirection::Stopped});
  }
  return shown;
}

void Peer::set_header_extensions(TransceiverCore& core,
                                 const std::vector<RTCRtpHeaderExtensionCapability>& extensions) {
  std::vector<jsep::HeaderExtension> wanted = core.capabilities->extensions(core.state.kind);
  if (extensions.size() != wanted.size())
    throw InvalidModificationError("the list is that of getHeaderExtensionsToNegotiate()");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (extensions[i].uri != wanted[i].uri)
      throw InvalidModificationError("the list is that of getHeaderExtensionsToNegotiate()");
    const bool stopped = extensions[i].direction == RTCRtpTransceiverDirection::Stopped;
    if (wanted[i].uri == jsep::extension::kMid && extensions[i].direction != RTCRtpTransceiverDirection::SendRecv)
      throw InvalidModificationError("sections that are bundled need their mid");
    const auto direction = stopped ? jsep::Direction::Inactive : to_jsep(extensions[i].direction);
    wanted[i].direction = sdp::intersection(wanted[i].direction, direction);
    wanted[i].offered = wanted[i].direction != jsep::Direction::Inactive;
  }
  if (jsep::Transceiver* transceiver = connection_.transceiver(core.state.id))
    transceiver->wanted_extensions = std::move(wanted);
  refresh(core);
}

}  // namespace parley::api
