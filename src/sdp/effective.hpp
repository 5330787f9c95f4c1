#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sdp/model.hpp"

/// What holds for a media section: its own word, or else the session's.
namespace parley::sdp {

const std::optional<Connection>& effective_connection(const Description& description, const MediaDescription& media);
const std::optional<std::string>& effective_ice_ufrag(const Description& description, const MediaDescription& media);
const std::optional<std::string>& effective_ice_pwd(const Description& description, const MediaDescription& media);
const std::vector<std::string>& effective_ice_options(const Description& description, const MediaDescription& media);
const std::vector<Fingerprint>& effective_fingerprints(const Description& description, const MediaDescription& media);
const std::optional<Setup>& effective_setup(const Description& description, const MediaDescription& media);
const std::optional<std::string>& effective_tls_id(const Description& description, const MediaDescription& media);
/// sendrecv if neither says anything (RFC 8866 section 6.7).
Direction effective_direction(const Description& description, const MediaDescription& media);
/// Those of the session and of the section together (RFC 8285 section 8).
std::vector<Extmap> effective_extmaps(const Description& description, const MediaDescription& media);
bool effective_extmap_allow_mixed(const Description& description, const MediaDescription& media);
bool effective_cryptex(const Description& description, const MediaDescription& media);

}  // namespace parley::sdp
