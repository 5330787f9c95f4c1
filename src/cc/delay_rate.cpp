#include "cc/delay_rate.hpp"

#include <algorithm>
#include <cmath>

namespace parley::cc {
namespace {

constexpr double kDecrease = 0.85, kLongQueueDecrease = 0.65;
constexpr Duration kLongQueue = 150ms;
constexpr double kGrowthPerSecond = 1.08;
constexpr double kPacketBits = 1200 * 8;

}  // namespace

void DelayRate::update(Usage usage, std::optional<double> received, const Circumstances& circumstances, TimePoint now) {
  const Duration elapsed = updated_ ? std::min<Duration>(now - *updated_, 1s) : Duration::zero();
  updated_ = now;
  switch (usage) {
    case Usage::Overuse:
      decrease(received, circumstances, now);
      phase_ = Phase::Hold;
      break;
    case Usage::Underuse:
      phase_ = Phase::Hold;  // the queue is draining
      break;
    case Usage::Normal:
      if (phase_ == Phase::Increase) increase(received, circumstances.limited, circumstances.round_trip, elapsed);
      phase_ = Phase::Increase;
      break;
  }
}

void DelayRate::set(double rate, TimePoint now) {
  rate_ = rate;
  updated_ = now;
}

void DelayRate::increase(std::optional<double> received, bool limited, Duration round_trip, Duration elapsed) {
  if (received && limit_ && *received > *limit_ + 3 * deviation()) limit_.reset();
  double grown = rate_;
  if (limit_ && received && is_near_the_limit(*received)) {
    // About a packet each response time.
    const double response = seconds(round_trip + 100ms);
    grown += std::max(4000.0, kPacketBits / response) * seconds(elapsed);
  } else {
    grown = std::max(grown * std::pow(kGrowthPerSecond, seconds(elapsed)), grown + 1000 * seconds(elapsed));
  }
  // What is not used is not known to be there.
  const double most = received ? 1.5 * *received + 10000 : grown;
  if (limited && grown > most) grown = std::max(rate_, most);
  if (!limited && received) grown = std::min(grown, std::max(rate_, most));
  rate_ = grown;
}

void DelayRate::decrease(std::optional<double> received, const Circumstances& circumstances, TimePoint now) {
  // One queue is one reason: the effect shows after a round trip.
  const Duration pause = std::clamp<Duration>(circumstances.round_trip, 10ms, 200ms);
  if (decreased_ && now - *decreased_ < pause) return;
  decreased_ = now;
  const double through = received.value_or(rate_);
  // A long queue has to drain as well.
  const double factor = circumstances.queueing > kLongQueue ? kLongQueueDecrease : kDecrease;
  double lower = factor * through;
  if (lower > rate_ && limit_) lower = factor * *limit_;
  if (received) learn_limit(*received);
  rate_ = std::min(rate_, lower);
}

/// Of limit_; its variance is kept in kbit/s, relative to the mean.
double DelayRate::deviation() const { return std::sqrt(limit_variance_ * *limit_ / 1000) * 1000; }

bool DelayRate::is_near_the_limit(double rate) const { return rate > *limit_ - 3 * deviation(); }

/// An exponential mean.
void DelayRate::learn_limit(double rate) {
  constexpr double kWeight = 0.05;
  if (limit_ && rate < *limit_ - 3 * deviation()) limit_.reset();
  limit_ = limit_ ? (1 - kWeight) * *limit_ + kWeight * rate : rate;
  const double error = (*limit_ - rate) / 1000;
  const double norm = std::max(*limit_ / 1000, 1.0);
  limit_variance_ = std::clamp((1 - kWeight) * limit_variance_ + kWeight * error * error / norm, 0.4, 2.5);
}

}  // namespace parley::cc
