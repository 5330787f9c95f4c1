#include "av/codec_table.hpp"

#include <algorithm>
#include <iterator>

namespace parley::av {
namespace {

constexpr CodecEntry kCodecs[] = {
    {"video/VP8", AV_CODEC_ID_VP8, Kind::Video},         {"video/VP9", AV_CODEC_ID_VP9, Kind::Video},
    {"video/H264", AV_CODEC_ID_H264, Kind::Video},       {"video/H265", AV_CODEC_ID_HEVC, Kind::Video},
    {"video/AV1", AV_CODEC_ID_AV1, Kind::Video},         {"audio/opus", AV_CODEC_ID_OPUS, Kind::Audio},
    {"audio/PCMU", AV_CODEC_ID_PCM_MULAW, Kind::Audio},  {"audio/PCMA", AV_CODEC_ID_PCM_ALAW, Kind::Audio},
    {"audio/G722", AV_CODEC_ID_ADPCM_G722, Kind::Audio},
};

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

template <class Matches>
const CodecEntry* find(Matches matches) {
  const auto* const found = std::ranges::find_if(kCodecs, matches);
  return found == std::end(kCodecs) ? nullptr : found;
}

}  // namespace

const CodecEntry* find_codec(std::string_view mime_type) {
  return find(
      [&](const CodecEntry& codec) { return std::ranges::equal(codec.mime_type, mime_type, {}, lower, lower); });
}

const CodecEntry* find_codec(AVCodecID id) {
  return find([&](const CodecEntry& codec) { return codec.id == id; });
}

int sample_rate(const CodecEntry& codec) {
  if (codec.id == AV_CODEC_ID_OPUS) return kOpusRate;
  return codec.id == AV_CODEC_ID_ADPCM_G722 ? 16'000 : 8'000;
}

}  // namespace parley::av
