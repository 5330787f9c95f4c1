#include "cc/controller.hpp"

#include <algorithm>

namespace parley::cc {

/// Less than this part of what may be sent is sent: the application is the limit.
static constexpr double kLimitedBelow = 0.65;
static constexpr Duration kBucket = 100ms;

GoogleController::GoogleController(const Limits& limits)
    : limits_(limits), delay_(limits.start), loss_(limits.start), target_(limits.start) {}

void GoogleController::on_sent(const SentPacket& packet) {
  if (!bucket_) bucket_ = packet.sent;
  while (packet.sent - *bucket_ >= kBucket) {
    sent_rate_ += 0.3 * (static_cast<double>(bucket_bytes_) * 8 / seconds(kBucket) - sent_rate_);
    bucket_bytes_ = 0;
    *bucket_ += kBucket;
    if (packet.sent - *bucket_ > 5s) {
      bucket_ = packet.sent;
      sent_rate_ = 0;
    }
  }
  bucket_bytes_ += packet.size;
  if (begun_) return;
  begun_ = true;
  plan_.begin(limits_.start);
}

bool GoogleController::is_limited() const { return sent_rate_ < kLimitedBelow * target_; }

void GoogleController::on_feedback(const Feedback& feedback) {
  const TimePoint now = feedback.received;
  if (!told_of_packets_) loss_.set(limits_.most);  // from now on the delay leads
  told_of_packets_ = true;
  std::size_t arrived = 0, lost = 0, markable = 0, marked = 0;
  std::optional<double> probed;
  for (const PacketResult& result : feedback.packets) {
    if (!result.arrival) {
      ++lost;
      continue;
    }
    ++arrived;
    if (result.packet.ecn == Ecn::Ect1) ++markable;
    if (result.packet.ecn == Ecn::Ect1 && result.ecn == Ecn::Congestion) ++marked;
    trend_.add(result.packet.sent, *result.arrival);
    received_.add(*result.arrival, result.packet.size);
    if (const auto rate = results_.add(result)) probed = rate;
  }
  loss_.add(arrived, lost, round_trip_, now);
  const double before = target_;
  if (probed && marked == 0 && trend_.usage() != Usage::Overuse && *probed > delay_.rate()) {
    delay_.set(std::min(*probed, limits_.most), now);
    // It got through, so losses allow it as well.
    loss_.set(std::max(loss_.rate(), delay_.rate()));
    plan_.shown(*probed);
  } else {
    delay_.update(trend_.usage(), received_.rate(), {is_limited(), trend_.queueing(), round_trip_}, now);
  }
  if (const auto factor = marks_.add(marked, markable, round_trip_, now))
    delay_.set(std::min(delay_.rate(), *factor * before), now);
  settle(now);
  if (target_ < 0.66 * before) plan_.fell(before, now);
}

void GoogleController::on_loss(std::size_t received, std::size_t lost, TimePoint now) {
  loss_.add(received, lost, round_trip_, now);
  settle(now);
}

void GoogleController::on_round_trip(Duration round_trip, TimePoint) {
  round_trip_ = std::max<Duration>(round_trip, 1ms);
}

void GoogleController::on_remote_limit(double rate, TimePoint now) {
  remote_limit_ = rate;
  // Where the peer estimates, it knows better than our slow growth.
  if (!told_of_packets_) loss_.set(std::max(loss_.rate(), rate));
  settle(now);
}

void GoogleController::settle(TimePoint now) {
  if (!told_of_packets_) {
    const double most = std::min(limits_.most, remote_limit_.value_or(limits_.most));
    loss_.set(std::clamp(loss_.rate(), limits_.least, limits_.most));
    target_ = std::max(std::min(loss_.rate(), most), limits_.least);
    return;
  }
  if (delay_.rate() > limits_.most) delay_.set(limits_.most, now);
  if (delay_.rate() < limits_.least) delay_.set(limits_.least, now);
  loss_.limit(delay_.rate());
  if (loss_.rate() < limits_.least) loss_.set(limits_.least);
  target_ = std::min({delay_.rate(), loss_.rate(), limits_.most, remote_limit_.value_or(limits_.most)});
  target_ = std::max(target_, limits_.least);
  // Losses have spoken: the delay alone does not lead far beyond it.
  if (loss_.rate() < delay_.rate()) delay_.set(std::max(loss_.rate(), limits_.least), now);
}

std::optional<Probe> GoogleController::probe(TimePoint now) {
  if (!begun_) return std::nullopt;
  const auto due = plan_.due(target_, std::min(limits_.most, remote_limit_.value_or(limits_.most)),
                             is_limited() ? std::optional(sent_rate_) : std::nullopt, now);
  if (due) results_.begin(*due);
  return due;
}

}  // namespace parley::cc
