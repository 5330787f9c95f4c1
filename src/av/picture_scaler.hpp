#pragma once

#include "av/encoding_plan.hpp"
#include "av/ffmpeg.hpp"
#include "parley/av/raw_media.hpp"

namespace parley::av {

/// Makes pictures smaller.
class PictureScaler {
 public:
  /// Throws EncodingError.
  Picture scale(const Picture& picture, PictureSize size);

 private:
  ScalerPtr scaler_;
};

}  // namespace parley::av
