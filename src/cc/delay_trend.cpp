#include "cc/delay_trend.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace parley::cc {
namespace {

constexpr Duration kGroup = 5ms;
constexpr Duration kQueueInterval = 15s;
constexpr std::size_t kTrendSamples = 20;
constexpr double kSmoothing = 0.9;
constexpr double kGain = 4.0;
constexpr std::size_t kMostDeltas = 60;
/// How fast the threshold follows from below and from above, per millisecond.
constexpr double kUp = 0.0087, kDown = 0.039;
constexpr double kLeastThreshold = 6, kMostThreshold = 600;
/// Longer than this above the threshold, and it is no accident.
constexpr double kOveruseMs = 10;
/// A jump beyond this says nothing about a queue: the clock or the path has changed.
constexpr double kJumpMs = 3000;

double ms(Duration duration) { return seconds(duration) * 1000; }

}  // namespace

void DelayTrend::measure_queue(TimePoint sent, Duration arrival) {
  const Duration way = arrival - sent.time_since_epoch();
  if (!interval_ || sent - *interval_ > kQueueInterval) {
    interval_ = sent;
    shortest_before_ = std::exchange(shortest_, std::nullopt);
  }
  shortest_ = std::min(way, shortest_.value_or(way));
  queueing_ = way - std::min(*shortest_, shortest_before_.value_or(*shortest_));
}

void DelayTrend::add(TimePoint sent, Duration arrival) {
  // Not even a queue turns time back so far: the peer's clock has been set.
  if (current_ && ms(current_->last_arrival - arrival) > kJumpMs) *this = DelayTrend();
  measure_queue(sent, arrival);
  if (!current_) {
    current_ = Burst{sent, sent, arrival, arrival};
    return;
  }
  if (sent < current_->first_sent) return;  // out of order
  // Packets that were sent apart and arrive together have waited in a queue together: one burst as well.
  const bool arrives_together = arrival - current_->last_arrival <= kGroup &&
                                arrival - current_->first_arrival < 100ms &&
                                (arrival - current_->last_arrival) < (sent - current_->last_sent);
  if (sent - current_->first_sent <= kGroup || arrives_together) {
    current_->last_sent = std::max(current_->last_sent, sent);
    current_->last_arrival = std::max(current_->last_arrival, arrival);
    return;
  }
  if (previous_) compare(*previous_, *current_);
  previous_ = current_;
  current_ = Burst{sent, sent, arrival, arrival};
}

void DelayTrend::compare(const Burst& before, const Burst& now) {
  const double sent = ms(now.last_sent - before.last_sent);
  const double arrived = ms(now.last_arrival - before.last_arrival);
  if (arrived < 0 || std::abs(arrived - sent) > kJumpMs) {
    samples_.clear();
    deltas_ = 0;
    accumulated_ = smoothed_ = 0;
    usage_ = Usage::Normal;
    return;
  }
  const double at = ms(now.last_arrival);
  if (!first_arrival_) first_arrival_ = at;
  deltas_ = std::min(deltas_ + 1, kMostDeltas);
  accumulated_ += arrived - sent;
  smoothed_ = kSmoothing * smoothed_ + (1 - kSmoothing) * accumulated_;
  samples_.push_back({at - *first_arrival_, smoothed_});
  if (samples_.size() > kTrendSamples) samples_.pop_front();
  if (const auto trend = slope()) detect(*trend, sent, at);
}

/// Least squares.
std::optional<double> DelayTrend::slope() const {
  if (samples_.size() < kTrendSamples) return std::nullopt;
  double at = 0, delay = 0;
  for (const Sample& sample : samples_) {
    at += sample.at;
    delay += sample.delay;
  }
  at /= static_cast<double>(samples_.size());
  delay /= static_cast<double>(samples_.size());
  double above = 0, below = 0;
  for (const Sample& sample : samples_) {
    above += (sample.at - at) * (sample.delay - delay);
    below += (sample.at - at) * (sample.at - at);
  }
  return below > 0 ? std::optional(above / below) : std::nullopt;
}

void DelayTrend::detect(double slope_now, double elapsed_ms, double at) {
  const double trend = static_cast<double>(deltas_) * slope_now * kGain;
  if (trend > threshold_) {
    overuse_for_ = overuse_for_ < 0 ? elapsed_ms / 2 : overuse_for_ + elapsed_ms;
    ++overuses_;
    if (overuse_for_ > kOveruseMs && overuses_ > 1 && slope_now >= last_trend_) {
      overuse_for_ = 0;
      overuses_ = 0;
      usage_ = Usage::Overuse;
    }
  } else {
    overuse_for_ = -1;
    overuses_ = 0;
    usage_ = trend < -threshold_ ? Usage::Underuse : Usage::Normal;
  }
  last_trend_ = slope_now;
  adapt(trend, at);
}

void DelayTrend::adapt(double trend, double at) {
  const double size = std::abs(trend);
  // A sudden spike, as when a route changes, is not what the threshold should learn.
  if (size <= threshold_ + 15) {
    const double rate = size < threshold_ ? kDown : kUp;
    threshold_ += rate * (size - threshold_) * std::min(at - last_adapted_.value_or(at), 100.0);
    threshold_ = std::clamp(threshold_, kLeastThreshold, kMostThreshold);
  }
  last_adapted_ = at;
}

}  // namespace parley::cc
