#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jsep/codec.hpp"

/// The texts of a=fmtp, and which parameters make a media format.
namespace parley::jsep {

struct SymmetricalParameter {
  std::string_view name;
  /// Holds when it is left out.
  std::string_view otherwise;
};
/// The parameters that have to be the same on both sides, except H.264's profile-level-id, of which that is true for a
/// part only. Empty for a codec that nobody here knows: its parameters count as declarations.
std::span<const SymmetricalParameter> symmetrical_parameters(const Codec& codec);

/// Whether the text is a list such as "apt=96;rtx-time=3000", as it is not for RED and telephone-event.
bool is_key_value(std::string_view fmtp);
/// Name and value of each, the names in lower case, in order.
std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view fmtp);
/// The text with this parameter replaced, or at its end if there was none.
std::string with_parameter(std::string_view fmtp, std::string_view name, std::string_view value);
std::string without_parameter(std::string_view fmtp, std::string_view name);

/// H.264's profile-level-id, RFC 6184 section 8.1.
struct H264ProfileLevel {
  std::uint8_t profile_idc = 0x42;
  /// The constraint_set flags, the first one in the highest bit.
  std::uint8_t profile_iop = 0xe0;
  std::uint8_t level_idc = 0x1f;
  bool operator==(const H264ProfileLevel&) const = default;
};
/// nullopt if it is malformed. Without one it is the Constrained Baseline profile at level 3.1, as all of WebRTC has it
/// (RFC 7742 section 6.2 wants it always written; RFC 6184 would have Baseline, level 1).
std::optional<H264ProfileLevel> h264_profile_level(std::string_view fmtp);
/// Whether both mean the same profile, however the flags say so (RFC 6184 table 5).
bool same_profile(const H264ProfileLevel& a, const H264ProfileLevel& b);
/// "42e01f".
std::string to_string(const H264ProfileLevel& value);
/// The profile as `remote` writes it, at the lower of both levels, or at that of `local` if there may be two.
H264ProfileLevel negotiated_level(const H264ProfileLevel& local, const H264ProfileLevel& remote, bool asymmetrical);

}  // namespace parley::jsep
