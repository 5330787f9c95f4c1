#pragma once

#include <optional>

#include "base/rtp_numbers.hpp"
#include "jsep/codec.hpp"

/// The numbers that RFC 3551 section 6 gave to codecs once for all: they need no a=rtpmap.
namespace parley::jsep {

std::optional<Codec> static_codec(PayloadType payload_type);
std::optional<PayloadType> static_payload_type(const Codec& codec);

}  // namespace parley::jsep
