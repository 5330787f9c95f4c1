#include <algorithm>
#include <unordered_set>
#include <utility>

#include "jsep/candidates.hpp"
#include "jsep/codec_preferences.hpp"
#include "jsep/create.hpp"
#include "jsep/layers.hpp"
#include "jsep/offered_transports.hpp"
#include "jsep/protection.hpp"
#include "jsep/sections.hpp"
#include "jsep/transceivers.hpp"
#include "sdp/lookup.hpp"
#include "sdp/print.hpp"

namespace parley::jsep {
namespace {

/// RFC 9429 sections 5.2.1 and 5.2.2, which are the same with nothing negotiated yet.
class OfferBuilder {
 public:
  OfferBuilder(const Snapshot& snapshot, const OfferOptions& options)
      : snapshot_(snapshot),
        options_(options),
        numbers_(snapshot),
        offer_(empty_description(snapshot)),
        taken_mids_(snapshot.past_mids) {
    for (const Section& section : snapshot_.now.sections) taken_mids_.insert(section.mid);
  }

  Result<sdp::Description> build() {
    for (std::size_t i = 0; i < snapshot_.now.sections.size(); ++i) add_existing(i);
    if (options_.wishes.always_data && !snapshot_.now.data) add_data();
    for (const Transceiver& transceiver : snapshot_.transceivers)
      if (!transceiver.stopping && !section_of(snapshot_.now, transceiver.id)) add_media(transceiver);
    if (options_.wishes.data_channel && !options_.wishes.always_data && !snapshot_.now.data) add_data();
    bundle();
    if (auto put = put_offered_transports(snapshot_, options_, offer_); !put) return Unexpected(std::move(put).error());
    put_candidates(offer_, options_.gathered);
    return std::move(offer_);
  }
  [[nodiscard]] const std::vector<std::optional<TransceiverId>>& made_for() const { return made_for_; }

 private:
  void add(sdp::MediaDescription media, std::optional<TransceiverId> made_for = std::nullopt) {
    offer_.media.push_back(std::move(media));
    made_for_.push_back(made_for);
  }

  /// An m= line keeps its place (RFC 3264 section 8).
  void add_existing(std::size_t index) {
    const std::string& mid = snapshot_.now.sections[index].mid;
    const MediaSection* media = media_section_at(snapshot_.now, index);
    const Transceiver* transceiver = media ? transceiver_by_id(snapshot_, media->transceiver) : nullptr;
    if (snapshot_.now.data && snapshot_.now.data->index == index) {
      add(data_media(mid, options_.local));
    } else if (transceiver && !transceiver->stopping) {
      add(media_for(*transceiver, mid), transceiver->id);
    } else {
      add(rejected_media(local_description(snapshot_)->parsed.media[index]));
      offer_.media.back().mid = mid;
    }
  }

  sdp::MediaDescription media_for(const Transceiver& transceiver, const std::string& mid) {
    const MediaCapabilities& capabilities = *snapshot_.capabilities;
    const auto codecs = apply_preferences(transceiver.preferred_codecs, capabilities.codecs(transceiver.kind)).codecs;
    const bool simulcast = transceiver.sender.encodings.size() > 1 && sdp::sends(transceiver.direction);
    // Those that the peer sends are asked for again: its answer would give them up otherwise.
    const MediaSection* section = section_of(snapshot_.now, transceiver.id);
    const bool keeps_layers = section != nullptr && sdp::receives(transceiver.direction);
    const auto received_layers = keeps_layers ? section->receive_rids : std::vector<std::string>{};
    auto formats = number_codecs(codecs, numbers_.payload_types);
    if (received_layers.size() > 1) drop_flexfec(formats);
    return rtp_media(
        transceiver, options_.local,
        {.mid = mid,
         .direction = transceiver.direction,
         .formats = std::move(formats),
         .extensions = number_extensions(extensions_of(transceiver, capabilities), numbers_.extension_ids, true),
         .sent_layers = simulcast ? rids_of(transceiver.sender) : std::vector<std::string>{},
         .received_layers = received_layers,
         .encrypted_headers = snapshot_.header_encryption != HeaderEncryption::Unable,
         .names_protection = expects_protection(transceiver, section)});
  }

  /// The program has asked for FlexFEC, or the peer knows it.
  [[nodiscard]] bool expects_protection(const Transceiver& transceiver, const MediaSection* section) const {
    const auto is_flexfec = [](const Codec& codec) { return has_name(codec, "flexfec-03"); };
    if (std::ranges::any_of(transceiver.preferred_codecs, is_flexfec)) return true;
    const AppliedDescription* remote = remote_description(snapshot_);
    if (section == nullptr || remote == nullptr || section->index >= remote->parsed.media.size()) return false;
    return std::ranges::any_of(formats_of(remote->parsed.media[section->index]), is_flexfec, &Format::codec);
  }

