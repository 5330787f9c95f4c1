#include "sdp/effective.hpp"

namespace parley::sdp {
namespace {

/// Works for optionals and for vectors: both can be empty.
template <class T>
const T& own_or(const T& own, const T& inherited) {
  return own == T{} ? inherited : own;
}

}  // namespace

const std::optional<Connection>& effective_connection(const Description& description, const MediaDescription& media) {
  return own_or(media.connection, description.connection);
}

const std::optional<std::string>& effective_ice_ufrag(const Description& description, const MediaDescription& media) {
  return own_or(media.ice_ufrag, description.ice_ufrag);
}

const std::optional<std::string>& effective_ice_pwd(const Description& description, const MediaDescription& media) {
  return own_or(media.ice_pwd, description.ice_pwd);
}

const std::vector<std::string>& effective_ice_options(const Description& description, const MediaDescription& media) {
  return own_or(media.ice_options, description.ice_options);
}

const std::vector<Fingerprint>& effective_fingerprints(const Description& description, const MediaDescription& media) {
  return own_or(media.fingerprints, description.fingerprints);
}

const std::optional<Setup>& effective_setup(const Description& description, const MediaDescription& media) {
  return own_or(media.setup, description.setup);
}

const std::optional<std::string>& effective_tls_id(const Description& description, const MediaDescription& media) {
  return own_or(media.tls_id, description.tls_id);
}

Direction effective_direction(const Description& description, const MediaDescription& media) {
  return own_or(media.direction, description.direction).value_or(Direction::SendRecv);
}

std::vector<Extmap> effective_extmaps(const Description& description, const MediaDescription& media) {
  std::vector<Extmap> all = description.extmaps;
  all.insert(all.end(), media.extmaps.begin(), media.extmaps.end());
  return all;
}

bool effective_extmap_allow_mixed(const Description& description, const MediaDescription& media) {
  return description.extmap_allow_mixed || media.extmap_allow_mixed;
}

bool effective_cryptex(const Description& description, const MediaDescription& media) {
  return description.cryptex || media.cryptex;
}

}  // namespace parley::sdp
