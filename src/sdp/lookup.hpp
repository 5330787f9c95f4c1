#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sdp/model.hpp"

/// Finding things in a description. A pointer is null if there is no such thing, and is valid as long as the
/// description stays as it is.
namespace parley::sdp {

const MediaDescription* media_by_mid(const Description& description, std::string_view mid);
MediaDescription* media_by_mid(Description& description, std::string_view mid);
std::optional<std::size_t> index_by_mid(const Description& description, std::string_view mid);

/// The first group with these semantics that names `mid`, e.g. group_of(description, "BUNDLE", "0").
const Group* group_of(const Description& description, std::string_view semantics, std::string_view mid);
std::vector<const Group*> groups(const Description& description, std::string_view semantics);

/// Whether the section carries RTP, judged by its protocol.
bool is_rtp(const MediaDescription& media);
/// Whether the section carries SCTP over DTLS, in today's form (RFC 8841) or the one before it.
bool is_sctp(const MediaDescription& media);
/// The formats as payload types; empty if the section does not carry RTP.
std::vector<PayloadType> payload_types(const MediaDescription& media);

const Rtpmap* rtpmap(const MediaDescription& media, PayloadType payload_type);
/// The number of channels of an audio encoding: 1 unless the rtpmap says otherwise.
unsigned channels(const Rtpmap& rtpmap);
/// The parameters of a=fmtp for a format; empty if it has none.
std::string_view fmtp(const MediaDescription& media, std::string_view format);
/// One parameter of a list such as "apt=96;level=31": its value (empty if it has none), or nullopt. Names compare
/// without case.
std::optional<std::string_view> fmtp_parameter(std::string_view parameters, std::string_view name);

/// The SCTP port of a section that is_sctp: a=sctp-port, or the one named by the older form, or else 5000.
std::uint16_t sctp_port(const MediaDescription& media);

bool has_ice_option(const std::vector<std::string>& options, std::string_view option);
/// An attribute without a field of its own.
const Attribute* attribute(const Section& section, std::string_view name);

}  // namespace parley::sdp
