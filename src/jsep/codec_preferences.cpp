#include "jsep/codec_preferences.hpp"

#include <algorithm>

#include "jsep/parameters.hpp"

namespace parley::jsep {
namespace {

auto find(const std::vector<Codec>& codecs, const Codec& codec, Asymmetrical parameters = Asymmetrical::Compare) {
  return std::ranges::find_if(codecs,
                              [&](const Codec& entry) { return codec_dictionary_match(entry, codec, parameters); });
}

bool has_more_than_resiliency(const std::vector<Codec>& codecs) {
  return std::ranges::any_of(codecs, [](const Codec& codec) { return !is_resiliency(codec); });
}

}  // namespace

bool codec_dictionary_match(const Codec& a, const Codec& b, Asymmetrical parameters) {
  // Here a difference in name, clock rate or channels is found as well; both keep to the rule about channels.
  if (!matches(a, b) || a.fmtp.empty() != b.fmtp.empty()) return false;
  if (a.fmtp.empty() || a.fmtp == b.fmtp) return true;
  if (!is_key_value(a.fmtp) || !is_key_value(b.fmtp)) return false;
  return parameters == Asymmetrical::Ignore || has_same_parameters(a, b);
}

Result<std::vector<Codec>> check_codec_preferences(const std::vector<Codec>& preferences,
                                                   const std::vector<Codec>& capabilities) {
  std::vector<Codec> codecs;
  if (preferences.empty()) return codecs;
  for (const Codec& codec : preferences) {
    const auto capability = find(capabilities, codec);
    if (capability == capabilities.end())
      return fail(ErrorKind::InvalidModificationError, codec.name + " is not among the capabilities as it is given");
    if (find(codecs, *capability) == codecs.end()) codecs.push_back(*capability);
  }
  if (!has_more_than_resiliency(codecs))
    return fail(ErrorKind::InvalidModificationError, "there is nothing but RTX, RED, FEC or comfort noise");
  return codecs;
}

PreferredCodecs apply_preferences(const std::vector<Codec>& preferences, const std::vector<Codec>& available) {
  std::vector<Codec> codecs;
  for (const Codec& codec : preferences)
    if (find(available, codec, Asymmetrical::Ignore) != available.end()) codecs.push_back(codec);
  // What a direction leaves without anything to protect is as good as empty.
  if (!has_more_than_resiliency(codecs)) return {.codecs = available, .order = PreferenceOrder::Offered};
  return {.codecs = std::move(codecs), .order = PreferenceOrder::Local};
}

}  // namespace parley::jsep
