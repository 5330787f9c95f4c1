#include "cc/remote_rate.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

constexpr Duration kUpdates = 50ms, kUsual = 1s, kSilence = 2s;
/// Of abs-send-time.
constexpr std::int64_t kUnits = 1 << 18, kCircle = 1 << 24;
/// Less than this part of what may be sent is sent: the peer has no more to send.
constexpr double kLimitedBelow = 0.65;
/// Falling further is told at once.
constexpr double kFallsBy = 0.97;
constexpr double kLeastRate = 30'000;

TimePoint time_of(std::int64_t units) {
  return TimePoint(1s * (units / kUnits) + std::chrono::duration_cast<Duration>(1s * (units % kUnits)) / kUnits);
}

}  // namespace

/// After a pause nobody knows how often the times have gone round, nor what has become of the path.
void RemoteRate::begin_anew() {
  trend_ = {};
  received_ = {};
  sent_.reset();
  due_.reset();
}

void RemoteRate::add(std::uint32_t sent, std::size_t size, TimePoint now) {
  if (sent_ && now - arrived_ > kSilence) begin_anew();
  arrived_ = now;
  received_.add(now.time_since_epoch(), size);
  const std::int64_t step = sent_ ? ((sent - *sent_) % kCircle + kCircle) % kCircle : 0;
  // What was overtaken tells nothing of the delay.
  if (step < kCircle / 2) {
    sent_ = sent_ ? *sent_ + step : std::int64_t{sent};
    trend_.add(time_of(*sent_), now.time_since_epoch());
  }
  if (!updated_ || now - *updated_ >= kUpdates) update(now);
}

void RemoteRate::update(TimePoint now) {
  updated_ = now;
  const auto received = received_.rate();
  if (!received) return;
  // What it has begun with got through.
  if (!known_) rate_.set(std::max(kStart, *received), now);
  known_ = true;
  rate_.update(trend_.usage(), received, {*received < kLimitedBelow * rate_.rate(), trend_.queueing(), round_trip_},
               now);
  if (rate_.rate() < kLeastRate) rate_.set(kLeastRate, now);
  if (!due_ || rate_.rate() < kFallsBy * told_) due_ = now;
}

double RemoteRate::tell(TimePoint now) {
  told_ = rate_.rate();
  due_ = now - arrived_ < kSilence ? std::optional(now + kUsual) : std::nullopt;
  return told_;
}

}  // namespace parley::cc
