#pragma once

#include <vector>

#include "base/result.hpp"
#include "jsep/codec.hpp"
#include "jsep/formats.hpp"

/// RTCRtpTransceiver.setCodecPreferences, webrtc-pc section 5.4.
namespace parley::jsep {

/// ignoreAsymmetricalParameters of the "codec dictionary match algorithm".
enum class Asymmetrical { Compare, Ignore };
bool codec_dictionary_match(const Codec& a, const Codec& b, Asymmetrical parameters = Asymmetrical::Compare);

/// What becomes of the argument of setCodecPreferences: [[PreferredCodecs]], the codecs as `capabilities` has them,
/// without repetitions. `capabilities`: those for sending and for receiving together. InvalidModificationError if one
/// is not there, or if there is none but RTX, RED, FEC and comfort noise. An empty list is one.
Result<std::vector<Codec>> check_codec_preferences(const std::vector<Codec>& preferences,
                                                   const std::vector<Codec>& capabilities);

struct PreferredCodecs {
  std::vector<Codec> codecs;
  /// For answer_formats.
  PreferenceOrder order = PreferenceOrder::Offered;
};
/// The codecs of a section's offer or answer: `preferences` as far as `available` (what the transceiver's direction can
/// use) has them, or else all that is available.
PreferredCodecs apply_preferences(const std::vector<Codec>& preferences, const std::vector<Codec>& available);

}  // namespace parley::jsep
