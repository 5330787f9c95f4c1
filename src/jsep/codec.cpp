#include "jsep/codec.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "jsep/parameters.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

bool same_encoding(const Codec& a, const Codec& b) {
  return equal_ignoring_case(a.name, b.name) && a.clock_rate == b.clock_rate && a.channels == b.channels;
}

std::string_view value_of(const Codec& codec, const SymmetricalParameter& parameter) {
  return sdp::fmtp_parameter(codec.fmtp, parameter.name).value_or(parameter.otherwise);
}

bool same_h264_profile(const Codec& a, const Codec& b) {
  const auto first = h264_profile_level(a.fmtp), second = h264_profile_level(b.fmtp);
  return first && second && same_profile(*first, *second);
}

/// All parameters, with the defaults of those left out that make the format; sorted, without repetitions.
std::vector<std::pair<std::string, std::string>> media_format(const Codec& codec) {
  auto parameters = parameters_of(codec.fmtp);
  // The first of a name counts; case counts where nobody knows better, as in base64.
  for (const SymmetricalParameter& parameter : symmetrical_parameters(codec))
    parameters.emplace_back(parameter.name, parameter.otherwise);
  std::ranges::stable_sort(parameters, {}, [](const auto& entry) { return std::string_view(entry.first); });
  const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  parameters.erase(std::unique(parameters.begin(), parameters.end(), same_name), parameters.end());
  return parameters;
}

}  // namespace

std::string_view to_string(MediaKind kind) { return kind == MediaKind::Audio ? "audio" : "video"; }

MediaKind kind_of(const Codec& codec) { return codec.channels > 0 ? MediaKind::Audio : MediaKind::Video; }

std::string mime_type(const Codec& codec) { return std::string(to_string(kind_of(codec))) + "/" + codec.name; }

bool has_name(const Codec& codec, std::string_view name) { return equal_ignoring_case(codec.name, name); }

bool is_rtx(const Codec& codec) { return has_name(codec, "rtx"); }
bool is_red(const Codec& codec) { return has_name(codec, "red"); }
bool is_fec(const Codec& codec) {
  return has_name(codec, "ulpfec") || has_name(codec, "flexfec") || has_name(codec, "flexfec-03");
}
bool is_resiliency(const Codec& codec) {
  return is_rtx(codec) || is_red(codec) || is_fec(codec) || has_name(codec, "CN");
}
bool is_media(const Codec& codec) { return !is_resiliency(codec) && !has_name(codec, "telephone-event"); }

bool matches(const Codec& a, const Codec& b) {
  if (!same_encoding(a, b)) return false;
  if (a.fmtp == b.fmtp) return true;
  const bool symmetrical = std::ranges::all_of(symmetrical_parameters(a), [&](const SymmetricalParameter& parameter) {
    return equal_ignoring_case(value_of(a, parameter), value_of(b, parameter));
  });
  return symmetrical && (!has_name(a, "H264") || same_h264_profile(a, b));
}

bool has_same_parameters(const Codec& a, const Codec& b) {
  if (a.fmtp == b.fmtp) return true;
  if (!matches(a, b)) return false;
  const bool texts = (!a.fmtp.empty() && !is_key_value(a.fmtp)) || (!b.fmtp.empty() && !is_key_value(b.fmtp));
  if (texts) return false;
  return std::ranges::equal(media_format(a), media_format(b), [](const auto& first, const auto& second) {
    // What is known to be a word or a number in hexadecimal may be written in either case.
    const bool word = first.first == "profile-level-id" || first.first == "tx-mode";
    if (first.first != second.first) return false;
    return word ? equal_ignoring_case(first.second, second.second) : first.second == second.second;
  });
}

std::vector<std::string> common_feedback(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> common;
  std::ranges::copy_if(a, std::back_inserter(common),
                       [&](const std::string& value) { return std::ranges::find(b, value) != b.end(); });
  return common;
}

}  // namespace parley::jsep
