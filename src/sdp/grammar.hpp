#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/model.hpp"

/// The grammar of every value: read<T> gives nullopt for a text that does not follow it, write appends the text that
/// read<T> reads back.
namespace parley::sdp {

template <class T>
std::optional<T> read(std::string_view text);

template <>
std::optional<Origin> read(std::string_view text);
template <>
std::optional<Connection> read(std::string_view text);
template <>
std::optional<Bandwidth> read(std::string_view text);
template <>
std::optional<Timing> read(std::string_view text);
template <>
std::optional<MediaDescription> read(std::string_view text);
template <>
std::optional<Attribute> read(std::string_view text);

template <>
std::optional<Group> read(std::string_view text);
template <>
std::optional<Fingerprint> read(std::string_view text);
template <>
std::optional<Setup> read(std::string_view text);
template <>
std::optional<Rtcp> read(std::string_view text);
template <>
std::optional<Rtpmap> read(std::string_view text);
template <>
std::optional<Fmtp> read(std::string_view text);
template <>
std::optional<RtcpFeedback> read(std::string_view text);
template <>
std::optional<Extmap> read(std::string_view text);
template <>
std::optional<Msid> read(std::string_view text);
template <>
std::optional<SsrcAttribute> read(std::string_view text);
template <>
std::optional<SsrcGroup> read(std::string_view text);
template <>
std::optional<Rid> read(std::string_view text);
template <>
std::optional<Simulcast> read(std::string_view text);
template <>
std::optional<Sctpmap> read(std::string_view text);

template <>
std::optional<PayloadType> read(std::string_view text);
template <>
std::optional<std::uint16_t> read(std::string_view text);
template <>
std::optional<std::uint32_t> read(std::string_view text);
template <>
std::optional<std::uint64_t> read(std::string_view text);
/// One word.
template <>
std::optional<std::string> read(std::string_view text);

/// Any text but none.
std::optional<std::string> read_text(std::string_view text);
/// Any text, even none.
std::optional<std::string> read_verbatim(std::string_view text);
/// One word or more.
std::optional<std::vector<std::string>> read_words(std::string_view text);
/// RFC 8839 section 5.4.
std::optional<std::string> read_ice_ufrag(std::string_view text);
std::optional<std::string> read_ice_pwd(std::string_view text);
/// RFC 8842 section 4.
std::optional<std::string> read_tls_id(std::string_view text);

void write(std::string& out, const Origin& value);
void write(std::string& out, const Connection& value);
void write(std::string& out, const Bandwidth& value);
void write(std::string& out, const Timing& value);
/// The m= line alone.
void write(std::string& out, const MediaDescription& value);
void write(std::string& out, const Attribute& value);
void write(std::string& out, const Group& value);
void write(std::string& out, const Fingerprint& value);
void write(std::string& out, const Setup& value);
void write(std::string& out, const Rtcp& value);
void write(std::string& out, const Rtpmap& value);
void write(std::string& out, const Fmtp& value);
void write(std::string& out, const RtcpFeedback& value);
void write(std::string& out, const Extmap& value);
void write(std::string& out, const Msid& value);
void write(std::string& out, const SsrcAttribute& value);
void write(std::string& out, const SsrcGroup& value);
void write(std::string& out, const Rid& value);
void write(std::string& out, const Simulcast& value);
void write(std::string& out, const Sctpmap& value);
void write(std::string& out, PayloadType value);
void write(std::string& out, std::uint64_t value);
void write(std::string& out, std::string_view value);
void write(std::string& out, const std::vector<std::string>& words);

}  // namespace parley::sdp
