// Descriptions out: createOffer, createAnswer, and what localDescription shows.
#include "base/random.hpp"
#include "session/connection.hpp"

namespace parley::session {
namespace {

/// RFC 8839 section 5.4 asks for 24 and 128 bits of randomness, RFC 8842 section 4 for 120 in the tls-id. Each
/// character of ice-char carries six.
jsep::FreshTransport make_fresh_transport() {
  Random& random = system_random();
  return {.ice = {.ufrag = random.text(8, kIceChars), .pwd = random.text(24, kIceChars)},
          .tls_id = random.text(24, kIceChars)};
}

sdp::Fingerprint to_sdp(const dtls::Fingerprint& fingerprint) { return {fingerprint.algorithm, fingerprint.value}; }

}  // namespace

jsep::LocalParameters Connection::local_parameters() {
  while (fresh_.size() < jsep::fresh_transports_needed(snapshot_)) fresh_.push_back(make_fresh_transport());
  // The certificate that DTLS will show; RFC 8122 section 5.1 allows more lines, but each must be of that certificate.
  return {.fingerprints = {to_sdp(config_.certificates.front()->fingerprint())},
          .fresh = fresh_,
          .max_message_size = config_.max_message_size};
}

Result<std::string> Connection::create_offer(bool ice_restart) {
  auto created =
      jsep::create_offer(snapshot_, {.local = local_parameters(), .wishes = wishes_, .ice_restart = ice_restart});
  if (!created) return Unexpected(created.error());
  snapshot_ = std::move(created->result);
  return std::move(created->sdp);
}

Result<std::string> Connection::create_answer() {
  auto created = jsep::create_answer(snapshot_, {.local = local_parameters(), .wishes = wishes_});
  if (!created) return Unexpected(created.error());
  snapshot_ = std::move(created->result);
  return std::move(created->sdp);
}

Result<std::string> Connection::implied_description(jsep::SdpType type) {
  if (const std::string* text = jsep::reusable_description(snapshot_, type, wishes_)) return *text;
  return type == jsep::SdpType::Offer ? create_offer(false) : create_answer();
}

std::string Connection::shown_local(const jsep::AppliedDescription& description) const {
  std::vector<jsep::GatheredCandidates> shown;
  for (const Gathered& gathered : gathered_) {
    jsep::GatheredCandidates& entry = shown.emplace_back();
    entry.generation = gathered.id;
    entry.complete = gathered.complete;
    const ice::Candidate* best = nullptr;
    for (const ice::Candidate& candidate : gathered.candidates) {
      entry.candidates.push_back(ice::print_candidate(candidate).substr(std::string_view("candidate:").size()));
      // RFC 8839 section 4.2.1.2: relayed before reflexive before host; IPv4 wins among equals, as its m= line does.
      const auto rank = [](const ice::Candidate& c) {
        return std::pair(static_cast<int>(c.type), c.address.find(':') == std::string::npos);
      };
      if (candidate.protocol == ice::Protocol::Udp && (best == nullptr || rank(candidate) > rank(*best)))
        best = &candidate;
    }
    if (best != nullptr) entry.default_destination = {.address = best->address, .port = best->port};
  }
  return jsep::with_candidates(description, shown);
}

}  // namespace parley::session
