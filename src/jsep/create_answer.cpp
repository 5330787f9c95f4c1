#include <algorithm>
#include <map>
#include <utility>

#include "jsep/association.hpp"
#include "jsep/build.hpp"
#include "jsep/candidates.hpp"
#include "jsep/codec_preferences.hpp"
#include "jsep/create.hpp"
#include "jsep/layers.hpp"
#include "jsep/protection.hpp"
#include "jsep/sections.hpp"
#include "jsep/transceivers.hpp"
#include "sdp/effective.hpp"
#include "sdp/lookup.hpp"
#include "sdp/print.hpp"

namespace parley::jsep {
namespace {

const IceGeneration* generation_with(const Transport& transport, const std::optional<IceCredentials>& remote) {
  for (const IceGeneration& generation : transport.generations)
    if (generation.remote && generation.remote->credentials == remote) return &generation;
  return nullptr;
}

/// The generation that already has this other side: the offer does not restart ICE, or was answered provisionally. The
/// section's own transport comes first: the other side may have the same credentials for all of its transports.
const IceGeneration* generation_with(const Agreement& agreement, std::size_t index,
                                     const std::optional<IceCredentials>& remote) {
  const std::string& mid = agreement.sections[index].mid;
  const IceGeneration* found = nullptr;
  for (const Transport& transport : agreement.transports) {
    const IceGeneration* generation = generation_with(transport, remote);
    if (generation && std::ranges::find(transport.mids, mid) != transport.mids.end()) return generation;
    if (!found) found = generation;
  }
  return found;
}

/// The association that the offer continues, if it does.
const DtlsAgreement* continued_association(const Snapshot& snapshot, std::size_t index, const TransportView& offered) {
  const std::string& mid = snapshot.now.sections[index].mid;
  for (const Transport& transport : snapshot.now.transports) {
    if (std::ranges::find(transport.mids, mid) == transport.mids.end()) continue;
    const bool continues = transport.dtls && !begins_new_association(*transport.dtls, offered) &&
                           !moves_to_new_section(transport, snapshot.stable, mid, offered);
    return continues ? &*transport.dtls : nullptr;
  }
  return nullptr;
}

/// RFC 9429 section 5.3.1: active where the offer leaves the choice. An offer without a=setup is active (RFC 4145
/// section 4.1).
sdp::Setup setup_for(const DtlsAgreement* continued, const TransportView& offered) {
  if (continued) return continued->role == DtlsRole::Client ? sdp::Setup::Active : sdp::Setup::Passive;
  return offered.setup.value_or(sdp::Setup::Active) == sdp::Setup::Active ? sdp::Setup::Passive : sdp::Setup::Active;
}

/// What a section offers, without the ids that mean something else in another section of its BUNDLE group: aiortc does
/// that, and reads only one of the two (RFC 9143 section 9.3.1 would have one meaning).
std::vector<sdp::Extmap> unambiguous_extmaps(const sdp::Description& offer, std::size_t index) {
  auto extmaps = sdp::effective_extmaps(offer, offer.media[index]);
  const sdp::Group* group = bundle_of(offer, index);
  if (!group) return extmaps;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    if (i == index || bundle_of(offer, i) != group) continue;
    for (const sdp::Extmap& other : sdp::effective_extmaps(offer, offer.media[i]))
      std::erase_if(extmaps, [&](const sdp::Extmap& own) { return own.id == other.id && own.uri != other.uri; });
  }
  return extmaps;
}

class AnswerBuilder {
 public:
  AnswerBuilder(const Snapshot& snapshot, const AnswerOptions& options)
      : snapshot_(snapshot),
        options_(options),
        offer_(snapshot.pending_remote->parsed),
        peer_takes_encrypted_headers_(takes_encrypted_headers(offer_)),
        fresh_(options.local),
        answer_(empty_description(snapshot)) {}

  Result<sdp::Description> build() && {
    answer_.extmap_allow_mixed = offer_.extmap_allow_mixed;
    const auto data = data_section(offer_, snapshot_.stable.data);
    for (std::size_t i = 0; i < offer_.media.size(); ++i)
      answer_.media.push_back(i == data && is_allowed_by_policy(i)
                                  ? answering_data_media(offer_.media[i], options_.local)
                                  : answering_media(i));
    bundle();
    if (auto put = put_transports(); !put) return Unexpected(std::move(put).error());
    put_candidates(answer_, options_.gathered);
    return std::move(answer_);
  }

 private:
  /// Under max-bundle everything travels with the first section that is offered (RFC 9429 section 5.3.1).
  [[nodiscard]] bool is_allowed_by_policy(std::size_t index) const {
    if (options_.bundle_policy != BundlePolicy::MaxBundle) return true;
    const auto first = std::ranges::find_if_not(offer_.media, is_rejected);
    const auto first_index = static_cast<std::size_t>(first - offer_.media.begin());
    const sdp::Group* group = bundle_of(offer_, index);
    return index == first_index || (group && group == bundle_of(offer_, first_index));
  }

