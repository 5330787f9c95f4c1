#pragma once

#include <vector>

#include "jsep/codec.hpp"
#include "jsep/header_extensions.hpp"

/// What this library offers as long as the application says nothing else. Nothing else in jsep depends on these lists:
/// an application's own codecs come in the same form.
namespace parley::jsep {

/// In order of preference. No comfort noise: frames are the application's, and one that does not encode pauses itself
/// has no use for it.
const std::vector<Codec>& default_codecs(MediaKind kind);

const std::vector<HeaderExtension>& default_header_extensions(MediaKind kind);

}  // namespace parley::jsep
