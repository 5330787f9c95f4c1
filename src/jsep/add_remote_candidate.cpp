#include <algorithm>
#include <string_view>
#include <utility>

#include "jsep/candidates.hpp"
#include "jsep/remote_candidates.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"
#include "sdp/print.hpp"

namespace parley::jsep {
namespace {

constexpr std::string_view kNeverInALine("\r\n\0", 3);

Unexpected<Error> refused(std::string what) { return fail(ErrorKind::OperationError, std::move(what)); }

/// Which sections of the remote description are meant: one, or, for the end of candidates only, all of them.
Result<std::vector<std::size_t>> sections_meant(const sdp::Description& remote, const CandidateInit& init) {
  // pion writes an empty sdpMid beside the index. No a=mid is empty, so browsers go by the index then, and so do we.
  const bool by_mid = init.sdp_mid && !(init.sdp_mid->empty() && init.sdp_mline_index);
  if (by_mid) {
    if (const auto index = sdp::index_by_mid(remote, *init.sdp_mid)) return std::vector{*index};
    return refused("no m= section has the mid of the candidate");
  }
  if (init.sdp_mline_index) {
    if (*init.sdp_mline_index < remote.media.size()) return std::vector<std::size_t>{*init.sdp_mline_index};
    return refused("there are fewer m= sections than the candidate's sdpMLineIndex says");
  }
  std::vector<std::size_t> all(remote.media.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

/// The generation of a section that is meant: the one named, or else the most recent one.
std::optional<IceCredentials> generation_meant(const Snapshot& snapshot, const CandidateInit& init, std::size_t index) {
  for (const auto* applied : {&snapshot.pending_remote, &snapshot.current_remote}) {
    if (!*applied || index >= (*applied)->parsed.media.size()) continue;
    auto credentials = credentials_of((*applied)->parsed, index);
    if (!init.username_fragment) return credentials;
    if (credentials && credentials->ufrag == *init.username_fragment) return credentials;
  }
  return std::nullopt;
}

class Adder {
 public:
  Adder(const Snapshot& snapshot, const CandidateInit& init)
      : before_(snapshot), plan_{.result = snapshot}, init_(init) {
    value_ = init.candidate;
    for (const std::string_view prefix : {"a=", "candidate:"})
      if (value_.starts_with(prefix)) value_.remove_prefix(prefix.size());
  }

  Result<CandidatePlan> run() && {
    if (!init_.candidate.empty() && (value_.empty() || value_.find_first_of(kNeverInALine) != std::string_view::npos))
      return refused("not a candidate");
    const auto meant = sections_meant(remote_description(before_)->parsed, init_);
    if (!meant) return Unexpected(meant.error());
    for (const std::size_t index : *meant) add_to(index);
    if (init_.username_fragment && !generation_found_) return refused("no remote description has the ICE generation");
    if (full_) return refused("too many candidates");
    for (const Transport& transport : plan_.result.now.transports) tell(transport);
    return std::move(plan_);
  }

 private:
  void add_to(std::size_t index) {
    // As with a stopped transceiver (step 4.4): nobody waits for it.
    if (is_rejected(remote_description(before_)->parsed.media[index])) {
      generation_found_ = true;
      return;
    }
    const auto generation = generation_meant(before_, init_, index);
    if (!generation) return;
    generation_found_ = true;
    for (auto* applied : {&plan_.result.pending_remote, &plan_.result.current_remote})
      if (*applied) add_to(**applied, index, *generation);
  }

  void add_to(AppliedDescription& applied, std::size_t index, const IceCredentials& generation) {
    if (index >= applied.parsed.media.size() || credentials_of(applied.parsed, index) != generation) return;
    sdp::MediaDescription& media = applied.parsed.media[index];
    if (init_.candidate.empty()) {
      if (std::exchange(media.end_of_candidates, true)) return;
    } else {
      if (std::ranges::find(media.candidates, value_) != media.candidates.end()) return;
      if (media.candidates.size() >= kMaxRemoteCandidates) full_ = true;
      if (full_) return;
      media.candidates.emplace_back(value_);
    }
    applied.sdp = sdp::print(applied.parsed);
  }

  void tell(const Transport& transport) {
    for (const IceGeneration& generation : transport.generations) {
      if (!generation.remote) continue;
      const RemoteTransport remote = remote_transport(transport, *generation.remote);
      const CandidateSet old = candidates_of(before_, remote);
      const CandidateSet now = candidates_of(plan_.result, remote);
      const bool ends = now.end_of_candidates && !old.end_of_candidates;
      const bool grows = now.candidates.size() > old.candidates.size();
      if (!ends && !grows) continue;
      plan_.remote_candidates.push_back(
          {.generation = {transport.id, generation.local.ufrag},
           .candidates = grows ? std::vector{std::string(value_)} : std::vector<std::string>{},
           .end_of_candidates = ends});
    }
  }

  const Snapshot& before_;
  CandidatePlan plan_;
  const CandidateInit& init_;
  std::string_view value_;
  bool generation_found_ = false;
  bool full_ = false;
};

}  // namespace

Result<void> check_remote_candidate(const Snapshot& snapshot, const CandidateInit& init) {
  const AppliedDescription* remote = remote_description(snapshot);
  if (!remote) return fail(ErrorKind::InvalidStateError, "there is no remote description");
  const auto meant = sections_meant(remote->parsed, init);
  if (!meant) return Unexpected(meant.error());
  const auto has_generation = [&](std::size_t index) {
    return is_rejected(remote->parsed.media[index]) || generation_meant(snapshot, init, index).has_value();
  };
  if (init.username_fragment && std::ranges::none_of(*meant, has_generation))
    return refused("no remote description has the ICE generation");
  return {};
}

Result<CandidatePlan> add_remote_candidate(const Snapshot& snapshot, const CandidateInit& init) {
  if (!init.candidate.empty() && !init.sdp_mid && !init.sdp_mline_index)
    return fail(ErrorKind::TypeError, "a candidate needs an sdpMid or an sdpMLineIndex");
  if (!remote_description(snapshot)) return fail(ErrorKind::InvalidStateError, "there is no remote description");
  return Adder(snapshot, init).run();
}

}  // namespace parley::jsep
