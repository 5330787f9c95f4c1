#include "av/encoding_plan.hpp"

#include <algorithm>

namespace parley::av {
namespace {

/// Bits for a pixel, beyond which pictures hardly become better, and what share of that is the least that looks like
/// anything.
constexpr double kBitsPerPixel = 0.1;
constexpr double kLeastShare = 0.25;
/// Below that no codec makes pictures.
constexpr double kLeastRate = 15'000;
/// How much more than the least it takes to begin.
constexpr double kToBegin = 1.2;

double factor(const RTCRtpEncodingParameters& encoding, PictureSize size) {
  if (!encoding.scaleResolutionDownTo) return encoding.scaleResolutionDownBy.value_or(1.0);
  // The restriction is turned with the picture (webrtc-extensions, scaleResolutionDownTo).
  const auto [least, most] = std::minmax<double>(
      {double(encoding.scaleResolutionDownTo->maxWidth), double(encoding.scaleResolutionDownTo->maxHeight)});
  const auto [shorter, longer] = std::minmax<double>({double(size.width), double(size.height)});
  return least > 0 ? std::max(longer / most, shorter / least) : 1.0;
}

}  // namespace

PictureSize scaled(const RTCRtpEncodingParameters& encoding, PictureSize size) {
  const double by = factor(encoding, size);
  if (!(by > 1)) return size;
  const auto smaller = [by](std::uint16_t pixels) {
    const int even = static_cast<int>(pixels / by + 1e-6) / 2 * 2;
    return static_cast<std::uint16_t>(std::min<int>(std::max(even, 2), pixels));
  };
  return {smaller(size.width), smaller(size.height)};
}

RateWish rate_wish(const RTCRtpEncodingParameters& encoding, PictureSize size, double frame_rate) {
  const double usual = std::max(kBitsPerPixel * size.width * size.height * frame_rate, kLeastRate);
  const double most = encoding.maxBitrate ? static_cast<double>(*encoding.maxBitrate) : usual;
  return {.least = std::min(std::max(usual * kLeastShare, kLeastRate), most), .most = most};
}

std::vector<std::optional<double>> share(double target, const std::vector<RateWish>& wishes) {
  std::vector<std::optional<double>> rates(wishes.size());
  double left = target;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const RateWish& wish = wishes[i];
    if (i > 0 && left < wish.least * (wish.running ? 1 : kToBegin)) break;
    rates[i] = std::min(wish.least, std::max(left, 0.0));
    left -= *rates[i];
  }
  for (std::size_t i = 0; i < wishes.size() && rates[i] && left > 0; ++i) {
    const double more = std::min(wishes[i].most - *rates[i], left);
    *rates[i] += more;
    left -= more;
  }
  return rates;
}

bool FrameThinner::takes(std::chrono::microseconds time, std::optional<double> most) {
  using namespace std::chrono;
  if (!most) return true;
  if (!(*most > 0)) return false;
  const auto interval = duration_cast<microseconds>(duration<double>(1 / std::max(*most, 0.001)));
  const bool anew = !due_ || time > *due_ + interval || time < *due_ - 2 * interval;
  // Clocks of cameras are not exact.
  if (!anew && time < *due_ - interval / 10) return false;
  due_ = (anew ? time : *due_) + interval;
  return true;
}

}  // namespace parley::av
