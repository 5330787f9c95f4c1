#include "jsep/build.hpp"

#include <algorithm>
#include <utility>

#include "jsep/layers.hpp"
#include "sdp/effective.hpp"
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

void put_streams(sdp::MediaDescription& media, const Sender& sender) {
  const auto track = sender.track_id.empty() ? std::nullopt : std::optional(sender.track_id);
  for (const std::string& stream : sender.streams) media.msids.push_back({.stream = stream, .track = track});
  if (sender.streams.empty()) media.msids.push_back({.stream = "-", .track = track});
}

/// For peers that do not route by MID: RFC 5576. Layers have rids instead.
void put_sources(sdp::MediaDescription& media, const Sender& sender, const std::string& cname, bool names_protection) {
  if (sender.sources.empty()) return;
  const SendSource& source = sender.sources.front();
  std::vector<Ssrc> ssrcs{source.media};
  const auto add_if_any = [&](std::string_view codec, std::string_view semantics, Ssrc ssrc) {
    const auto is_one = [&](const sdp::Rtpmap& map) { return has_name(Codec{.name = map.encoding}, codec); };
    if (std::ranges::none_of(media.rtpmaps, is_one)) return;
    ssrcs.push_back(ssrc);
    media.ssrc_groups.push_back({.semantics = std::string(semantics), .ssrcs = {source.media, ssrc}});
  };
  add_if_any("rtx", "FID", source.retransmission);
  if (names_protection) add_if_any("flexfec-03", "FEC-FR", source.protection);
  for (const Ssrc ssrc : ssrcs) {
    media.ssrcs.push_back({.ssrc = ssrc, .name = "cname", .value = cname});
    for (const sdp::Msid& msid : media.msids)
      media.ssrcs.push_back(
          {.ssrc = ssrc, .name = "msid", .value = msid.stream + (msid.track ? " " + *msid.track : "")});
  }
}

/// Does something with every section of audio or video of the descriptions that apply.
template <class Visit>
void visit_media(const Snapshot& snapshot, const Visit& visit) {
  for (const auto* applied :
       {&snapshot.current_local, &snapshot.current_remote, &snapshot.pending_local, &snapshot.pending_remote}) {
    if (!*applied) continue;
    const sdp::Description& description = (*applied)->parsed;
    for (std::size_t i = 0; i < description.media.size(); ++i)
      if (is_rtp_media(description, i)) visit(description, description.media[i]);
  }
}

}  // namespace

void put_transport(sdp::MediaDescription& media, const LocalParameters& local, const TransportLines& transport) {
  media.ice_ufrag = transport.ice.ufrag;
  media.ice_pwd = transport.ice.pwd;
  if (transport.trickle) media.ice_options = {"trickle"};
  media.fingerprints = local.fingerprints;
  media.setup = transport.setup;
  media.tls_id = transport.tls_id;
}

ExtensionIds extension_ids_of(const Snapshot& snapshot) {
  ExtensionIds ids;
  visit_media(snapshot, [&](const sdp::Description& description, const sdp::MediaDescription& media) {
    ids.bind(sdp::effective_extmaps(description, media));
  });
  ids.remember(snapshot.past_extensions);
  return ids;
}

Numbers::Numbers(const Snapshot& snapshot) : extension_ids(extension_ids_of(snapshot)) {
  visit_media(snapshot, [this](const sdp::Description&, const sdp::MediaDescription& media) {
    payload_types.bind(formats_of(media));
  });
}

sdp::MediaDescription rtp_media(const Transceiver& transceiver, const LocalParameters& local, const RtpLines& lines) {
  sdp::MediaDescription media = media_of(std::string(to_string(transceiver.kind)), lines.protocol, lines.mid);
  media.direction = lines.direction;
  media.extmaps = lines.extensions;
  media.extmap_allow_mixed = lines.mixed_extensions;
  media.cryptex = lines.encrypted_headers;
  media.rtcp = sdp::Rtcp{.connection = sdp::Connection{}};
  media.rtcp_mux = true;
  media.rtcp_rsize = lines.reduced_size_rtcp;
  put_formats(media, lines.formats);
  put_layers(media, lines.sent_layers, lines.received_layers);
  // By what this side wants: an answer to an offer that does not receive has streams, too, or else it would need
  // negotiation at once (webrtc-pc section 4.7.3 step 5.3.1).
  if (sdp::sends(transceiver.direction)) put_streams(media, transceiver.sender);
  if (sdp::sends(lines.direction) && lines.sent_layers.empty())
    put_sources(media, transceiver.sender, local.cname, lines.names_protection);
  return media;
}

sdp::Description empty_description(const Snapshot& snapshot) {
  sdp::Description description;
  description.origin.session_id = snapshot.session_id;
  description.origin.session_version = snapshot.session_version;
  description.extmap_allow_mixed = true;
  description.msid_semantic = " WMS";
  return description;
}

sdp::MediaDescription data_media(std::optional<std::string> mid, const LocalParameters& local) {
  sdp::MediaDescription media = media_of("application", "UDP/DTLS/SCTP", std::move(mid));
  media.formats = {"webrtc-datachannel"};
  media.sctp_port = local.sctp_port;
  media.max_message_size = local.max_message_size;
  return media;
}

sdp::MediaDescription answering_data_media(const sdp::MediaDescription& offered, const LocalParameters& local) {
  sdp::MediaDescription media = data_media(offered.mid, local);
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
  // Pion leaves sections without a direction out of its answer, as if they did not count.
  if (media.kind == "audio" || media.kind == "video") media.direction = Direction::Inactive;
  return media;
}

Result<FreshTransport> FreshTransports::take() {
  if (used_ == local_.fresh.size())
    return fail(ErrorKind::OperationError, "no ICE credentials for another transport were given");
  return local_.fresh[used_++];
}

}  // namespace parley::jsep
