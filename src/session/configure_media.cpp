// What was negotiated, as RTP sessions need it.
#include <algorithm>

#include "jsep/transceivers.hpp"
#include "session/connection.hpp"

namespace parley::session {
namespace {

std::vector<media::Format> to_media(const std::vector<jsep::Format>& formats) {
  std::vector<media::Format> known;
  for (const jsep::Format& format : formats) {
    if (jsep::is_rtx(format.codec) || jsep::is_fec(format.codec)) continue;
    const auto has = [&](std::string_view feedback) {
      return std::ranges::find(format.codec.feedback, feedback) != format.codec.feedback.end();
    };
    known.push_back({.payload_type = format.payload_type,
                     .name = format.codec.name,
                     .fmtp = format.codec.fmtp,
                     .clock_rate = format.codec.clock_rate,
                     .channels = format.codec.channels,
                     .is_media = jsep::is_media(format.codec),
                     .nack = has("nack"),
                     .pli = has("nack pli"),
                     .fir = has("ccm fir"),
                     .transport_cc = has("transport-cc"),
                     .congestion_feedback = has(jsep::kCongestionFeedback),
                     .receiver_time = has("rrtr")});
  }
  for (const jsep::Format& format : formats) {
    if (!jsep::is_rtx(format.codec) || !format.associated) continue;
    const auto repaired = std::ranges::find(known, *format.associated, &media::Format::payload_type);
    if (repaired != known.end()) repaired->retransmission = format.payload_type;
  }
  return known;
}

rtp::ExtensionMap to_media(const std::vector<sdp::Extmap>& extensions) {
  rtp::ExtensionMap map;
  for (const sdp::Extmap& extension : extensions)
    if (const auto kind = rtp::kind_of(extension.uri); kind && extension.id <= 255)
      map.set(static_cast<std::uint8_t>(extension.id), *kind);
  return map;
}

/// RFC 5576: the sources of a=ssrc, with what repairs them.
std::vector<media::Announced> announced(const sdp::MediaDescription& remote) {
  constexpr std::size_t kMost = 64;
  std::vector<media::Announced> sources;
  std::vector<Ssrc> repairs;
  for (const sdp::SsrcGroup& group : remote.ssrc_groups) {
    if (group.semantics != "FID" || group.ssrcs.size() != 2 || sources.size() >= kMost) continue;
    sources.push_back({.source = group.ssrcs[0], .retransmission = group.ssrcs[1]});
    repairs.push_back(group.ssrcs[1]);
  }
  for (const sdp::SsrcAttribute& attribute : remote.ssrcs) {
    const bool known = std::ranges::find(sources, attribute.ssrc, &media::Announced::source) != sources.end() ||
                       std::ranges::find(repairs, attribute.ssrc) != repairs.end();
    if (!known && sources.size() < kMost) sources.push_back({.source = attribute.ssrc});
  }
  return sources;
}

std::vector<media::Encoding> to_media(const jsep::Sender& sender) {
  std::vector<media::Encoding> encodings;
  for (std::size_t i = 0; i < std::min(sender.encodings.size(), sender.sources.size()); ++i)
    encodings.push_back({.source = sender.sources[i].media,
                         .retransmission = sender.sources[i].retransmission,
                         .rid = sender.encodings[i].rid.value_or(""),
                         .active = sender.encodings[i].active});
  return encodings;
}

}  // namespace

void Connection::configure_media() {
  std::map<jsep::TransportId, std::vector<media::Section>> carried;
  for (const auto& [id, transport] : transports_) carried[id];  // also those that carry no media any more
  const jsep::AppliedDescription* remote = jsep::remote_description(snapshot_);
  for (const jsep::MediaSection& section : snapshot_.now.media) {
    const jsep::Transceiver* transceiver = jsep::transceiver_by_id(snapshot_, section.transceiver);
    if (!section.transport || transceiver == nullptr || transceiver->stopped) continue;
    media::Section made{.key = media::SectionKey(section.transceiver.get()),
                        .kind = transceiver->kind == jsep::MediaKind::Audio ? media::Kind::Audio : media::Kind::Video,
                        .mid = section.mid,
                        .reduced_size_rtcp = section.reduced_size_rtcp,
                        .receives = section.receptive,
                        .receive_formats = to_media(section.receives),
                        .receive_extensions = to_media(section.receive_extensions),
                        .announced = {},
                        .sends = section.current && sdp::sends(*section.current) && !transceiver->stopping,
                        .send_formats = to_media(section.sends),
                        .send_extensions = to_media(section.send_extensions),
                        .encodings = to_media(transceiver->sender)};
    if (remote != nullptr && section.index < remote->parsed.media.size())
      made.announced = announced(remote->parsed.media[section.index]);
    carried[*section.transport].push_back(std::move(made));
  }
  for (auto& [id, sections] : carried)
    if (Transport* transport = find_transport(id)) media_.configure(*transport, std::move(sections), cname_);
}

}  // namespace parley::session
