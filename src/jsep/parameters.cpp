#include "jsep/parameters.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "sdp/words.hpp"

namespace parley::jsep {
namespace {

constexpr SymmetricalParameter kAv1[] = {{"profile", "0"}};  // the AV1 payload format, section 7.2.2
constexpr SymmetricalParameter kVp9[] = {{"profile-id", "0"}};
constexpr SymmetricalParameter kH264[] = {{"packetization-mode", "0"}};
/// RFC 7798 section 7.1: the Main profile and tier in one stream.
constexpr SymmetricalParameter kH265[] = {
    {"profile-space", "0"}, {"profile-id", "1"}, {"tier-flag", "0"}, {"tx-mode", "SRST"}};
/// RFC 4867 section 8.3.1.
constexpr SymmetricalParameter kAmr[] = {{"octet-align", "0"}, {"crc", "0"}, {"robust-sorting", "0"}};
/// As Chromium's.
constexpr SymmetricalParameter kMultiOpus[] = {{"channel_mapping", ""}, {"coupled_streams", ""}, {"num_streams", ""}};

struct Row {
  std::string_view name;
  std::span<const SymmetricalParameter> parameters;
};
constexpr Row kRows[] = {{"AV1", kAv1}, {"VP9", kVp9},    {"H264", kH264},          {"H265", kH265},
                         {"AMR", kAmr}, {"AMR-WB", kAmr}, {"multiopus", kMultiOpus}};

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

struct Item {
  std::string_view name;
  std::string_view value;
};

Item item_of(std::string_view text) {
  std::string_view value = sdp::without_blanks_at_end(sdp::Words(text).rest());
  const std::string_view name = sdp::without_blanks_at_end(sdp::take_until(value, '='));
  return {.name = name, .value = sdp::Words(value).rest()};
}

void append(std::string& list, std::string_view text) {
  if (!list.empty()) list += ';';
  list += text;
}

/// The text with every parameter of that name but the first taken out, which becomes `replacement`.
std::string edited(std::string_view fmtp, std::string_view name, std::string_view replacement, bool& found) {
  std::string result;
  while (!fmtp.empty()) {
    const std::string_view text = sdp::take_until(fmtp, ';');
    const Item item = item_of(text);
    const bool same = equal_ignoring_case(item.name, name);
    if (!same && !item.name.empty()) append(result, sdp::without_blanks_at_end(sdp::Words(text).rest()));
    if (same && !found && !replacement.empty()) append(result, replacement);
    found = found || same;
  }
  return result;
}

}  // namespace

std::span<const SymmetricalParameter> symmetrical_parameters(const Codec& codec) {
  const auto* row = std::ranges::find_if(kRows, [&](const Row& entry) { return has_name(codec, entry.name); });
  return row == std::end(kRows) ? std::span<const SymmetricalParameter>() : row->parameters;
}

bool is_key_value(std::string_view fmtp) {
  bool any = false;
  while (!fmtp.empty()) {
    const std::string_view text = sdp::take_until(fmtp, ';');
    if (sdp::without_blanks_at_end(text).empty()) continue;
    if (text.find('=') == std::string_view::npos) return false;
    any = true;
  }
  return any;
}

std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view fmtp) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!fmtp.empty()) {
    const Item item = item_of(sdp::take_until(fmtp, ';'));
    if (!item.name.empty()) parameters.emplace_back(lower_case(item.name), item.value);
  }
  return parameters;
}

std::string with_parameter(std::string_view fmtp, std::string_view name, std::string_view value) {
  const std::string text = std::string(name) + "=" + std::string(value);
  bool found = false;
  std::string result = edited(fmtp, name, text, found);
  if (!found) append(result, text);
  return result;
}

std::string without_parameter(std::string_view fmtp, std::string_view name) {
  bool found = false;
  return edited(fmtp, name, "", found);
}

}  // namespace parley::jsep
