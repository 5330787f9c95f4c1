#include "session/media_formats.hpp"

#include <algorithm>

namespace parley::session {
namespace {

void add_protecting(const std::vector<jsep::Format>& formats, media::Protecting& known) {
  for (const jsep::Format& format : formats) {
    if (!known.ulpfec && jsep::has_name(format.codec, "ulpfec")) known.ulpfec = format.payload_type;
    if (!known.flexfec && jsep::has_name(format.codec, "flexfec-03")) known.flexfec = format.payload_type;
  }
}

}  // namespace

std::vector<media::Format> to_media(const std::vector<jsep::Format>& formats) {
  std::vector<media::Format> known;
  for (const jsep::Format& format : formats) {
    if (jsep::is_rtx(format.codec) || jsep::is_fec(format.codec)) continue;
    const auto has = [&](std::string_view feedback) {
      return std::ranges::find(format.codec.feedback, feedback) != format.codec.feedback.end();
    };
    known.push_back({.payload_type = format.payload_type,
                     .name = format.codec.name,
                     .fmtp = format.codec.fmtp,
                     .clock_rate = format.codec.clock_rate,
                     .channels = format.codec.channels,
                     .is_media = jsep::is_media(format.codec),
                     .nack = has("nack"),
                     .pli = has("nack pli"),
                     .fir = has("ccm fir"),
                     .transport_cc = has("transport-cc"),
                     .congestion_feedback = has(jsep::kCongestionFeedback),
                     .remote_limit = has("goog-remb"),
                     .receiver_time = has("rrtr")});
  }
  for (const jsep::Format& format : formats) {
    if (!jsep::is_rtx(format.codec) || !format.associated) continue;
    const auto repaired = std::ranges::find(known, *format.associated, &media::Format::payload_type);
    if (repaired != known.end()) repaired->retransmission = format.payload_type;
  }
  return known;
}

media::Protecting protecting(const std::vector<jsep::Format>& formats) {
  media::Protecting known;
  add_protecting(formats, known);
  return known;
}

std::vector<media::Format> formats_to_receive(const std::vector<jsep::Format>& negotiated,
                                              const std::vector<jsep::Format>& described) {
  std::vector<media::Format> formats = to_media(negotiated);
  if (negotiated.empty()) return formats;
  std::vector<jsep::Format> further = described;
  for (jsep::Format& format : further) format.codec.feedback.clear();  // the peer may know nothing of it
  for (media::Format& format : to_media(further)) {
    const bool known = jsep::find_format(negotiated, format.payload_type) != nullptr;
    if (known) continue;
    format.offered_only = true;
    formats.push_back(std::move(format));
  }
  return formats;
}

media::Protecting protecting_to_receive(const std::vector<jsep::Format>& negotiated,
                                        const std::vector<jsep::Format>& described) {
  media::Protecting known = protecting(negotiated);
  add_protecting(described, known);
  return known;
}

}  // namespace parley::session
