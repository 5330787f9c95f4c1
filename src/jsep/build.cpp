#include "jsep/build.hpp"

#include <utility>

#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

sdp::MediaDescription media_of(std::string kind, std::string protocol, std::optional<std::string> mid) {
  sdp::MediaDescription media;
  media.kind = std::move(kind);
  media.protocol = std::move(protocol);
  media.mid = std::move(mid);
  media.connection = sdp::Connection{};
  return media;
}

void put_transport(sdp::MediaDescription& media, const LocalParameters& local, const TransportLines& transport) {
  media.ice_ufrag = transport.ice.ufrag;
  media.ice_pwd = transport.ice.pwd;
  if (transport.trickle) media.ice_options = {"trickle"};
  media.fingerprints = local.fingerprints;
  media.setup = transport.setup;
  media.tls_id = transport.tls_id;
}

}  // namespace

sdp::Description empty_description(const Snapshot& snapshot) {
  sdp::Description description;
  description.origin.session_id = snapshot.session_id;
  description.origin.session_version = snapshot.session_version;
  description.extmap_allow_mixed = true;
  description.msid_semantic = " WMS";
  return description;
}

sdp::MediaDescription data_media(std::optional<std::string> mid, const LocalParameters& local,
                                 const TransportLines& transport) {
  sdp::MediaDescription media = media_of("application", "UDP/DTLS/SCTP", std::move(mid));
  media.formats = {"webrtc-datachannel"};
  media.sctp_port = local.sctp_port;
  media.max_message_size = local.max_message_size;
  put_transport(media, local, transport);
  return media;
}

sdp::MediaDescription answering_data_media(const sdp::MediaDescription& offered, const LocalParameters& local,
                                           const TransportLines& transport) {
  sdp::MediaDescription media = data_media(offered.mid, local, transport);
  media.protocol = offered.protocol;
  if (offered.protocol != "DTLS/SCTP" || offered.formats.front() == "webrtc-datachannel") return media;
  // The form before RFC 8841 names the port in the m= line and the application in a=sctpmap.
  constexpr std::uint32_t kStreams = 1024;
  media.formats = {std::to_string(local.sctp_port)};
  media.sctp_port.reset();
  media.sctpmap = sdp::Sctpmap{.port = local.sctp_port, .application = "webrtc-datachannel", .streams = kStreams};
  return media;
}

sdp::MediaDescription rejected_media(const sdp::MediaDescription& like) {
  sdp::MediaDescription media = media_of(like.kind, like.protocol, like.mid);
  media.port = 0;
  media.formats = like.formats;
  return media;
}

Result<FreshTransport> FreshTransports::take() {
  if (used_ == local_.fresh.size())
    return fail(ErrorKind::OperationError, "no ICE credentials for another transport were given");
  return local_.fresh[used_++];
}

}  // namespace parley::jsep
