// What was negotiated, as RTP sessions need it.
#include <algorithm>

#include "jsep/codec_preferences.hpp"
#include "jsep/transceivers.hpp"
#include "session/connection.hpp"
#include "session/media_formats.hpp"

namespace parley::session {
namespace {

rtp::ExtensionMap to_media(const std::vector<sdp::Extmap>& extensions, bool mixed) {
  rtp::ExtensionMap map;
  if (mixed) map.allow_two_byte();
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
    const bool repeats = group.semantics == "FID", protects = group.semantics == "FEC-FR";
    if ((!repeats && !protects) || group.ssrcs.size() != 2) continue;
    auto of = std::ranges::find(sources, group.ssrcs[0], &media::Announced::source);
    if (of == sources.end() && sources.size() >= kMost) continue;
    if (of == sources.end()) of = sources.insert(of, {.source = group.ssrcs[0]});
    (repeats ? of->retransmission : of->protection) = group.ssrcs[1];
    repairs.push_back(group.ssrcs[1]);
  }
  for (const sdp::SsrcAttribute& attribute : remote.ssrcs) {
    const bool known = std::ranges::find(sources, attribute.ssrc, &media::Announced::source) != sources.end() ||
                       std::ranges::find(repairs, attribute.ssrc) != repairs.end();
    if (!known && sources.size() < kMost) sources.push_back({.source = attribute.ssrc});
  }
  return sources;
}

/// RFC 8837 section 5; LE of RFC 8622.
std::uint8_t dscp_of(jsep::MediaKind kind, Importance importance) {
  constexpr std::uint8_t kLowerEffort = 1, kAf41 = 34, kAf42 = 36, kExpedited = 46;
  const bool audio = kind == jsep::MediaKind::Audio;
  switch (importance) {
    case Importance::VeryLow:
      return kLowerEffort;
    case Importance::Low:
      break;
    case Importance::Medium:
      return audio ? kExpedited : kAf42;
    case Importance::High:
      return audio ? kExpedited : kAf41;
  }
  return 0;
}

/// webrtc-pc section 5.2.5, `codec`: the first negotiated one that matches.
std::optional<PayloadType> format_of(const jsep::SendEncoding& encoding, const std::vector<jsep::Format>& sends) {
  if (!encoding.codec) return std::nullopt;
  for (const jsep::Format& format : sends)
    if (jsep::codec_dictionary_match(*encoding.codec, format.codec, jsep::Asymmetrical::Ignore))
      return format.payload_type;
  return std::nullopt;
}

/// `said`: our section as the peer knows it.
std::vector<media::Encoding> to_media(const jsep::Sender& sender, const jsep::MediaSection& section,
                                      jsep::MediaKind kind, const sdp::MediaDescription* said) {
  const bool names_protection =
      said != nullptr &&
      std::ranges::find(said->ssrc_groups, "FEC-FR", &sdp::SsrcGroup::semantics) != said->ssrc_groups.end();
  std::vector<media::Encoding> encodings;
  for (std::size_t i = 0; i < std::min(sender.encodings.size(), sender.sources.size()); ++i) {
    const jsep::SendEncoding& encoding = sender.encodings[i];
    encodings.push_back({.source = sender.sources[i].media,
                         .retransmission = sender.sources[i].retransmission,
                         .protection = names_protection ? std::optional(sender.sources[i].protection) : std::nullopt,
                         .rid = encoding.rid.value_or(""),
                         .active = encoding.active,
                         .importance = encoding.importance,
                         .most = encoding.max_bitrate,
                         .dscp = dscp_of(kind, encoding.network_importance.value_or(encoding.importance)),
                         .scalability_mode = encoding.scalability_mode.value_or(""),
                         .format = format_of(encoding, section.sends)});
  }
  return encodings;
}

}  // namespace

/// All sections of a transport have to agree: whose packets these are, their header extensions say.
void Connection::protect_headers() {
  const bool required = config_.header_encryption == jsep::HeaderEncryption::Require;
  for (const auto& [id, transport] : transports_) {
    std::size_t carried = 0, agreed = 0;
    for (const jsep::MediaSection& section : snapshot_.now.media) {
      if (section.transport != id || !section.current) continue;  // not yet answered
      ++carried;
      if (section.encrypted_headers) ++agreed;
    }
    using enum srtp::Headers;
    const bool encrypted = required || (carried > 0 && agreed == carried);
    const bool negotiating = snapshot_.state != jsep::SignalingState::Stable;
    transport->protect_headers({.ours = encrypted ? Encrypted : Readable,
                                .theirs = required ? Encrypted : Readable,
                                .may_come = encrypted || negotiating});
  }
}

void Connection::configure_media() {
  std::map<jsep::TransportId, std::vector<media::Section>> carried;
  for (const auto& [id, transport] : transports_) carried[id];  // also those that carry no media any more
  const jsep::AppliedDescription* local = jsep::local_description(snapshot_);
  const jsep::AppliedDescription* remote = jsep::remote_description(snapshot_);
  for (const jsep::MediaSection& section : snapshot_.now.media) {
    const jsep::Transceiver* transceiver = jsep::transceiver_by_id(snapshot_, section.transceiver);
    const sdp::MediaDescription* said =
        local != nullptr && section.index < local->parsed.media.size() ? &local->parsed.media[section.index] : nullptr;
    if (!section.transport || transceiver == nullptr || transceiver->stopped) continue;
    media::Section made{.key = media::SectionKey(section.transceiver.get()),
                        .kind = transceiver->kind == jsep::MediaKind::Audio ? media::Kind::Audio : media::Kind::Video,
                        .mid = section.mid,
                        .reduced_size_rtcp = section.reduced_size_rtcp,
                        .receives = section.receptive,
                        .receive_formats = {},
                        .receive_protecting = {},
                        .receive_extensions = to_media(section.receive_extensions, section.mixed_extensions),
                        .announced = {},
                        .sends = section.current && sdp::sends(*section.current) && !transceiver->stopping,
                        .has_stopped = transceiver->stopping,
                        .send_formats = to_media(section.sends),
                        .send_protecting = protecting(section.sends),
                        .send_extensions = to_media(section.send_extensions, section.mixed_extensions),
                        .encodings = to_media(transceiver->sender, section, transceiver->kind, said)};
    std::vector<jsep::Format> own;
    if (said != nullptr) own = jsep::formats_of(*said);
    made.receive_formats = formats_to_receive(section.receives, own);
    made.receive_protecting = protecting_to_receive(section.receives, own);
    made.target_delay = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double, std::milli>(transceiver->jitter_buffer_target.value_or(0)));
    if (remote != nullptr && section.index < remote->parsed.media.size())
      made.announced = announced(remote->parsed.media[section.index]);
    carried[*section.transport].push_back(std::move(made));
  }
  protect_headers();
  for (auto& [id, sections] : carried)
    if (Transport* transport = find_transport(id)) media_.configure(*transport, std::move(sections), cname_);
}

}  // namespace parley::session
