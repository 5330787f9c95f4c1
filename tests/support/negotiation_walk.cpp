#include "support/negotiation_walk.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "jsep/candidates.hpp"
#include "jsep/create.hpp"
#include "jsep/plan.hpp"
#include "jsep/transceivers.hpp"
#include "support/choices.hpp"
#include "support/description_changes.hpp"
#include "support/negotiation_rules.hpp"

namespace parley::test {
namespace {

using namespace parley::jsep;
using Broken = std::optional<std::string>;

struct Party {
  char name = 'A';
  Snapshot snapshot;
  Wishes wishes;
  BundlePolicy policy = BundlePolicy::Balanced;
  std::vector<GatheredCandidates> gathered;
  std::string offer, answer;  // the last ones created
  unsigned secrets = 0;

  LocalParameters local() {
    std::string fingerprint;
    for (int i = 0; i < 32; ++i) fingerprint += (i ? ":" : "") + std::string(1, name) + "0";
    LocalParameters parameters{.fingerprints = {{.algorithm = "sha-256", .value = fingerprint}},
                               .cname = std::string(1, name)};
    for (std::size_t i = 0; i < fresh_transports_needed(snapshot); ++i) {
      const std::string tag = name + std::to_string(++secrets);
      parameters.fresh.push_back(
          {.ice = {.ufrag = "ufrag" + tag, .pwd = std::string(22, 'p') + tag}, .tls_id = std::string(20, 't') + tag});
    }
    return parameters;
  }
};

class Walk {
 public:
  Walk(std::span<const std::uint8_t> choices, const std::vector<std::string>& samples)
      : choices_(choices), samples_(samples) {
    parties_[1].name = 'B';
    for (Party& party : parties_) {
      constexpr std::array kPolicies{BundlePolicy::Balanced, BundlePolicy::MaxCompat, BundlePolicy::MaxBundle};
      party.policy = kPolicies[choices_.below(kPolicies.size())];
      party.wishes.always_data = choices_.one_in(4);
      change(party);
    }
  }

  Broken run() {
    while (!choices_.exhausted()) {
      Party& party = parties_[choices_.below(2)];
      if (auto broken = step(party, other(party))) return broken;
      if (auto broken = broken_rule(party.snapshot)) return *broken + text_;
    }
    return std::nullopt;
  }

 private:
  Party& other(const Party& party) { return &party == &parties_[0] ? parties_[1] : parties_[0]; }

  Broken step(Party& party, Party& peer) {
    switch (choices_.below(12)) {
      case 0:
        change(party);
        return std::nullopt;
      case 1:
        return offer(party);
      case 2:
        return answer(party);
      case 3:
        return set(party, Side::Local, any_type(), own_text(party));
      case 4:
        return set(party, Side::Remote, any_type(), any_text(peer));
      case 5:
        return set(party, choices_.below(2) ? Side::Local : Side::Remote, SdpType::Rollback, "");
      case 6:
        return add_candidate(party);
      default:
        return go_on(party, peer);
    }
  }

  /// What a program does next, so that the walk goes to every state.
  Broken go_on(Party& party, Party& peer) {
    switch (party.snapshot.state) {
      case SignalingState::Stable:
        if (peer.snapshot.state == SignalingState::HaveLocalOffer && choices_.below(4))
          return set(party, Side::Remote, SdpType::Offer, heard_from(peer));
        if (auto broken = offer(party)) return broken;
        return set(party, Side::Local, SdpType::Offer, party.offer);
      case SignalingState::HaveRemoteOffer:
      case SignalingState::HaveLocalPranswer: {
        if (auto broken = answer(party)) return broken;
        return set(party, Side::Local, choices_.one_in(4) ? SdpType::Pranswer : SdpType::Answer, party.answer);
      }
      default: {
        const auto& said = peer.snapshot.pending_local ? peer.snapshot.pending_local : peer.snapshot.current_local;
        if (!said) return std::nullopt;
        return set(party, Side::Remote, said->type == SdpType::Offer ? SdpType::Answer : said->type, heard_from(peer));
      }
    }
  }

  void change(Party& party) {
    auto& all = party.snapshot.transceivers;
    const std::size_t action = choices_.below(9);
    if (action < 3 && all.size() < 6) {
      const MediaKind kind = choices_.below(2) ? MediaKind::Audio : MediaKind::Video;
      if (action == 0) {
        add_track(party.snapshot, kind, {"s"}, party.name + std::to_string(++party.secrets));
      } else {
        Transceiver made{.kind = kind, .direction = direction()};
        if (choices_.one_in(4)) made.sender.encodings = {{.rid = "a"}, {.rid = "b"}};
        add_transceiver(party.snapshot, std::move(made));
      }
    } else if (action == 3) {
      party.wishes.data_channel = true;
    } else if (action == 4) {
      party.snapshot = with_ice_restart_requested(std::move(party.snapshot));
    } else if (!all.empty()) {
      Transceiver& one = all[choices_.below(all.size())];
      if (action == 5) stop_sending_and_receiving(one);
      if (action == 6) remove_track(one);
      if (action > 6 && !one.stopping) one.direction = direction();
    }
  }

