#include "jsep/plan.hpp"

#include <algorithm>
#include <utility>

#include "jsep/agree.hpp"
#include "jsep/build.hpp"
#include "jsep/check.hpp"
#include "jsep/difference.hpp"
#include "jsep/media.hpp"
#include "jsep/rejected_sections.hpp"
#include "jsep/sections.hpp"
#include "sdp/parse.hpp"

namespace parley::jsep {
namespace {

/// A description on its way into the snapshot.
struct Incoming {
  Side side;
  AppliedDescription description;
  [[nodiscard]] const sdp::Description& parsed() const { return description.parsed; }
  [[nodiscard]] bool is_offer() const { return description.type == SdpType::Offer; }
};

/// The offer that an answer from `side` answers.
const sdp::Description& offer_for(const Snapshot& snapshot, Side side) {
  return side == Side::Local ? snapshot.pending_remote->parsed : snapshot.pending_local->parsed;
}

Result<void> check(const Snapshot& snapshot, const Incoming& incoming) {
  if (auto checked = check_description(incoming.parsed(), incoming.description.type); !checked) return checked;
  if (incoming.side == Side::Remote && snapshot.header_encryption == HeaderEncryption::Require)
    if (auto checked = check_takes_encrypted_headers(incoming.parsed()); !checked) return checked;
  if (!incoming.is_offer()) return check_answer(offer_for(snapshot, incoming.side), incoming.parsed());
  // webrtc-pc section 4.4.1.5: back-to-back remote offers count as if they had been answered in between.
  return check_reoffer(incoming.side == Side::Remote ? snapshot.now : snapshot.stable, incoming.parsed());
}

Result<Agreement> agree(const Snapshot& snapshot, const Incoming& incoming, TransportId& next) {
  if (!incoming.is_offer())
    return agree_on_answer(snapshot,
                           {.offer = offer_for(snapshot, incoming.side),
                            .answer = incoming.parsed(),
                            .answerer = incoming.side,
                            .type = incoming.description.type},
                           next);
  if (incoming.side == Side::Remote) return agree_on_remote_offer(snapshot, incoming.parsed(), next);
  return agree_on_local_offer(snapshot, incoming.parsed(), next);
}

/// The steps for each media description; `result` has the new sections and transports.
void apply_to_media(const Snapshot& snapshot, const Incoming& incoming, Snapshot& result) {
  const AppliedDescription& description = incoming.description;
  if (!incoming.is_offer()) {
    apply_answer_to_media(result, {.offer = offer_for(snapshot, incoming.side),
                                   .answer = description.parsed,
                                   .answerer = incoming.side,
                                   .type = description.type});
    return;
  }
  if (snapshot.state == SignalingState::Stable) remember_encodings(result);
  if (incoming.side == Side::Local) {
    apply_local_offer_to_media(result, snapshot.now.sections, description.parsed);
  } else {
    apply_remote_offer_to_media(result, snapshot.now.sections, description.parsed);
  }
}

void put_pending(Snapshot& snapshot, Incoming incoming) {
  if (incoming.side == Side::Local) {
    snapshot.pending_local = std::move(incoming.description);
    return;
  }
  if (incoming.is_offer() && snapshot.last_created_answer) snapshot.last_created_answer->outdated = true;
  snapshot.pending_remote = std::move(incoming.description);
}

bool contains(const std::vector<Transport>& transports, const IceCredentials& local) {
  return std::ranges::any_of(transports, [&](const Transport& transport) {
    return std::ranges::find(transport.generations, local, &IceGeneration::local) != transport.generations.end();
  });
}

/// An answer completes the negotiation: webrtc-pc section 4.4.1.5.
void complete(Snapshot& snapshot) {
  snapshot.past_extensions = extension_ids_of(snapshot);
  remember_mids(snapshot.past_mids, snapshot.now.sections);
  snapshot.current_local = std::exchange(snapshot.pending_local, std::nullopt);
  snapshot.current_remote = std::exchange(snapshot.pending_remote, std::nullopt);
  snapshot.last_created_offer.reset();
  snapshot.last_created_answer.reset();
  snapshot.stable = snapshot.now;
  drop_unnegotiated_codecs(snapshot);
  const auto in_use = [&](const IceCredentials& old) { return contains(snapshot.now.transports, old); };
  if (std::ranges::none_of(snapshot.ice_credentials_to_replace, in_use)) snapshot.ice_credentials_to_replace.clear();
}

Plan roll_back(const Snapshot& snapshot, SignalingState state) {
  Snapshot result = snapshot;
  result.state = state;
  result.pending_local.reset();
  result.pending_remote.reset();
  result.now = result.stable;
  roll_back_media(result);
  drop_unnegotiated_codecs(result);
  return difference(snapshot, std::move(result));
}

Result<Plan> apply(const Snapshot& snapshot, Incoming incoming, SignalingState state) {
  if (auto checked = check(snapshot, incoming); !checked) return Unexpected(std::move(checked).error());
  Snapshot result = snapshot;
  auto agreement = agree(snapshot, incoming, result.next_transport);
  if (!agreement) return Unexpected(std::move(agreement).error());
  const SdpType type = incoming.description.type;
  result.state = state;
  agreement->media = snapshot.now.media;
  result.now = *std::move(agreement);
  apply_to_media(snapshot, incoming, result);
  put_pending(result, std::move(incoming));
  if (type == SdpType::Answer) complete(result);
  Plan plan = difference(snapshot, std::move(result));
  plan.data_answered = type != SdpType::Offer && plan.result.now.data.has_value();
  plan.stop_sctp = type == SdpType::Answer && snapshot.now.data && !plan.result.now.data;
  return plan;
}

}  // namespace

Result<void> check_unmodified(const Snapshot& snapshot, SdpType type, std::string_view sdp) {
  const auto& created = type == SdpType::Offer ? snapshot.last_created_offer : snapshot.last_created_answer;
  if (created && created->sdp == sdp) return {};
  return fail(ErrorKind::InvalidModificationError, "the description is not the last one created");
}

Result<Plan> plan(const Snapshot& snapshot, Side side, SdpType type, std::string_view sdp) {
  if (side == Side::Local && type != SdpType::Rollback)
    if (auto checked = check_unmodified(snapshot, type, sdp); !checked) return Unexpected(std::move(checked).error());
  const auto state = next_state(snapshot.state, side, type);
  if (!state) return Unexpected(state.error());
  if (type == SdpType::Rollback) return roll_back(snapshot, *state);
  auto parsed = sdp::parse(sdp);
  if (!parsed) return Unexpected(std::move(parsed).error());
  if (side == Side::Remote && type != SdpType::Offer) reject_what_the_offer_rejects(offer_for(snapshot, side), *parsed);
  return apply(
      snapshot,
      Incoming{.side = side, .description = {.type = type, .sdp = std::string(sdp), .parsed = *std::move(parsed)}},
      *state);
}

}  // namespace parley::jsep
