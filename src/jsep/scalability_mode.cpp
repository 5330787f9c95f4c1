#include "jsep/scalability_mode.hpp"

#include <algorithm>
#include <iterator>

namespace parley::jsep {
namespace {

constexpr std::string_view kByRate[] = {"L1T1", "L1T2", "L1T3"};
constexpr std::string_view kBySize[] = {
    "L2T1",           "L2T1h", "L2T1_KEY", "L2T2",           "L2T2h", "L2T2_KEY", "L2T2_KEY_SHIFT",
    "L2T3",           "L2T3h", "L2T3_KEY", "L2T3_KEY_SHIFT", "L3T1",  "L3T1h",    "L3T1_KEY",
    "L3T2",           "L3T2h", "L3T2_KEY", "L3T2_KEY_SHIFT", "L3T3",  "L3T3h",    "L3T3_KEY",
    "L3T3_KEY_SHIFT", "S2T1",  "S2T1h",    "S2T2",           "S2T2h", "S2T3",     "S2T3h",
    "S3T1",           "S3T1h", "S3T2",     "S3T2h",          "S3T3",  "S3T3h"};

}  // namespace

bool can_have_layers(const Codec& codec, std::string_view mode) {
  if (!is_media(codec)) return false;
  if (std::ranges::find(kByRate, mode) != std::end(kByRate)) return true;
  const bool by_rate_only = has_name(codec, "VP8") || has_name(codec, "H264") || has_name(codec, "H265");
  return !by_rate_only && std::ranges::find(kBySize, mode) != std::end(kBySize);
}

}  // namespace parley::jsep
