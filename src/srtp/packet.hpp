#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"

namespace parley::srtp {

enum class Kind { Rtp, Rtcp };

/// What every RTP packet begins with, and what counts its CSRCs and its extension (RFC 3550 section 5.1).
inline constexpr std::size_t kFixedHeader = 12, kWord = 4;

/// Of an RTCP packet what stays readable: the first header and the sender's SSRC (RFC 3711 section 3.4).
inline constexpr std::size_t kRtcpHeader = 8;

/// What stays readable of a packet: for RTP the header with its CSRCs and its header extension (RFC 3711 section 3.1).
/// Nothing if the packet is not of version 2 or ends earlier.
std::optional<std::size_t> header_length(Kind kind, ByteView packet);

/// Of a packet that has a header.
Ssrc ssrc(Kind kind, ByteView packet);
std::uint16_t sequence_number(ByteView rtp);

}  // namespace parley::srtp
