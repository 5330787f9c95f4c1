#include <charconv>

#include "jsep/parameters.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

constexpr std::uint8_t kBaseline = 0x42, kMain = 0x4d, kExtended = 0x58;
/// In the profiles before High, this flag turns level 1.1 into level 1b (ITU-T H.264 section A.3.1).
constexpr std::uint8_t kConstraintSet3 = 0x10;

/// RFC 6184 table 5: profile-iop `iop`, of which the bits `relevant` count. Rows of one class mean the same profile.
/// All others have no spelling but their own.
struct Spelling {
  int profile_class;
  std::uint8_t profile_idc;
  std::uint8_t relevant;
  std::uint8_t iop;
};
constexpr Spelling kSpellings[] = {
    {0, kBaseline, 0x4f, 0x40}, {0, kMain, 0x8f, 0x80},     {0, kExtended, 0xcf, 0xc0},  // Constrained Baseline
    {1, kBaseline, 0x4f, 0x00}, {1, kExtended, 0xcf, 0x80},                              // Baseline
    {2, kMain, 0xaf, 0x00},                                                              // Main
    {3, kExtended, 0xcf, 0x00},                                                          // Extended
};

int profile_class(const H264ProfileLevel& value) {
  for (const Spelling& row : kSpellings)
    if (row.profile_idc == value.profile_idc && (value.profile_iop & row.relevant) == row.iop) return row.profile_class;
  return 0x10000 | value.profile_idc << 8 | value.profile_iop;
}

bool spells_level_1b_with_flag(std::uint8_t profile_idc) {
  return profile_idc == kBaseline || profile_idc == kMain || profile_idc == kExtended;
}

constexpr std::uint8_t kLevel1b = 9, kLevel1_1 = 11;

/// Level 1b is 9, but its place is between 1 (10) and 1.1 (11).
std::uint8_t level_of(const H264ProfileLevel& value) {
  const bool flagged = spells_level_1b_with_flag(value.profile_idc) && (value.profile_iop & kConstraintSet3) != 0;
  return flagged && value.level_idc == kLevel1_1 ? kLevel1b : value.level_idc;
}

int rank(std::uint8_t level) { return level == kLevel1b ? 21 : 2 * level; }

}  // namespace

std::optional<H264ProfileLevel> h264_profile_level(std::string_view fmtp) {
  const auto text = sdp::fmtp_parameter(fmtp, "profile-level-id");
  if (!text) return H264ProfileLevel{};
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value, 16);
  if (text->size() != 6 || error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return H264ProfileLevel{.profile_idc = static_cast<std::uint8_t>(value >> 16),
                          .profile_iop = static_cast<std::uint8_t>(value >> 8),
                          .level_idc = static_cast<std::uint8_t>(value)};
}

bool same_profile(const H264ProfileLevel& a, const H264ProfileLevel& b) { return profile_class(a) == profile_class(b); }

std::string to_string(const H264ProfileLevel& value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : {value.profile_idc, value.profile_iop, value.level_idc}) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

H264ProfileLevel negotiated_level(const H264ProfileLevel& local, const H264ProfileLevel& remote, bool asymmetrical) {
  const std::uint8_t ours = level_of(local), theirs = level_of(remote);
  const std::uint8_t level = asymmetrical || rank(ours) < rank(theirs) ? ours : theirs;
  H264ProfileLevel result = remote;
  result.level_idc = level;
  if (!spells_level_1b_with_flag(remote.profile_idc)) return result;
  result.profile_iop = static_cast<std::uint8_t>(result.profile_iop & ~kConstraintSet3);
  if (level != kLevel1b) return result;
  result.profile_iop |= kConstraintSet3;
  result.level_idc = kLevel1_1;
  return result;
}

}  // namespace parley::jsep
