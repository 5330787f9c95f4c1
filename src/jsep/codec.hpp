#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Codecs as descriptions name them, and when two of them are the same.
namespace parley::jsep {

enum class MediaKind { Audio, Video };
/// "audio" or "video".
std::string_view to_string(MediaKind kind);

/// What a side can send or receive: a media format without a number. RTX is one codec without fmtp, whatever it
/// repairs (webrtc-pc section 5.2, RTCRtpCapabilities); what it repairs is in Format::associated.
struct Codec {
  /// The encoding name, e.g. "VP8". Names compare without case: has_name.
  std::string name;
  std::uint32_t clock_rate = 90000;
  /// At least 1 for audio, 0 for video.
  unsigned channels = 0;
  /// The parameters of a=fmtp, e.g. "profile-id=0". Neither RTX's apt nor RED's list.
  std::string fmtp = {};
  /// The values of a=rtcp-fb, e.g. "nack pli".
  std::vector<std::string> feedback = {};
  bool operator==(const Codec&) const = default;
};

MediaKind kind_of(const Codec& codec);
/// "video/VP8", as RTCRtpCodec.mimeType is.
std::string mime_type(const Codec& codec);
bool has_name(const Codec& codec, std::string_view name);

bool is_rtx(const Codec& codec);
bool is_red(const Codec& codec);
/// ULPFEC and FlexFEC.
bool is_fec(const Codec& codec);
/// "RTX, RED, FEC or Comfort Noise" (webrtc-pc section 5.4, setCodecPreferences step 7).
bool is_resiliency(const Codec& codec);
/// What a section can live on: neither a resiliency codec nor telephone-event.
bool is_media(const Codec& codec);

/// The same media format in the sense of offer/answer: encoding name, clock rate, channels, and those parameters that
/// have to be symmetrical, with their defaults. Levels, frame sizes and everything else that a receiver only declares
/// may differ. RTX matches RTX: whether they repair the same is the caller's question.
bool matches(const Codec& a, const Codec& b);
/// Whether they match and all their parameters are the same, in whatever order: also those that a receiver only
/// declares. A parameter that has to be symmetrical may be left out where it has its default.
bool has_same_parameters(const Codec& a, const Codec& b);

/// What the answer says about a codec that both sides have (matches): the offer's name, our parameters, the offer's
/// where they have to be symmetrical, levels as RFC 6184 section 8.2.2 and RFC 7798 section 7.2.2 want them, and the
/// feedback that both want.
Codec negotiated(const Codec& local, const Codec& remote);

/// RFC 8888: packets are told of by source. Descriptions have it for all formats of a section or none.
inline constexpr std::string_view kCongestionFeedback = "ack ccfb";
/// The feedback in both lists, in the order of the first.
std::vector<std::string> common_feedback(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace parley::jsep
