#include "jsep/agree.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "jsep/association.hpp"
#include "jsep/sections.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

/// The sections of a description by the section that describes or carries their transport, that one first.
using Seats = std::map<std::size_t, std::vector<std::string>>;

template <class CarrierOf>
Seats seats_of(const sdp::Description& description, const std::vector<Section>& sections, CarrierOf carrier_of) {
  Seats seats;
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    if (is_rejected(description.media[i]) || !uses_dtls(description, i)) continue;
    auto& mids = seats[carrier_of(description, i)];
    mids.insert(carrier_of(description, i) == i ? mids.begin() : mids.end(), sections[i].mid);
  }
  return seats;
}

/// The sections of an offer of ours that name the same credentials and tls-id share a transport: told apart by the
/// first of them in the order of the BUNDLE group.
class OfferedCarriers {
 public:
  explicit OfferedCarriers(const sdp::Description& offer) {
    for (const sdp::Group* group : sdp::groups(offer, "BUNDLE"))
      for (const std::string& mid : group->mids)
        if (const auto index = sdp::index_by_mid(offer, mid)) add(offer, *index);
  }
  std::size_t operator()(const sdp::Description& offer, std::size_t index) const {
    const std::size_t described = described_at(offer, index);
    const auto name = name_of(offer, described);
    const auto first = name ? first_.find(*name) : first_.end();
    return first == first_.end() ? described : first->second;
  }

 private:
  using Name = std::array<std::string, 3>;

  static std::optional<Name> name_of(const sdp::Description& offer, std::size_t described) {
    const TransportView view = transport_view(offer, described);
    if (!view.ice) return std::nullopt;
    return Name{view.ice->ufrag, view.ice->pwd, view.tls_id.value_or("")};
  }

  void add(const sdp::Description& offer, std::size_t index) {
    const std::size_t described = described_at(offer, index);
    if (const auto name = name_of(offer, described)) first_.emplace(*name, described);
  }
  std::map<Name, std::size_t> first_;
};

/// The transport of the first of these sections, or else of any of them.
const Transport* find_transport(const Agreement& agreement, const std::vector<std::string>& mids) {
  if (const Transport* carrying = transport_carrying(agreement, mids.front())) return carrying;
  for (const Transport& transport : agreement.transports)
    if (std::ranges::find_first_of(transport.mids, mids) != transport.mids.end()) return &transport;
  return nullptr;
}

/// One transport of the new agreement and what it was before.
struct Seat {
  Transport transport;
  /// Before the description, and as last agreed; nullptr if it is new.
  const Transport* before = nullptr;
  const Transport* agreed = nullptr;
};

Seat take_seat(const Snapshot& snapshot, const Seats::value_type& seat, TransportId& next) {
  Seat taken;
  taken.before = find_transport(snapshot.now, seat.second);
  if (taken.before) {
    taken.agreed = transport_by_id(snapshot.stable, taken.before->id);
  } else {
    taken.agreed = find_transport(snapshot.stable, seat.second);
    taken.before = taken.agreed;
  }
  taken.transport.id = taken.before ? taken.before->id : std::exchange(next, TransportId(next.get() + 1));
  taken.transport.index = seat.first;
  taken.transport.mids = seat.second;
  taken.transport.mid = seat.second.front();
  if (taken.before) taken.transport.dtls = taken.before->dtls;
  return taken;
}

/// RFC 8445 section 6.1.1: roles outlive restarts, whoever offers them.
IceRole next_role(const Seat& seat, IceRole first) {
  return seat.agreed ? seat.agreed->generations.front().role : first;
}

/// The negotiated generation stays until another one has been answered.
void keep_agreed_generation(Seat& seat, const IceCredentials& next) {
  if (seat.agreed && seat.agreed->generations.front().local != next)
    seat.transport.generations.push_back(seat.agreed->generations.front());
}

