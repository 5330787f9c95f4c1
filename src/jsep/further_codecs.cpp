#include "jsep/further_codecs.hpp"

#include <algorithm>

#include "jsep/codec_table.hpp"

namespace parley::jsep {
namespace {

/// RFC 6838 section 4.2: a letter or digit, then up to 126 that may also be one of these.
bool is_name(std::string_view name) {
  const auto alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !name.empty() && name.size() <= 127 && alphanumeric(name.front()) && std::ranges::all_of(name, [&](char c) {
    return alphanumeric(c) || std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
  });
}

bool is_one_line(std::string_view text) {
  constexpr std::size_t kMost = 1024;
  const std::string_view ends("\r\n\0", 3);
  return text.size() <= kMost && text.find_first_of(ends) == std::string_view::npos;
}

Result<void> check(MediaKind kind, const Codec& codec) {
  if (!is_name(codec.name)) return fail(ErrorKind::TypeError, "not the name of a codec: " + codec.name);
  if (codec.clock_rate == 0) return fail(ErrorKind::TypeError, "a codec needs a clock rate");
  if ((kind == MediaKind::Audio) != (codec.channels > 0))
    return fail(ErrorKind::TypeError, "channels are for audio, which has at least one");
  if (!is_one_line(codec.fmtp)) return fail(ErrorKind::TypeError, "sdpFmtpLine is one line of at most 1024 bytes");
  if (!is_media(codec)) return fail(ErrorKind::NotSupportedError, codec.name + " is not a codec of media");
  for (const MediaKind known_kind : {MediaKind::Audio, MediaKind::Video})
    for (const Codec& known : default_codecs(known_kind))
      if (has_name(known, codec.name) &&
          (known_kind != kind || known.clock_rate != codec.clock_rate || known.channels != codec.channels))
        return fail(ErrorKind::TypeError, codec.name + " is something else already");
  return {};
}

std::size_t count(const MediaCapabilities& capabilities) {
  return capabilities.audio.size() + capabilities.video.size();
}

}  // namespace

Result<MediaCapabilities> with_codec(MediaCapabilities known, MediaKind kind, Codec codec) {
  if (auto checked = check(kind, codec); !checked) return Unexpected(std::move(checked).error());
  std::vector<Codec>& codecs = kind == MediaKind::Audio ? known.audio : known.video;
  if (std::ranges::any_of(codecs,
                          [&](const Codec& one) { return has_same_parameters(one, codec) && matches(one, codec); }))
    return known;
  if (count(known) >= count(*default_capabilities()) + kMostFurtherCodecs)
    return fail(ErrorKind::OperationError, "there are no payload types for more codecs");
  const auto same = std::ranges::find_if(codecs, [&](const Codec& one) { return has_name(one, codec.name); });
  codec.feedback = same != codecs.end() ? same->feedback : default_codecs(kind).front().feedback;
  codecs.insert(std::ranges::find_if_not(codecs, is_media), std::move(codec));
  return known;
}

}  // namespace parley::jsep
