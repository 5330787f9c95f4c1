#include <algorithm>
#include <string>

#include "jsep/parameters.hpp"
#include "sdp/lookup.hpp"
#include "sdp/words.hpp"

namespace parley::jsep {
namespace {

bool allows_asymmetry(const Codec& codec) { return sdp::fmtp_parameter(codec.fmtp, "level-asymmetry-allowed") == "1"; }

/// RFC 6184 section 8.2.2: each side declares the level that it receives if both allow it; else there is one level for
/// both, which the answer may lower.
std::string h264_parameters(std::string fmtp, const Codec& local, const Codec& remote) {
  const auto ours = h264_profile_level(local.fmtp), theirs = h264_profile_level(remote.fmtp);
  if (!ours || !theirs) return fmtp;
  const bool stated = sdp::fmtp_parameter(remote.fmtp, "profile-level-id").has_value();
  const bool asymmetrical = allows_asymmetry(local) && allows_asymmetry(remote);
  // Without a profile in the offer there is no other spelling to keep than ours.
  H264ProfileLevel profile = stated ? *theirs : *ours;
  profile.level_idc = theirs->level_idc;
  return with_parameter(fmtp, "profile-level-id", to_string(negotiated_level(*ours, profile, asymmetrical)));
}

/// RFC 7798 section 7.2.2: the answer's level is not above the offer's.
std::string h265_parameters(std::string fmtp, const Codec& local, const Codec& remote) {
  constexpr unsigned kDefault = 93;  // level 3.1
  const auto ours = sdp::fmtp_parameter(local.fmtp, "level-id"), theirs = sdp::fmtp_parameter(remote.fmtp, "level-id");
  if (!ours && !theirs) return fmtp;
  const unsigned level = std::min(sdp::number<unsigned>(ours.value_or("")).value_or(kDefault),
                                  sdp::number<unsigned>(theirs.value_or("")).value_or(kDefault));
  return with_parameter(fmtp, "level-id", std::to_string(level));
}

}  // namespace

Codec negotiated(const Codec& local, const Codec& remote) {
  std::string fmtp = local.fmtp;
  for (const SymmetricalParameter& parameter : symmetrical_parameters(remote))
    if (const auto value = sdp::fmtp_parameter(remote.fmtp, parameter.name))
      fmtp = with_parameter(fmtp, parameter.name, *value);
  if (has_name(remote, "H264")) fmtp = h264_parameters(std::move(fmtp), local, remote);
  if (has_name(remote, "H265")) fmtp = h265_parameters(std::move(fmtp), local, remote);
  return {.name = remote.name,
          .clock_rate = remote.clock_rate,
          .channels = remote.channels,
          .fmtp = std::move(fmtp),
          .feedback = common_feedback(remote.feedback, local.feedback)};
}

}  // namespace parley::jsep