  Broken offer(Party& party) {
    const Snapshot before = party.snapshot;
    auto created = create_offer(party.snapshot, {.local = party.local(),
                                                 .wishes = party.wishes,
                                                 .gathered = party.gathered,
                                                 .ice_restart = choices_.one_in(8),
                                                 .bundle_policy = party.policy});
    if (!created) return refused(party, before, created.error(), ErrorKind::InvalidStateError);
    party.snapshot = std::move(created->result);
    party.offer = std::move(created->sdp);
    text_ = "\n" + party.offer;
    if (auto broken = broken_rule_of_offer(party.offer)) return *broken + text_;
    return must_be_settable(party, SdpType::Offer, party.offer);
  }

  Broken answer(Party& party) {
    const Snapshot before = party.snapshot;
    auto created = create_answer(
        party.snapshot,
        {.local = party.local(), .wishes = party.wishes, .gathered = party.gathered, .bundle_policy = party.policy});
    if (!created) return refused(party, before, created.error(), ErrorKind::InvalidStateError);
    party.snapshot = std::move(created->result);
    party.answer = std::move(created->sdp);
    text_ = "\n" + party.answer;
    return must_be_settable(party, SdpType::Answer, party.answer);
  }

  Broken must_be_settable(const Party& party, SdpType type, const std::string& text) const {
    const auto planned = plan(party.snapshot, Side::Local, type, text);
    if (planned) return std::nullopt;
    return "what was created is refused: " + planned.error().message + text_;
  }

  static Broken refused(const Party& party, const Snapshot& before, const Error& error, ErrorKind expected) {
    if (!(party.snapshot == before)) return "a refusal has left something behind: " + error.message;
    if (error.kind != expected) return "refused for no good reason: " + error.message;
    return std::nullopt;
  }

  Broken set(Party& party, Side side, SdpType type, const std::string& text) {
    text_ = "\nset " + std::string(to_string(side)) + " " + std::string(to_string(type)) + " in " +
            std::string(to_string(party.snapshot.state)) + "\n" + text;
    const Snapshot before = party.snapshot;
    auto planned = plan(party.snapshot, side, type, text);
    if (!planned) return refused(party, before, planned.error(), planned.error().kind);
    if (!find_transition(before.state, side, type)) return "an illegal transition was made" + text_;
    if (auto broken = broken_rule(before, *planned)) return *broken + text_;
    party.snapshot = planned->result;
    if (type == SdpType::Rollback && !(party.snapshot.now == before.stable)) return "a rollback left something" + text_;
    for (const StartGathering& start : planned->start_gathering) {
      party.gathered.push_back({.local_ufrag = start.local.ufrag,
                                .tls_id = start.tls_id,
                                .candidates = {"1 1 udp 1 192.0.2.1 4000 typ host"},
                                .address = sdp::Connection{.address = "192.0.2.1"},
                                .port = 4000});
    }
    return std::nullopt;
  }

  Broken add_candidate(Party& party) {
    const Snapshot before = party.snapshot;
    CandidateInit init{.candidate = "candidate:1 1 udp 1 192.0.2.1 " + std::to_string(choices_.below(9)) + " typ host"};
    if (choices_.one_in(4)) init.candidate.clear();
    if (choices_.below(2)) init.sdp_mid = std::to_string(choices_.below(4));
    if (choices_.below(2)) init.sdp_mline_index = static_cast<std::uint16_t>(choices_.below(4));
    auto added = add_remote_candidate(party.snapshot, init);
    if (!added) return refused(party, before, added.error(), added.error().kind);
    for (const RemoteCandidates& remote : added->remote_candidates)
      if (!transport_by_id(before.now, remote.generation.transport)) return "a candidate is for nothing";
    party.snapshot = std::move(added->result);
    return std::nullopt;
  }

  Direction direction() { return sdp::make_direction(choices_.below(2) != 0, choices_.below(2) != 0); }
  SdpType any_type() {
    constexpr std::array kTypes{SdpType::Offer, SdpType::Answer, SdpType::Pranswer};
    return kTypes[choices_.below(kTypes.size())];
  }

  const std::string& own_text(const Party& party) { return choices_.below(2) ? party.offer : party.answer; }

  /// What the peer has said last, mostly as it is.
  std::string heard_from(const Party& peer) {
    const AppliedDescription* said = local_description(peer.snapshot);
    const std::string text = said ? with_candidates(*said, peer.gathered) : peer.offer;
    return choices_.one_in(4) ? with_changes(text, sample(), choices_) : text;
  }

  std::string any_text(const Party& peer) {
    const std::string& text = choices_.below(2) ? sample() : own_text(peer);
    return choices_.below(4) ? with_changes(text, sample(), choices_) : text;
  }

  const std::string& sample() {
    static const std::string none;
    return samples_.empty() ? none : samples_[choices_.below(samples_.size())];
  }

  Choices choices_;
  const std::vector<std::string>& samples_;
  std::array<Party, 2> parties_;
  std::string text_;
};

}  // namespace

std::optional<std::string> walk_through_negotiation(std::span<const std::uint8_t> choices,
                                                    const std::vector<std::string>& samples) {
  return Walk(choices, samples).run();
}

std::vector<std::string> read_descriptions(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".sdp") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> texts;
  texts.reserve(files.size());
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

}  // namespace parley::test
