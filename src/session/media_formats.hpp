#pragma once

#include <vector>

#include "jsep/formats.hpp"
#include "media/format.hpp"

/// What was negotiated, as packets need it.
namespace parley::session {

std::vector<media::Format> to_media(const std::vector<jsep::Format>& formats);
media::Protecting protecting(const std::vector<jsep::Format>& formats);

/// What a receiver has to understand: what was negotiated, and then whatever else its side's description names. A peer
/// may send what it was offered (RFC 3264 section 5.1), and browsers send RED also where their answer leaves it out.
std::vector<media::Format> formats_to_receive(const std::vector<jsep::Format>& negotiated,
                                              const std::vector<jsep::Format>& described);
media::Protecting protecting_to_receive(const std::vector<jsep::Format>& negotiated,
                                        const std::vector<jsep::Format>& described);

}  // namespace parley::session
