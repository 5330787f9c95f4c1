#include "av/container.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <span>

namespace parley::av {
namespace {

constexpr Container kContainers[] = {
    {"webm", "webm"}, {"mkv", "matroska"}, {"mp4", "mp4"}, {"ogg", "ogg"}, {"opus", "opus"},
};

constexpr std::array kWebm{AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1, AV_CODEC_ID_OPUS};
constexpr std::array kMatroska{AV_CODEC_ID_VP8,       AV_CODEC_ID_VP9,      AV_CODEC_ID_AV1,
                               AV_CODEC_ID_H264,      AV_CODEC_ID_HEVC,     AV_CODEC_ID_OPUS,
                               AV_CODEC_ID_PCM_MULAW, AV_CODEC_ID_PCM_ALAW, AV_CODEC_ID_ADPCM_G722};
constexpr std::array kMp4{AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1, AV_CODEC_ID_OPUS};
constexpr std::array kOgg{AV_CODEC_ID_OPUS};

std::span<const AVCodecID> codecs_of(const Container& container) {
  if (container.extension == "webm") return kWebm;
  if (container.extension == "mkv") return kMatroska;
  if (container.extension == "mp4") return kMp4;
  return kOgg;
}

}  // namespace

const Container* find_container(std::string_view path) {
  const std::size_t dot = path.find_last_of("./");
  if (dot == std::string_view::npos || path[dot] != '.') return nullptr;
  std::string extension(path.substr(dot + 1));
  for (char& letter : extension) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  const auto* const found = std::ranges::find(kContainers, extension, &Container::extension);
  return found == std::end(kContainers) ? nullptr : found;
}

bool takes(const Container& container, const CodecEntry& codec) {
  return std::ranges::find(codecs_of(container), codec.id) != codecs_of(container).end();
}

bool takes(const Container& container, Kind kind) {
  return std::ranges::any_of(codecs_of(container), [&](AVCodecID id) { return find_codec(id)->kind == kind; });
}

const CodecEntry* only_sound(const Container& container) {
  const CodecEntry* only = nullptr;
  for (const AVCodecID id : codecs_of(container)) {
    const CodecEntry* const codec = find_codec(id);
    if (codec->kind != Kind::Audio) continue;
    if (only != nullptr) return nullptr;
    only = codec;
  }
  return only;
}

}  // namespace parley::av
