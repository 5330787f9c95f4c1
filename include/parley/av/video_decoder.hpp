#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "parley/av/raw_media.hpp"
#include "parley/encoded_frame.hpp"
#include "parley/export.hpp"

namespace parley::av {

/// Frames into pictures. One thread at a time may call.
class PARLEY_EXPORT VideoDecoder {
 public:
  /// "video/VP8", "video/VP9", "video/AV1", "video/H264" or "video/H265", else NotSupportedError.
  explicit VideoDecoder(std::string_view mimeType);
  ~VideoDecoder();

  /// In the order of showing: usually one, none if it shows nothing yet. Throws EncodingError for what cannot be
  /// decoded: ask for a key frame and go on with it. Pictures of more than 8192x8192 pixels are such, too.
  std::vector<Picture> decode(const RTCEncodedVideoFrame& frame);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace parley::av
