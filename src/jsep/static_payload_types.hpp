#pragma once

#include <optional>

#include "base/rtp_numbers.hpp"
#include "jsep/formats.hpp"

/// Which numbers codecs have before anybody has negotiated one.
namespace parley::jsep {

/// The numbers that RFC 3551 section 6 gave to codecs once for all: they need no a=rtpmap.
std::optional<Codec> static_codec(PayloadType payload_type);
std::optional<PayloadType> static_payload_type(const Codec& codec);

/// What Firefox calls a codec, or the RTX of one, in a section that it adds later, without a look at the numbers that
/// the BUNDLE group uses already. Whoever offers the same numbers, and gives them to nothing else, never gets into
/// conflict. Opus alone has another name, which Pion (no more careful) does not give to video.
std::optional<PayloadType> usual_payload_type(const Format& format);
bool is_usual_payload_type(PayloadType payload_type);

}  // namespace parley::jsep
