// Descriptions out: createOffer, createAnswer, and what localDescription shows.
#include <algorithm>

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

bool is_ipv6(const ice::Candidate& candidate) { return candidate.address.find(':') != std::string::npos; }

}  // namespace

jsep::LocalParameters Connection::local_parameters() {
  while (fresh_.size() < jsep::fresh_transports_needed(snapshot_)) fresh_.push_back(make_fresh_transport());
  // The certificate that DTLS will show; RFC 8122 section 5.1 allows more lines, but each must be of that certificate.
  return {.fingerprints = {to_sdp(config_.certificates.front()->fingerprint())},
          .fresh = fresh_,
          .cname = cname_,
          .max_message_size = config_.max_message_size};
}

/// libsrtp2 cannot read encrypted header extensions; what has begun with it goes on with it.
void Connection::note_what_headers_can_be() {
  if (config_.header_encryption != jsep::HeaderEncryption::Negotiate) return;
  const bool able =
      std::ranges::all_of(transports_, [](const auto& entry) { return entry.second->reads_encrypted_headers(); });
  snapshot_.header_encryption = able ? jsep::HeaderEncryption::Negotiate : jsep::HeaderEncryption::Unable;
}

Result<std::string> Connection::create_offer(bool ice_restart) {
  note_what_headers_can_be();
  auto created = jsep::create_offer(snapshot_, {.local = local_parameters(),
                                                .wishes = wishes_,
                                                .gathered = gathered_candidates(),
                                                .ice_restart = ice_restart,
                                                .bundle_policy = config_.bundle_policy});
  if (!created) return Unexpected(created.error());
  snapshot_ = std::move(created->result);
  return std::move(created->sdp);
}

Result<std::string> Connection::create_answer() {
  note_what_headers_can_be();
  auto created = jsep::create_answer(snapshot_, {.local = local_parameters(),
                                                 .wishes = wishes_,
                                                 .gathered = gathered_candidates(),
                                                 .bundle_policy = config_.bundle_policy});
  if (!created) return Unexpected(created.error());
  snapshot_ = std::move(created->result);
  return std::move(created->sdp);
}

Result<std::string> Connection::implied_description(jsep::SdpType type) {
  if (const std::string* text = jsep::reusable_description(snapshot_, type, wishes_)) return *text;
  return type == jsep::SdpType::Offer ? create_offer(false) : create_answer();
}

std::vector<jsep::GatheredCandidates> Connection::gathered_candidates() const {
  std::vector<jsep::GatheredCandidates> shown;
  for (const Gathered& gathered : gathered_) {
    jsep::GatheredCandidates& entry = shown.emplace_back();
    entry.local_ufrag = gathered.id.local_ufrag;
    entry.tls_id = gathered.tls_id;
    entry.complete = gathered.complete;
    const ice::Candidate* best = nullptr;
    for (const ice::Candidate& candidate : gathered.candidates) {
      entry.candidates.push_back(ice::print_candidate(candidate).substr(std::string_view("candidate:").size()));
      // RFC 8839 section 4.2.1.2: relayed before reflexive before host; IPv4 wins among equals, as its m= line does.
      const auto rank = [](const ice::Candidate& c) { return std::pair(static_cast<int>(c.type), !is_ipv6(c)); };
      if (candidate.protocol == ice::Protocol::Udp && (best == nullptr || rank(candidate) > rank(*best)))
        best = &candidate;
    }
    if (best == nullptr) continue;
    entry.address = sdp::Connection{.address_type = is_ipv6(*best) ? "IP6" : "IP4", .address = best->address};
    entry.port = best->port;
  }
  return shown;
}

std::string Connection::shown_local(const jsep::AppliedDescription& description) const {
  return jsep::with_candidates(description, gathered_candidates());
}

}  // namespace parley::session
