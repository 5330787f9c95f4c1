#include <algorithm>
#include <unordered_set>
#include <utility>

#include "jsep/build.hpp"
#include "jsep/candidates.hpp"
#include "jsep/create.hpp"
#include "jsep/sections.hpp"
#include "sdp/print.hpp"

namespace parley::jsep {
namespace {

bool to_be_replaced(const Snapshot& snapshot, const IceCredentials& local) {
  return std::ranges::find(snapshot.ice_credentials_to_replace, local) != snapshot.ice_credentials_to_replace.end();
}

class OfferBuilder {
 public:
  OfferBuilder(const Snapshot& snapshot, const OfferOptions& options)
      : snapshot_(snapshot), options_(options), fresh_(options.local), offer_(empty_description(snapshot)) {}

  Result<sdp::Description> build() && {
    for (std::size_t i = 0; i < snapshot_.now.sections.size(); ++i)
      if (auto added = add_existing(i); !added) return Unexpected(std::move(added).error());
    if (options_.wishes.data_channel && !snapshot_.now.data)
      if (auto added = add_data(); !added) return Unexpected(std::move(added).error());
    bundle();
    put_candidates(offer_, options_.gathered);
    return std::move(offer_);
  }

 private:
  /// An m= line keeps its place (RFC 3264 section 8).
  Result<void> add_existing(std::size_t index) {
    const sdp::Description& last = local_description(snapshot_)->parsed;
    if (!snapshot_.now.data || snapshot_.now.data->index != index) {
      offer_.media.push_back(rejected_media(last.media[index]));
      offer_.media.back().mid = snapshot_.now.sections[index].mid;
      return {};
    }
    auto transport = transport_in_use(transport_view(last, index));
    if (!transport) return Unexpected(std::move(transport).error());
    offer_.media.push_back(data_media(snapshot_.now.data->mid, options_.local, *transport));
    return {};
  }

  /// An ICE restart renews the credentials and lets the DTLS association go on (RFC 8842 section 5.1).
  Result<TransportLines> transport_in_use(const TransportView& last) {
    if (!last.ice || !last.tls_id) return new_transport();
    if (!options_.ice_restart && !to_be_replaced(snapshot_, *last.ice))
      return TransportLines{.ice = *last.ice, .tls_id = *last.tls_id};
    auto fresh = fresh_.take();
    if (!fresh) return Unexpected(std::move(fresh).error());
    return TransportLines{.ice = fresh->ice, .tls_id = *last.tls_id};
  }

  Result<TransportLines> new_transport() {
    auto fresh = fresh_.take();
    if (!fresh) return Unexpected(std::move(fresh).error());
    return TransportLines{.ice = fresh->ice, .tls_id = fresh->tls_id};
  }

  /// In the place of a rejected data section if there is one: some peers look at the first application section only.
  Result<void> add_data() {
    auto transport = new_transport();
    if (!transport) return Unexpected(std::move(transport).error());
    std::unordered_set<std::string> taken;
    for (const Section& section : snapshot_.now.sections) taken.insert(section.mid);
    sdp::MediaDescription media = data_media(unused_mid(taken), options_.local, *transport);
    const auto place = std::ranges::find(offer_.media, "application", &sdp::MediaDescription::kind);
    if (place == offer_.media.end()) {
      offer_.media.push_back(std::move(media));
    } else {
      *place = std::move(media);
    }
    return {};
  }

  void bundle() {
    sdp::Group group{.semantics = "BUNDLE"};
    for (const sdp::MediaDescription& media : offer_.media)
      if (!is_rejected(media)) group.mids.push_back(*media.mid);
    if (!group.mids.empty()) offer_.groups.push_back(std::move(group));
  }

  const Snapshot& snapshot_;
  const OfferOptions& options_;
  FreshTransports fresh_;
  sdp::Description offer_;
};

}  // namespace

std::size_t fresh_transports_needed(const Snapshot&) { return 1; }

Result<Created> create_offer(const Snapshot& snapshot, const OfferOptions& options) {
  if (snapshot.state != SignalingState::Stable && snapshot.state != SignalingState::HaveLocalOffer)
    return fail(ErrorKind::InvalidStateError,
                "an offer cannot be created in the state " + std::string(to_string(snapshot.state)));
  auto offer = OfferBuilder(snapshot, options).build();
  if (!offer) return Unexpected(std::move(offer).error());
  Created created{.sdp = sdp::print(*offer), .result = snapshot};
  ++created.result.session_version;
  created.result.last_created_offer =
      CreatedDescription{.sdp = created.sdp, .data_channel_wanted = options.wishes.data_channel};
  return created;
}

}  // namespace parley::jsep
