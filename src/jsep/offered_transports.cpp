#include "jsep/offered_transports.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sdp/lookup.hpp"

namespace parley::jsep {

const sdp::Group* negotiated_group(const Snapshot& snapshot) {
  for (const auto* applied : {&snapshot.current_local, &snapshot.current_remote}) {
    if (!*applied || (*applied)->type != SdpType::Answer) continue;
    const auto groups = sdp::groups((*applied)->parsed, "BUNDLE");
    if (!groups.empty()) return groups.front();
  }
  return nullptr;
}

namespace {

class Transports {
 public:
  Transports(const Snapshot& snapshot, const OfferOptions& options, sdp::Description& offer)
      : snapshot_(snapshot), options_(options), offer_(offer), fresh_(options.local) {}

  Result<void> put() && {
    if (offer_.groups.empty()) return {};  // nothing lives
    // What is in use first: new sections may share it.
    for (sdp::MediaDescription& media : offer_.media)
      if (auto put = put_used(media); !put) return put;
    // In the order of the group, whose first section is the one that bundle-only ones rely on.
    for (const std::string& mid : group().mids) {
      sdp::MediaDescription& media = *sdp::media_by_mid(offer_, mid);
      if (media.ice_ufrag) continue;
      if (auto put = put_new(media); !put) return put;
    }
    leave_out_others();
    return {};
  }

 private:
  [[nodiscard]] sdp::Group& group() { return offer_.groups.front(); }
  [[nodiscard]] bool is_tagged(const sdp::MediaDescription& media) { return *media.mid == group().mids.front(); }

  void give(sdp::MediaDescription& media, const TransportLines& lines) {
    put_transport(media, options_.local, lines);
    if (is_tagged(media)) tagged_ = lines;
    if (media.bundle_only) return;
    if (!first_) first_ = lines;
    kinds_.insert(media.kind);
  }

  Result<void> put_used(sdp::MediaDescription& media) {
    if (is_rejected(media)) return {};
    const Transport* transport = transport_carrying(snapshot_.now, *media.mid);
    if (!transport || transport->generations.empty()) return {};
    auto lines = lines_of(*transport);
    if (!lines) return Unexpected(std::move(lines).error());
    media.bundle_only = was_bundle_only(*media.mid) && !is_tagged(media);
    if (media.bundle_only) {
      media.port = 0;
      return {};  // it says the same as the first of the group
    }
    give(media, *lines);
    const sdp::Group* negotiated = negotiated_group(snapshot_);
    if (!shared_ && negotiated && std::ranges::find(negotiated->mids, *media.mid) != negotiated->mids.end())
      shared_ = *lines;
    return {};
  }

  /// A peer that bundles may have one pair of credentials for the whole group (pion refuses another), so it has one.
  /// Sections that were negotiated apart under others go on by themselves until ICE restarts.
  void leave_out_others() {
    std::erase_if(group().mids, [this](const std::string& mid) {
      const sdp::MediaDescription& media = *sdp::media_by_mid(offer_, mid);
      return media.ice_ufrag != tagged_->ice.ufrag || media.ice_pwd != tagged_->ice.pwd;
    });
  }

  /// Of an offer that has not been answered yet.
  [[nodiscard]] bool was_bundle_only(const std::string& mid) const {
    if (!snapshot_.pending_local) return false;
    const sdp::MediaDescription* media = sdp::media_by_mid(snapshot_.pending_local->parsed, mid);
    return media && media->bundle_only;
  }

  Result<void> put_new(sdp::MediaDescription& media) {
    if (shared_) {
      give(media, *shared_);
      return {};
    }
    const bool max_bundle = options_.bundle_policy == BundlePolicy::MaxBundle && first_;
    const bool balanced = options_.bundle_policy == BundlePolicy::Balanced && kinds_.contains(media.kind);
    if (!is_tagged(media) && (max_bundle || balanced || media.bundle_only)) {
      media.bundle_only = true;
      media.port = 0;
      give(media, *tagged_);
      return {};
    }
    auto lines = new_lines();
    if (!lines) return Unexpected(std::move(lines).error());
    give(media, *lines);
    return {};
  }

  /// A transport of its own, told apart from the others of the group by its tls-id (RFC 8839 section 5.4 lets sections
  /// have the same credentials).
  Result<TransportLines> new_lines() {
    auto fresh = fresh_.take();
    if (!fresh) return Unexpected(std::move(fresh).error());
    const TransportLines* with = tagged_ ? &*tagged_ : first_ ? &*first_ : nullptr;
    return TransportLines{.ice = with ? with->ice : fresh->ice, .tls_id = fresh->tls_id};
  }

  /// An ICE restart renews the credentials, once for all sections, and lets the DTLS associations go on (RFC 8842
  /// section 5.1).
  Result<TransportLines> lines_of(const Transport& transport) {
    const auto known = of_transport_.find(transport.id);
    if (known != of_transport_.end()) return known->second;
    const IceCredentials& in_use = transport.generations.back().local;
    auto tls_id = transport_view(local_description(snapshot_)->parsed, transport.index).tls_id;
    if (!tls_id && transport.dtls) tls_id = transport.dtls->local_tls_id;
    TransportLines lines{.ice = in_use, .tls_id = tls_id.value_or("")};
    // webrtc-pc section 4.2.6, iceRestart: then none of currentLocalDescription's may stay, though the peer has renewed
    // some of them meanwhile.
    const bool asked = !snapshot_.ice_credentials_to_replace.empty() &&
                       find_generation(transport_by_id(snapshot_.stable, transport.id), in_use) != nullptr;
    const bool restart = options_.ice_restart || asked || are_to_be_replaced(snapshot_, in_use);
    if (restart || !tls_id) {
      auto fresh = fresh_.take();
      if (!fresh) return Unexpected(std::move(fresh).error());
      if (!renewed_) renewed_ = fresh->ice;
      lines.ice = *renewed_;
      if (!tls_id) lines.tls_id = fresh->tls_id;
    }
    of_transport_.emplace(transport.id, lines);
    return lines;
  }

  const Snapshot& snapshot_;
  const OfferOptions& options_;
  sdp::Description& offer_;
  FreshTransports fresh_;
  std::map<TransportId, TransportLines> of_transport_;
  /// The negotiated group's, that of the group's first section, and the first given.
  std::optional<TransportLines> shared_, tagged_, first_;
  std::optional<IceCredentials> renewed_;
  std::set<std::string> kinds_;
};

}  // namespace

Result<void> put_offered_transports(const Snapshot& snapshot, const OfferOptions& options, sdp::Description& offer) {
  return Transports(snapshot, options, offer).put();
}

}  // namespace parley::jsep