  /// RFC 9429 section 5.3.1. A stopping transceiver does not count as stopped here (webrtc-pc section 5.4, stop()).
  sdp::MediaDescription answering_media(std::size_t index) const {
    const sdp::MediaDescription& offered = offer_.media[index];
    const MediaSection* section = media_section_at(snapshot_.now, index);
    const Transceiver* transceiver = section ? transceiver_by_id(snapshot_, section->transceiver) : nullptr;
    const bool lives = !is_rejected(offered) && is_rtp_media(offer_, index) && is_allowed_by_policy(index) &&
                       (!is_bundle_only(offered) || bundle_of(offer_, index));
    if (!lives || !transceiver || transceiver->stopped) return rejected_media(offered);
    const MediaCapabilities& capabilities = *snapshot_.capabilities;
    const PreferredCodecs preferred =
        apply_preferences(transceiver->preferred_codecs, capabilities.codecs(transceiver->kind));
    auto formats = answer_formats(formats_of(offered), preferred.codecs, preferred.order);
    if (formats.empty()) return rejected_media(offered);
    const Direction direction =
        sdp::intersection(transceiver->direction, sdp::reversed(sdp::effective_direction(offer_, offered)));
    const bool mixed = sdp::effective_extmap_allow_mixed(offer_, offered);
    RtpLines lines{.protocol = offered.protocol,
                   .mid = offered.mid,
                   .direction = direction,
                   .formats = std::move(formats),
                   .extensions = answer_extensions(unambiguous_extmaps(offer_, index),
                                                   extensions_of(*transceiver, capabilities), mixed),
                   .mixed_extensions = offered.extmap_allow_mixed,
                   .reduced_size_rtcp = offered.rtcp_rsize,
                   .encrypted_headers =
                       snapshot_.header_encryption != HeaderEncryption::Unable && peer_takes_encrypted_headers_[index],
                   .names_protection = true};
    if (sdp::sends(direction))
      lines.sent_layers = common_layers(layers(offered, Layers::Received), rids_of(transceiver->sender));
    if (sdp::receives(direction)) lines.received_layers = layers(offered, Layers::Sent);
    if (lines.received_layers.size() > 1) drop_flexfec(lines.formats);
    return rtp_media(*transceiver, options_.local, lines);
  }

  /// What is bundled shares the transport of the first section of its group that is not rejected.
  Result<void> put_transports() {
    std::map<std::size_t, TransportLines> of_carrier;
    for (std::size_t i = 0; i < answer_.media.size(); ++i) {
      if (is_rejected(answer_.media[i])) continue;
      const std::size_t carrier = carrier_of(answer_, i);
      if (!of_carrier.contains(carrier)) {
        auto lines = transport_for(carrier);
        if (!lines) return Unexpected(std::move(lines).error());
        of_carrier.emplace(carrier, *lines);
      }
      put_transport(answer_.media[i], options_.local, of_carrier.at(carrier));
    }
    return {};
  }

  Result<TransportLines> transport_for(std::size_t index) {
    const TransportView offered = transport_view(offer_, index);
    const IceGeneration* generation = generation_with(snapshot_.now, index, offered.ice);
    const DtlsAgreement* association = continued_association(snapshot_, index, offered);
    TransportLines lines{.setup = setup_for(association, offered), .trickle = offered.trickle};
    if (generation) lines.ice = generation->local;
    if (association) lines.tls_id = association->local_tls_id.value_or("");
    if (generation && !lines.tls_id.empty()) return lines;
    auto fresh = fresh_.take();
    if (!fresh) return Unexpected(std::move(fresh).error());
    if (!generation) {
      // One pair for everything, so that a later offer of ours may bundle it (see leave_out_others()).
      if (!renewed_) renewed_ = fresh->ice;
      lines.ice = *renewed_;
    }
    if (lines.tls_id.empty()) lines.tls_id = fresh->tls_id;
    return lines;
  }

  /// The offered groups without what is rejected (RFC 9143 section 7.3). If that is the offerer-tagged section, its
  /// group goes on with the next one, as section 7.3.1 has it for an initial offer, rather than being rejected whole:
  /// a data section is of use to a peer whose media is not.
  void bundle() {
    for (const sdp::Group* offered : sdp::groups(offer_, "BUNDLE")) {
      sdp::Group group{.semantics = "BUNDLE"};
      for (const std::string& mid : offered->mids) {
        const sdp::MediaDescription* media = sdp::media_by_mid(answer_, mid);
        if (media && !is_rejected(*media)) group.mids.push_back(mid);
      }
      if (!group.mids.empty()) answer_.groups.push_back(std::move(group));
    }
  }

  const Snapshot& snapshot_;
  const AnswerOptions& options_;
  const sdp::Description& offer_;
  std::vector<bool> peer_takes_encrypted_headers_;
  FreshTransports fresh_;
  std::optional<IceCredentials> renewed_;
  sdp::Description answer_;
};

}  // namespace

Result<Created> create_answer(const Snapshot& snapshot, const AnswerOptions& options) {
  if (auto allowed = check_can_answer(snapshot.state); !allowed) return Unexpected(std::move(allowed).error());
  auto answer = AnswerBuilder(snapshot, options).build();
  if (!answer) return Unexpected(std::move(answer).error());
  Created created{.sdp = sdp::print(*answer), .result = snapshot};
  ++created.result.session_version;
  created.result.last_created_answer = CreatedDescription{
      .sdp = created.sdp, .data_channel_wanted = options.wishes.data_channel, .transceivers = snapshot.transceivers};
  return created;
}

const std::string* reusable_description(const Snapshot& snapshot, SdpType type, const Wishes& wishes) {
  const bool offer = type == SdpType::Offer;
  const auto& created = offer ? snapshot.last_created_offer : snapshot.last_created_answer;
  if (!created || created->outdated || created->transceivers != snapshot.transceivers) return nullptr;
  if (!offer) return &created->sdp;
  if (created->data_channel_wanted != wishes.data_channel) return nullptr;
  const auto is_in_it = [&](const IceCredentials& old) {
    return created->sdp.find("a=ice-pwd:" + old.pwd + "\r\n") != std::string::npos;
  };
  const bool outdated = std::ranges::any_of(snapshot.ice_credentials_to_replace, is_in_it) ||
                        std::ranges::any_of(snapshot.outdated_ice_credentials, is_in_it);
  return outdated ? nullptr : &created->sdp;
}

}  // namespace parley::jsep
