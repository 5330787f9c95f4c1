#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "jsep/snapshot.hpp"
#include "jsep/transport.hpp"
#include "jsep/view.hpp"

/// Whether a description continues the ICE generation and the DTLS association in use, or begins others.
namespace parley::jsep {

/// The other side of the newest generation that has one; nullptr if none has.
const RemoteIce* remote_in_use(const Transport& transport);

/// Whether they are of the same certificates, in whatever order.
bool is_same_identity(const std::vector<sdp::Fingerprint>& one, const std::vector<sdp::Fingerprint>& other);

/// RFC 8842 section 3.1, as seen from the peer's description: other fingerprints or another tls-id mean a new
/// association. Where one of the two has no tls-id, the fingerprints decide alone.
bool begins_new_association(const DtlsAgreement& in_use, const TransportView& remote);

/// A peer without tls-id lets a section of mid that did not travel over this transport before, as `agreed`, describe it
/// under new credentials. So do browsers when they move everything to a transport of the new section: the first of the
/// BUNDLE group was stopped, and another took its place.
bool moves_to_new_section(const Transport& in_use, const Agreement& agreed, std::string_view mid,
                          const TransportView& remote);

/// A remote offer for a transport in use: a new association needs an ICE restart, and one that goes on keeps its roles
/// (RFC 9429 section 5.8.3).
Result<void> check_offered_association(const Transport& in_use, const TransportView& remote);

/// Both sides of one transport in an answered offer.
struct TransportPair {
  TransportView offer;
  TransportView answer;
  bool local_answers = false;
  [[nodiscard]] const TransportView& local() const { return local_answers ? answer : offer; }
  [[nodiscard]] const TransportView& remote() const { return local_answers ? offer : answer; }
};

/// Either both sides restart ICE or neither does (RFC 9429 section 5.10). `agreed` is what the last answer agreed on.
Result<void> check_restart(const Transport& agreed, const TransportPair& pair);

/// The association that the answer agrees on: that of `in_use` if it goes on, which it does not where the transport has
/// `moved`. An answer without a=setup is passive (RFC 4145 section 4.1).
Result<DtlsAgreement> agree_on_association(const Transport* in_use, bool moved, const TransportPair& pair);

}  // namespace parley::jsep
