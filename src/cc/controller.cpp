#include "cc/controller.hpp"

#include <algorithm>

namespace parley::cc {

GoogleController::GoogleController(const Limits& limits)
    : limits_(limits), delay_(limits.start), loss_(limits.start), target_(limits.start) {}

void GoogleController::on_sent(const SentPacket& packet) {
  sent_.add(packet.size, packet.sent);
  if (!packet.probe) used_.add(packet.size, packet.sent);
  miss_feedback(packet.sent);
  if (begun_) return;
  begun_ = true;
  plan_.begin(limits_.start);
}

/// Whoever hears nothing of many packets in a row does not know what it does to the path: half, and half again. Peers
/// that have never told anything keep the rate that it has begun with.
void GoogleController::miss_feedback(TimePoint now) {
  constexpr std::size_t kMany = 10;
  constexpr Duration kLeastPatience = 1s, kBetweenFeedback = 250ms, kPause = 500ms;
  if (now - last_untold_ > kPause) untold_ = 0;
  if (untold_++ == 0) untold_since_ = now;
  last_untold_ = now;
  if (!told_of_packets_ || untold_ < kMany) return;
  if (now - untold_since_ < std::max<Duration>(kLeastPatience, 3 * round_trip_ + 2 * kBetweenFeedback)) return;
  untold_since_ = now;
  if (!before_silence_) before_silence_ = target_;
  delay_.set(target_ / 2, now);
  settle(now);
}

/// What got through before may well do so again; the queue's trend is that of other times.
void GoogleController::end_silence(TimePoint now) {
  untold_ = 0;
  if (!before_silence_) return;
  trend_ = {};
  received_ = {};
  plan_.back(*before_silence_, now);
  before_silence_.reset();
}

void GoogleController::on_feedback(const Feedback& feedback) {
  const TimePoint now = feedback.received;
  if (!told_of_packets_) loss_.set(limits_.most);  // from now on the delay leads
  told_of_packets_ = true;
  end_silence(now);
  std::size_t arrived = 0, lost = 0, markable = 0, marked = 0;
  std::optional<double> probed;
  for (const PacketResult& result : feedback.packets) {
    if (result.packet.sent < path_since_) continue;
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
  if (arrived + lost == 0) return;
  loss_.add(arrived, lost, round_trip_, now);
  const double before = target_;
  if (probed && marked == 0 && trend_.usage() != Usage::Overuse && *probed > delay_.rate()) {
    delay_.set(std::min(*probed, limits_.most), now);
    // It got through, so losses allow it as well.
    loss_.set(std::max(loss_.rate(), delay_.rate()));
    plan_.shown(*probed);
  } else {
    delay_.update(trend_.usage(), received_.rate(), {is_limited(now), trend_.queueing(), round_trip_}, now);
  }
  if (const auto factor = marks_.add(marked, markable, round_trip_, now))
    delay_.set(std::min(delay_.rate(), *factor * before), now);
  settle(now);
  if (target_ < 0.66 * before) plan_.fell(before, now);
}

void GoogleController::on_loss(std::size_t received, std::size_t lost, TimePoint now) {
  loss_.add(received, lost, round_trip_, now, !is_limited(now));
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

/// Begins as if nothing had been sent yet, but never faster than it was.
void GoogleController::on_path_change(TimePoint now) {
  if (sent_.rate(now) == 0 && !begun_) return;
  target_ = std::min(target_, limits_.start);
  trend_ = {};
  received_ = {};
  marks_ = {};
  results_ = {};
  delay_ = DelayRate(target_);
  loss_ = LossRate(told_of_packets_ ? 2 * target_ : target_);
  remote_limit_.reset();
  round_trip_ = kUsualRoundTrip;
  path_since_ = now;
  untold_ = 0;
  before_silence_.reset();
  plan_.begin(target_);
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
  if (!begun_ || before_silence_) return std::nullopt;
  const auto due = plan_.due(target_, std::min(limits_.most, remote_limit_.value_or(limits_.most)),
                             is_limited(now) ? std::optional(used_.rate(now)) : std::nullopt, now);
  if (due) results_.begin(*due);
  return due;
}

}  // namespace parley::cc