/// Transports that the description does not mention live on until it is answered.
void keep_others(Agreement& agreement, const std::vector<Transport>& before) {
  for (const Transport& transport : before)
    if (!transport_by_id(agreement, transport.id)) agreement.transports.push_back(transport);
}

DataSection data_at(const Agreement& agreement, std::size_t index) {
  const std::string& mid = agreement.sections[index].mid;
  const Transport* transport = transport_carrying(agreement, mid);
  return {.mid = mid, .index = index, .transport = transport ? std::optional(transport->id) : std::nullopt};
}

SctpAgreement agree_on_sctp(const sdp::MediaDescription& local, const sdp::MediaDescription& remote) {
  return {
      .local_port = sdp::sctp_port(local),
      .remote_port = sdp::sctp_port(remote),
      .remote_max_message_size = remote.max_message_size.value_or(kDefaultMaxMessageSize),
  };
}

/// What a remote offer wants to carry these sections: a transport in use, unless a section that is new describes
/// another one.
const Transport* offered_transport(const Agreement& agreement, const std::vector<std::string>& mids,
                                   const TransportView& offered) {
  const Transport* known = find_transport(agreement, mids);
  if (!known || transport_carrying(agreement, mids.front()) == known) return known;
  return check_offered_association(*known, offered) ? known : nullptr;
}

/// What was bundled stays bundled (RFC 9429 section 5.2.2).
bool takes_apart(const Agreement& stable, const Seats& seats) {
  std::set<TransportId> shared;
  for (const auto& [index, mids] : seats) {
    std::set<TransportId> used;
    for (const std::string& mid : mids)
      if (const Transport* transport = transport_carrying(stable, mid)) used.insert(transport->id);
    for (const TransportId id : used)
      if (!shared.insert(id).second) return true;
  }
  return false;
}

/// A transport that a remote offer asks for has an identity at once, and nothing else before it is answered.
void take_offered_seat(Agreement& agreement, const Snapshot& snapshot, const Seats::value_type& seat,
                       const TransportView& offered, TransportId& next) {
  if (const Transport* known = offered_transport(agreement, seat.second, offered)) {
    auto& mids = std::ranges::find(agreement.transports, known->id, &Transport::id)->mids;
    for (const std::string& mid : seat.second)
      if (!transport_carrying(agreement, mid)) mids.push_back(mid);
    return;
  }
  // The one of an offer before this, which has not been answered, is the same.
  const Transport* pending = transport_carrying(snapshot.now, seat.second.front());
  if (pending && transport_by_id(agreement, pending->id)) pending = nullptr;
  agreement.transports.push_back({.id = pending ? pending->id : std::exchange(next, TransportId(next.get() + 1)),
                                  .mid = seat.second.front(),
                                  .index = seat.first,
                                  .mids = seat.second});
}

Result<Transport> answered_transport(const Snapshot& snapshot, const Answered& answered, const Seats::value_type& seat,
                                     TransportId& next) {
  const TransportPair pair{.offer = transport_view(answered.offer, seat.first),
                           .answer = transport_view(answered.answer, seat.first),
                           .local_answers = answered.answerer == Side::Local};
  if (!pair.local().ice || !pair.remote().ice)
    return fail(ErrorKind::InvalidAccessError, "an accepted m= section has no ICE credentials");
  Seat taken = take_seat(snapshot, seat, next);
  if (taken.agreed)
    if (auto checked = check_restart(*taken.agreed, pair); !checked) return Unexpected(std::move(checked).error());
  const bool moved =
      taken.before && moves_to_new_section(*taken.before, snapshot.stable, taken.transport.mid, pair.remote());
  auto dtls = agree_on_association(taken.before, moved, pair);
  if (!dtls) return Unexpected(std::move(dtls).error());

  const IceGeneration* known = find_generation(taken.before, *pair.local().ice);
  IceRole role =
      known ? known->role : next_role(taken, pair.local_answers ? IceRole::Controlled : IceRole::Controlling);
  if (pair.remote().lite) role = IceRole::Controlling;
  if (answered.type == SdpType::Pranswer) keep_agreed_generation(taken, *pair.local().ice);
  taken.transport.generations.push_back({
      .local = *pair.local().ice,
      .role = role,
      .remote = RemoteIce{*pair.remote().ice, pair.remote().lite, pair.remote().trickle},
  });
  taken.transport.dtls = *std::move(dtls);
  return std::move(taken.transport);
}

}  // namespace

