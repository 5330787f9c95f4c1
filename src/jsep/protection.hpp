#pragma once

#include <vector>

#include "jsep/formats.hpp"

/// RTX, RED, FEC and comfort noise need something that they serve.
namespace parley::jsep {

/// Whether RTX may repair it: media and RED.
bool can_be_repaired(const Codec& codec);

/// Takes out of a list RED whose blocks are not in it and RTX of what is not in it. Of video's RED, whose list is about
/// everything that it may carry, the blocks that are not there go.
void drop_dangling(std::vector<Format>& formats);

/// Also takes out RED, FEC and comfort noise without a media codec of their clock rate; everything if there is no media
/// codec at all.
void drop_unserved(std::vector<Format>& formats);

/// Takes out FlexFEC (flexfec-03), of which a section has one source, for one other: it cannot protect several layers.
/// Chromium ends when an answer to its simulcast has it.
void drop_flexfec(std::vector<Format>& formats);

}  // namespace parley::jsep
