#include "cc/loss_rate.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

constexpr double kMuch = 0.10, kLittle = 0.02;
/// A fraction of fewer packets says little.
constexpr std::size_t kLeastPackets = 20;
constexpr Duration kJudgedEvery = 200ms;

}  // namespace

void LossRate::add(std::size_t received, std::size_t lost, Duration round_trip, TimePoint now, bool used) {
  received_ += received;
  lost_ += lost;
  if (!judged_) judged_ = now;
  const std::size_t packets = received_ + lost_;
  if (now - *judged_ < kJudgedEvery || packets < kLeastPackets) return;
  fraction_ = static_cast<double>(lost_) / static_cast<double>(packets);
  received_ = lost_ = 0;
  if (fraction_ > kMuch) {
    if (decreased_ && now - *decreased_ < 300ms + round_trip) return;
    rate_ *= 1 - 0.5 * fraction_;
    decreased_ = now;
  } else if (fraction_ < kLittle && used) {
    rate_ *= 1.08;
  }
  judged_ = now;
}

void LossRate::limit(double rate) { rate_ = std::min(rate_, std::max(rate * 2, rate + 100000)); }

}  // namespace parley::cc