Agreement agree_on_local_offer(const Snapshot& snapshot, const sdp::Description& offer, TransportId& next) {
  Agreement agreement{.sections = sections_after(snapshot.stable.sections, offer)};
  for (const auto& seat : seats_of(offer, agreement.sections, OfferedCarriers(offer))) {
    const auto local = credentials_of(offer, seat.first);
    if (!local) continue;
    Seat taken = take_seat(snapshot, seat, next);
    keep_agreed_generation(taken, *local);
    const IceGeneration* known = find_generation(taken.agreed, *local);
    taken.transport.generations.push_back(
        known ? *known : IceGeneration{.local = *local, .role = next_role(taken, IceRole::Controlling)});
    agreement.transports.push_back(std::move(taken.transport));
  }
  keep_others(agreement, snapshot.stable.transports);
  agreement.data = snapshot.stable.data;
  if (const auto index = data_section(offer, snapshot.stable.data); index && !agreement.data)
    agreement.data = data_at(agreement, *index);
  return agreement;
}

Result<Agreement> agree_on_remote_offer(const Snapshot& snapshot, const sdp::Description& offer, TransportId& next) {
  // Every section: which of them will carry the others, the answer decides.
  for (std::size_t i = 0; i < std::min(offer.media.size(), snapshot.stable.sections.size()); ++i) {
    const Transport* transport = transport_carrying(snapshot.stable, snapshot.stable.sections[i].mid);
    if (!transport || is_rejected(offer.media[i])) continue;
    if (auto checked = check_offered_association(*transport, transport_view(offer, i)); !checked)
      return Unexpected(std::move(checked).error());
  }
  Agreement agreement = snapshot.stable;
  agreement.sections = sections_after(snapshot.stable.sections, offer);
  const Seats seats = seats_of(offer, agreement.sections, carrier_of);
  if (takes_apart(snapshot.stable, seats))
    return fail(ErrorKind::InvalidAccessError, "the offer takes sections apart that share a transport");
  for (const auto& seat : seats) take_offered_seat(agreement, snapshot, seat, transport_view(offer, seat.first), next);
  if (const auto index = data_section(offer, snapshot.stable.data); index && !agreement.data)
    agreement.data = data_at(agreement, *index);
  return agreement;
}

Result<Agreement> agree_on_answer(const Snapshot& snapshot, const Answered& answered, TransportId& next) {
  Agreement agreement{.sections = sections_after(snapshot.now.sections, answered.answer)};
  for (const auto& seat : seats_of(answered.answer, agreement.sections, carrier_of)) {
    auto transport = answered_transport(snapshot, answered, seat, next);
    if (!transport) return Unexpected(std::move(transport).error());
    // What was offered with the credentials of another section can only be bundled with it or rejected.
    if (transport_by_id(agreement, transport->id))
      return fail(ErrorKind::InvalidAccessError, "the answer takes sections apart that share a transport");
    agreement.transports.push_back(*std::move(transport));
  }
  const bool provisional = answered.type == SdpType::Pranswer;
  if (provisional) keep_others(agreement, snapshot.now.transports);
  if (const auto index = data_section(answered.answer, snapshot.now.data)) {
    const auto& offered = answered.offer.media[*index];
    const auto& accepted = answered.answer.media[*index];
    agreement.data = data_at(agreement, *index);
    agreement.data->sctp =
        answered.answerer == Side::Local ? agree_on_sctp(accepted, offered) : agree_on_sctp(offered, accepted);
  } else if (provisional) {
    agreement.data = snapshot.now.data;
  }
  return agreement;
}

}  // namespace parley::jsep