  /// In the place of a section that both sides have done with, of whatever kind it was, or else at the end.
  void add_media(const Transceiver& transceiver) {
    sdp::MediaDescription media = media_for(transceiver, fresh_mid());
    for (std::size_t i = first_free_place(); i < snapshot_.now.sections.size(); ++i) {
      const bool free = snapshot_.now.sections[i].rejected && is_rejected(offer_.media[i]) &&
                        snapshot_.state == SignalingState::Stable && !media_section_at(snapshot_.now, i);
      if (!free) continue;
      offer_.media[i] = std::move(media);
      made_for_[i] = transceiver.id;
      return;
    }
    add(std::move(media), transceiver.id);
  }

  /// RFC 9429 section 5.2.2 would have all places, but browsers go by the order of the sections where the group has
  /// another: before the section whose transport all share they take a new one for the beginning of a new transport. A
  /// peer that has a=tls-id can say whether it is one.
  [[nodiscard]] std::size_t first_free_place() const {
    const auto tagged = negotiated_tag();
    const Transport* shared = tagged ? transport_carrying(snapshot_.now, *tagged) : nullptr;
    if (shared == nullptr || !shared->dtls || shared->dtls->remote_tls_id) return 0;
    return sdp::index_by_mid(offer_, *tagged).value_or(0);
  }

  /// In the place of a rejected data section if there is one: some peers look at the first application section only.
  void add_data() {
    sdp::MediaDescription media = data_media(fresh_mid(), options_.local);
    const auto place = std::ranges::find(offer_.media, "application", &sdp::MediaDescription::kind);
    if (place == offer_.media.end()) {
      add(std::move(media));
    } else {
      *place = std::move(media);
    }
  }

  std::string fresh_mid() {
    std::string mid = unused_mid(taken_mids_);
    taken_mids_.insert(mid);
    return mid;
  }

  void bundle() {
    sdp::Group group{.semantics = "BUNDLE"};
    if (auto tagged = tagged_mid()) group.mids.push_back(*std::move(tagged));
    for (const sdp::MediaDescription& media : offer_.media)
      if (!is_rejected(media) && (group.mids.empty() || *media.mid != group.mids.front()))
        group.mids.push_back(*media.mid);
    if (!group.mids.empty()) offer_.groups.push_back(std::move(group));
  }

  /// The offerer-tagged section (RFC 9143 section 7.2.1). Once a group is negotiated, the section whose transport it
  /// shares stays the first for as long as it lives: browsers take another one for a new transport. Before that it is
  /// that of the first transceiver that is not stopped (webrtc-pc section 4.4.1.6, "final steps to create an offer"),
  /// or a data section that comes before all transceivers.
  [[nodiscard]] std::optional<std::string> tagged_mid() const {
    if (auto negotiated = negotiated_tag()) return negotiated;
    if (options_.wishes.always_data && offer_.media.front().kind == "application" && !is_rejected(offer_.media.front()))
      return offer_.media.front().mid;
    for (const Transceiver& transceiver : snapshot_.transceivers) {
      const auto made = std::ranges::find(made_for_, std::optional(transceiver.id));
      if (made != made_for_.end()) return offer_.media[static_cast<std::size_t>(made - made_for_.begin())].mid;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> negotiated_tag() const {
    if (const sdp::Group* group = negotiated_group(snapshot_))
      for (const std::string& mid : group->mids) {
        const sdp::MediaDescription* media = sdp::media_by_mid(offer_, mid);
        if (media && !is_rejected(*media)) return mid;
      }
    return std::nullopt;
  }

  const Snapshot& snapshot_;
  const OfferOptions& options_;
  Numbers numbers_;
  sdp::Description offer_;
  std::vector<std::optional<TransceiverId>> made_for_;
  std::unordered_set<std::string> taken_mids_;
};

}  // namespace

std::size_t fresh_transports_needed(const Snapshot& snapshot) {
  return snapshot.now.sections.size() + snapshot.transceivers.size() + 1;
}

Result<Created> create_offer(const Snapshot& snapshot, const OfferOptions& options) {
  if (auto allowed = check_can_offer(snapshot.state); !allowed) return Unexpected(std::move(allowed).error());
  OfferBuilder builder(snapshot, options);
  auto offer = builder.build();
  if (!offer) return Unexpected(std::move(offer).error());
  Created created{.sdp = sdp::print(*offer), .result = snapshot};
  ++created.result.session_version;
  created.result.last_created_offer = CreatedDescription{.sdp = created.sdp,
                                                         .data_channel_wanted = options.wishes.data_channel,
                                                         .transceivers = snapshot.transceivers,
                                                         .made_for = builder.made_for()};
  return created;
}

}  // namespace parley::jsep
