#include "av/recording_track.hpp"

namespace parley::av {

RecordingTrack::Verdict RecordingTrack::judge(const IncomingFrame& frame, const Container& container) {
  if (refused_ || (rid_ && frame.rid != *rid_)) return Verdict::Leave;
  const CodecEntry* const codec = find_codec(frame.mime_type);
  const bool fits = codec != nullptr && codec->kind == kind_ && takes(container, *codec);
  if (!fits || (codec_ != nullptr && codec != codec_)) {
    refused_ = true;
    return Verdict::WrongCodec;
  }
  if (codec_ == nullptr) {
    const bool begins = kind_ == Kind::Audio || (frame.key && frame.width > 0 && frame.height > 0);
    if (!begins) return Verdict::NeedsKeyFrame;
    codec_ = codec;
    rid_ = frame.rid;
  }
  return Verdict::Take;
}

}  // namespace parley::av
