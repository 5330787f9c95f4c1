#pragma once

#include <string_view>

#include "jsep/codec.hpp"

namespace parley::jsep {

/// Whether frames of the codec can be in the layers of `mode`: the names of webrtc-svc section 5, of which VP8, H.264
/// and H.265 have those by rate only.
bool can_have_layers(const Codec& codec, std::string_view mode);

}  // namespace parley::jsep
