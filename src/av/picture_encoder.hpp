#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "av/codec_table.hpp"
#include "av/temporal_pattern.hpp"
#include "parley/av/raw_media.hpp"

namespace parley::av {

inline constexpr int kEncoderTicks = 1'000'000;  ///< a second has: times are microseconds

/// An encoder for pictures of one size.
class PictureEncoder {
 public:
  struct Settings {
    AVCodecID codec = AV_CODEC_ID_NONE;
    std::uint16_t width = 0, height = 0;
    double bits_per_second = 0, frame_rate = 30;
    std::uint8_t temporal_layers = 1;
  };
  struct Encoded {
    bool key = false;
    std::vector<std::uint8_t> data;
  };
  /// What the next frame is to be. A key frame has the place of the lowest layer.
  struct Order {
    bool key_frame = false;
    TemporalPattern::Place place{};
  };

  virtual ~PictureEncoder() = default;
  /// Throws EncodingError.
  virtual void aim_at(double bits_per_second) = 0;
  /// `at` is later each time. Nothing: the picture was left out, and changes nothing. Throws EncodingError.
  virtual std::optional<Encoded> encode(const Picture& picture, std::chrono::microseconds at, const Order& order) = 0;
};

/// Throw NotSupportedError for a size that the codec does not take.
std::unique_ptr<PictureEncoder> make_vpx_encoder(const PictureEncoder::Settings& settings);
std::unique_ptr<PictureEncoder> make_av1_encoder(const PictureEncoder::Settings& settings);
std::unique_ptr<PictureEncoder> make_h264_encoder(const PictureEncoder::Settings& settings);

/// The planes of a picture, and how long their rows are.
struct Planes {
  const std::uint8_t* plane[3];
  int stride[3];
};
inline Planes planes_of(const Picture& picture) {
  const std::size_t bright = std::size_t{picture.width} * picture.height;
  const int half = (picture.width + 1) / 2;
  const std::size_t colour = static_cast<std::size_t>(half) * ((std::size_t{picture.height} + 1) / 2);
  const std::uint8_t* const data = picture.data.data();
  return {{data, data + bright, data + bright + colour}, {picture.width, half, half}};
}

}  // namespace parley::av
