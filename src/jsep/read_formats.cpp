#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "jsep/parameters.hpp"
#include "jsep/protection.hpp"
#include "jsep/static_payload_types.hpp"
#include "sdp/lookup.hpp"
#include "sdp/words.hpp"

namespace parley::jsep {
namespace {

constexpr std::size_t kNumbers = 128;
/// Parameter sets in a=fmtp take some hundred bytes.
constexpr std::size_t kMaxNameBytes = 64, kMaxFmtpBytes = 8192, kMaxFeedback = 32, kMaxFeedbackBytes = 64,
                      kMaxBlocks = 32;

bool is_usable(PayloadType payload_type) {
  return payload_type.get() < kNumbers && (payload_type.get() < 64 || payload_type.get() > 95);
}

/// What a section says about each number. Descriptions may be large: every line is looked at once.
struct Lines {
  const sdp::Rtpmap* rtpmap = nullptr;
  std::string fmtp;
  bool excessive = false;
  std::vector<std::string> feedback;
};
using Table = std::array<Lines, kNumbers>;

void add_parameters(Lines& lines, std::string_view parameters) {
  lines.excessive = lines.excessive || lines.fmtp.size() + parameters.size() > kMaxFmtpBytes;
  if (lines.excessive) return;
  if (!lines.fmtp.empty()) lines.fmtp += ';';
  lines.fmtp += parameters;
}

void add_feedback(Lines& lines, const std::string& value) {
  if (value.size() > kMaxFeedbackBytes || lines.feedback.size() == kMaxFeedback) return;
  if (std::ranges::find(lines.feedback, value) == lines.feedback.end()) lines.feedback.push_back(value);
}

Table lines_of(const sdp::MediaDescription& media) {
  Table table;
  for (const sdp::Rtpmap& map : media.rtpmaps)
    if (is_usable(map.payload_type) && !table[map.payload_type.get()].rtpmap)
      table[map.payload_type.get()].rtpmap = &map;
  for (const sdp::Fmtp& fmtp : media.fmtps)
    if (const auto number = sdp::number<std::uint8_t>(fmtp.format); number && *number < kNumbers)
      add_parameters(table[*number], fmtp.parameters);
  for (const sdp::RtcpFeedback& feedback : media.rtcp_feedback) {
    if (!feedback.payload_type) {
      for (Lines& lines : table) add_feedback(lines, feedback.value);
    } else if (is_usable(*feedback.payload_type)) {
      add_feedback(table[feedback.payload_type->get()], feedback.value);
    }
  }
  return table;
}

std::optional<Codec> codec_of(const Lines& lines, PayloadType payload_type, MediaKind kind) {
  std::optional<Codec> codec;
  if (lines.rtpmap) {
    codec = Codec{.name = lines.rtpmap->encoding, .clock_rate = lines.rtpmap->clock_rate};
    if (kind == MediaKind::Audio) codec->channels = std::max(sdp::channels(*lines.rtpmap), 1u);
  } else {
    codec = static_codec(payload_type);
  }
  if (!codec || kind_of(*codec) != kind || codec->name.size() > kMaxNameBytes || codec->clock_rate == 0)
    return std::nullopt;
  codec->fmtp = lines.fmtp;
  codec->feedback = lines.feedback;
  return codec;
}

std::optional<PayloadType> number_in(std::string_view text) {
  const auto number = sdp::number<std::uint8_t>(text);
  return number ? std::optional(PayloadType(*number)) : std::nullopt;
}

/// "96/97" as a list; nullopt if it is none.
std::optional<std::vector<PayloadType>> blocks_in(std::string_view text) {
  std::vector<PayloadType> blocks;
  while (!text.empty() && blocks.size() < kMaxBlocks) {
    const auto block = number_in(sdp::take_until(text, '/'));
    if (!block) return std::nullopt;
    blocks.push_back(*block);
  }
  return text.empty() ? std::optional(blocks) : std::nullopt;
}

Format format_of(PayloadType payload_type, Codec codec) {
  Format format{.payload_type = payload_type, .codec = std::move(codec)};
  std::string& fmtp = format.codec.fmtp;
  if (is_rtx(format.codec)) {
    if (const auto apt = sdp::fmtp_parameter(fmtp, "apt")) format.associated = number_in(*apt);
    fmtp = without_parameter(fmtp, "apt");
  } else if (is_red(format.codec)) {
    if (auto blocks = blocks_in(sdp::without_blanks_at_end(fmtp))) {
      format.blocks = *std::move(blocks);
      fmtp.clear();
    }
  }
  return format;
}

}  // namespace

std::vector<Format> formats_of(const sdp::MediaDescription& media) {
  if (media.kind != "audio" && media.kind != "video") return {};
  const MediaKind kind = media.kind == "audio" ? MediaKind::Audio : MediaKind::Video;
  const Table table = lines_of(media);
  std::vector<Format> formats;
  std::array<bool, kNumbers> seen{};
  for (const PayloadType payload_type : sdp::payload_types(media)) {
    if (!is_usable(payload_type) || std::exchange(seen[payload_type.get()], true)) continue;
    const Lines& lines = table[payload_type.get()];
    if (lines.excessive) continue;
    if (auto codec = codec_of(lines, payload_type, kind)) formats.push_back(format_of(payload_type, *std::move(codec)));
  }
  drop_dangling(formats);
  return formats;
}

}  // namespace parley::jsep
