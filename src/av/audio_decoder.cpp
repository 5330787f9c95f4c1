#include <string>

#include "av/codec_table.hpp"
#include "av/sound_decoder.hpp"
#include "parley/av/audio_codecs.hpp"
#include "parley/errors.hpp"

namespace parley::av {

struct AudioDecoder::Inside {
  std::unique_ptr<SoundDecoder> decoder;
};

AudioDecoder::AudioDecoder(std::string_view mimeType) : inside_(std::make_unique<Inside>()) {
  make_quiet();
  const CodecEntry* const entry = find_codec(mimeType);
  if (entry == nullptr || entry->kind != Kind::Audio)
    throw NotSupportedError("there is no decoder for " + std::string(mimeType));
  inside_->decoder = entry->id == AV_CODEC_ID_OPUS ? make_opus_decoder() : make_telephony_decoder(entry->id);
}

AudioDecoder::~AudioDecoder() = default;

Sound AudioDecoder::decode(const RTCEncodedAudioFrame& frame) {
  constexpr std::size_t kMost = 65'535;
  if (frame.data.empty() || frame.data.size() > kMost) throw EncodingError("the frame cannot be decoded: its size");
  return inside_->decoder->decode(frame);
}

}  // namespace parley::av
