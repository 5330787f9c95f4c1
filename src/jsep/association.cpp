#include "jsep/association.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace parley::jsep {
namespace {

Unexpected<Error> invalid(std::string what) { return fail(ErrorKind::InvalidAccessError, std::move(what)); }

std::vector<sdp::Fingerprint> sorted(std::vector<sdp::Fingerprint> fingerprints) {
  std::ranges::sort(fingerprints, {}, [](const auto& f) { return std::tie(f.algorithm, f.value); });
  return fingerprints;
}

bool restarts(const RemoteIce* in_use, const TransportView& remote) {
  return !in_use || in_use->credentials != remote.ice;
}

Result<DtlsRole> role_of(const TransportPair& pair) {
  const sdp::Setup answered = pair.answer.setup.value_or(sdp::Setup::Passive);
  if (pair.offer.setup == answered) return invalid("offer and answer have the same a=setup role");
  const bool answerer_is_client = answered == sdp::Setup::Active;
  return answerer_is_client == pair.local_answers ? DtlsRole::Client : DtlsRole::Server;
}

}  // namespace

const RemoteIce* remote_in_use(const Transport& transport) {
  const RemoteIce* newest = nullptr;
  for (const IceGeneration& generation : transport.generations)
    if (generation.remote) newest = &*generation.remote;
  return newest;
}

bool is_same_identity(const std::vector<sdp::Fingerprint>& one, const std::vector<sdp::Fingerprint>& other) {
  return sorted(one) == sorted(other);
}

bool begins_new_association(const DtlsAgreement& in_use, const TransportView& remote) {
  if (in_use.remote_tls_id && remote.tls_id && in_use.remote_tls_id != remote.tls_id) return true;
  return !is_same_identity(in_use.remote_fingerprints, remote.fingerprints);
}

bool moves_to_new_section(const Transport& in_use, const Agreement& agreed, std::string_view mid,
                          const TransportView& remote) {
  const Transport* before = transport_by_id(agreed, in_use.id);
  if (before == nullptr || remote.tls_id || !restarts(remote_in_use(in_use), remote)) return false;
  return std::ranges::find(before->mids, mid) == before->mids.end();
}

Result<void> check_offered_association(const Transport& in_use, const TransportView& remote) {
  if (!in_use.dtls) return {};
  if (begins_new_association(*in_use.dtls, remote)) {
    if (!restarts(remote_in_use(in_use), remote))
      return invalid("another DTLS association is offered without an ICE restart");
    return {};
  }
  const sdp::Setup consistent = in_use.dtls->role == DtlsRole::Client ? sdp::Setup::Passive : sdp::Setup::Active;
  const sdp::Setup offered = remote.setup.value_or(sdp::Setup::ActPass);
  if (offered != sdp::Setup::ActPass && offered != consistent)
    return invalid("the offer changes the roles of the DTLS association in use");
  return {};
}

Result<void> check_restart(const Transport& agreed, const TransportPair& pair) {
  const IceGeneration& generation = agreed.generations.front();
  if (!generation.remote) return {};
  const bool local = generation.local != pair.local().ice;
  const bool remote = generation.remote->credentials != pair.remote().ice;
  if (local == remote) return {};
  return invalid(local ? "the answer does not follow the ICE restart" : "an ICE restart was not asked for");
}

Result<DtlsAgreement> agree_on_association(const Transport* in_use, bool moved, const TransportPair& pair) {
  auto role = role_of(pair);
  if (!role) return Unexpected(std::move(role).error());
  if (in_use && in_use->dtls) {
    if (!moved && !begins_new_association(*in_use->dtls, pair.remote())) {
      // Firefox answers an ICE restart as if there were no roles yet, and goes on in those it has. Whoever knows tls-id
      // knows better.
      if (*role != in_use->dtls->role && pair.remote().tls_id)
        return invalid("the answer changes the roles of the DTLS association in use");
      return *in_use->dtls;
    }
    if (!restarts(remote_in_use(*in_use), pair.remote()))
      return invalid("another DTLS association begins without an ICE restart");
  }
  return DtlsAgreement{
      .role = *role,
      .remote_fingerprints = pair.remote().fingerprints,
      .local_tls_id = pair.local().tls_id,
      .remote_tls_id = pair.remote().tls_id,
  };
}

}  // namespace parley::jsep
