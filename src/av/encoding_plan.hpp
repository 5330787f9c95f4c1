#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "parley/rtp_parameters.hpp"

/// What is to be made of pictures, by what a sender says about its encodings.
namespace parley::av {

struct PictureSize {
  std::uint16_t width = 0, height = 0;
  bool operator==(const PictureSize&) const = default;
};

/// How large pictures of `size` are in an encoding: where they are made smaller, each way by an even number of pixels,
/// as every codec takes them.
PictureSize scaled(const RTCRtpEncodingParameters& encoding, PictureSize size);

/// What an encoding can make use of, in bits per second.
struct RateWish {
  double least = 0, most = 0;
  bool running = false;  ///< it gets something already
};
RateWish rate_wish(const RTCRtpEncodingParameters& encoding, PictureSize size, double frame_rate);

/// What each gets of `target`; nothing: it has to wait. `wishes` come in the order in which they are served, the first
/// one whatever the target is. Who does not run yet begins only with something to spare, lest it begins again and
/// again.
std::vector<std::optional<double>> share(double target, const std::vector<RateWish>& wishes);

/// Leaves out pictures where there are more than an encoding wants.
class FrameThinner {
 public:
  /// Whether the picture of that time is one of `most` a second; not given: every one is.
  bool takes(std::chrono::microseconds time, std::optional<double> most);

 private:
  std::optional<std::chrono::microseconds> due_;
};

}  // namespace parley::av
