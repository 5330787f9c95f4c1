#include <algorithm>
#include <string>

#include "jsep/formats.hpp"
#include "jsep/header_extensions.hpp"

namespace parley::jsep {
namespace {

std::string text_of(PayloadType payload_type) { return std::to_string(unsigned{payload_type.get()}); }

/// The whole of a=fmtp: RTX and RED say there what they belong to.
std::string parameters_of_format(const Format& format) {
  std::string text;
  if (format.associated) text = "apt=" + text_of(*format.associated);
  for (const PayloadType block : format.blocks) text += (text.empty() ? "" : "/") + text_of(block);
  if (!text.empty() && !format.codec.fmtp.empty()) text += ';';
  return text + format.codec.fmtp;
}

}  // namespace

const Format* find_format(const std::vector<Format>& formats, PayloadType payload_type) {
  const auto found = std::ranges::find(formats, payload_type, &Format::payload_type);
  return found == formats.end() ? nullptr : &*found;
}

std::vector<Codec> codecs_of(const std::vector<Format>& formats) {
  std::vector<Codec> codecs;
  codecs.reserve(formats.size());
  for (const Format& format : formats) codecs.push_back(format.codec);
  return codecs;
}

/// Whether packets have numbers of the transport, and are told of by them.
static bool has_transport_wide_feedback(const sdp::MediaDescription& media) {
  return std::ranges::find(media.extmaps, extension::kTransportSequenceNumber, &sdp::Extmap::uri) !=
             media.extmaps.end() &&
         std::ranges::find(media.rtcp_feedback, "transport-cc", &sdp::RtcpFeedback::value) != media.rtcp_feedback.end();
}

void put_formats(sdp::MediaDescription& media, const std::vector<Format>& formats) {
  media.formats.clear();
  media.rtpmaps.clear();
  media.fmtps.clear();
  media.rtcp_feedback.clear();
  for (const Format& format : formats) {
    const Codec& codec = format.codec;
    media.formats.push_back(text_of(format.payload_type));
    media.rtpmaps.push_back({.payload_type = format.payload_type,
                             .encoding = codec.name,
                             .clock_rate = codec.clock_rate,
                             .parameters = codec.channels > 1 ? std::to_string(codec.channels) : ""});
    if (std::string parameters = parameters_of_format(format); !parameters.empty())
      media.fmtps.push_back({.format = text_of(format.payload_type), .parameters = std::move(parameters)});
    for (const std::string& value : codec.feedback)
      if (value != kCongestionFeedback)
        media.rtcp_feedback.push_back({.payload_type = format.payload_type, .value = value});
  }
  const bool known = std::ranges::any_of(formats, [](const Format& format) {
    return std::ranges::find(format.codec.feedback, kCongestionFeedback) != format.codec.feedback.end();
  });
  if (known && !has_transport_wide_feedback(media))
    media.rtcp_feedback.push_back({.payload_type = std::nullopt, .value = std::string(kCongestionFeedback)});
}

}  // namespace parley::jsep
