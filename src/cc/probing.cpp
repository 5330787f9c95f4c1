#include "cc/probing.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

constexpr Duration kLength = 15ms;
constexpr Duration kPause = 50ms;
constexpr std::size_t kLeastBytes = 7200;
/// What is slower than that may be shorter, so that it is over soon.
constexpr Duration kLongest = 250ms;
/// Shorter ones are not measured: clocks are not finer, and networks put packets together.
constexpr Duration kShortest = 2ms;
/// What arrives so much faster than it has left has waited somewhere.
constexpr double kMostCompressed = 2;
/// What networks add to each packet, and how large those of media are.
constexpr double kBelow = 40, kUsualPacket = 1200;
constexpr double kEnough = 0.8;
/// Between probes while the application uses little.
constexpr Duration kLimitedPause = 5s;
constexpr double kMuchMore = 4;
/// Up to here, or so many times what is used (which comes after what is known to be there), it is known soon what there
/// is. Probes of more would be most of what is sent.
constexpr double kMostUnused = 20e6, kFarMore = 40;
/// Between looking whether what was lost is there again.
constexpr Duration kRecoveryPause = 4s;

}  // namespace

void ProbeResults::begin(const Probe& probe) {
  running_.push_back({.probe = probe});
  if (running_.size() > 8) running_.pop_front();
}

std::optional<double> ProbeResults::add(const PacketResult& result) {
  if (!result.packet.probe || !result.arrival) return std::nullopt;
  const auto found = std::ranges::find(running_, *result.packet.probe, [](const Running& one) { return one.probe.id; });
  if (found == running_.end()) return std::nullopt;
  Running& running = *found;
  ++running.packets;
  running.bytes += result.packet.size;
  running.first_sent = std::min(running.first_sent, result.packet.sent);
  if (result.packet.sent >= running.last_sent) {
    running.last_sent = result.packet.sent;
    running.last_sent_size = result.packet.size;
  }
  if (*result.arrival < running.first_arrival) {
    running.first_arrival = *result.arrival;
    running.first_arrival_size = result.packet.size;
  }
  running.last_arrival = std::max(running.last_arrival, *result.arrival);
  if (static_cast<double>(running.packets) < kEnough * static_cast<double>(running.probe.packets) ||
      static_cast<double>(running.bytes) < kEnough * static_cast<double>(running.probe.bytes))
    return std::nullopt;
  const auto rate = judge(running);
  running_.erase(found);
  return rate;
}

std::optional<double> ProbeResults::judge(const Running& running) {
  const double sending = seconds(running.last_sent - running.first_sent);
  const double arriving = seconds(running.last_arrival - running.first_arrival);
  if (sending < seconds(kShortest) || sending > 1 || arriving > 1 || kMostCompressed * arriving < sending)
    return std::nullopt;
  const double sent = static_cast<double>(running.bytes - running.last_sent_size) * 8 / sending;
  const double received = static_cast<double>(running.bytes - running.first_arrival_size) * 8 / arriving;
  // Where it came out slower than it went in, that is the path's rate; a little less leaves room.
  const double shown = received < 0.9 * sent ? 0.95 * received : std::min(sent, received);
  // Padding comes in small packets, which take more of the path than what media will.
  const double packet = static_cast<double>(running.bytes) / static_cast<double>(running.packets);
  const double worth = (packet + kBelow) / packet * kUsualPacket / (kUsualPacket + kBelow);
  // Nobody has tried whether more than was wanted would get through, though timers may have let it leave faster.
  return std::min(shown * worth, running.probe.rate);
}

void ProbePlan::begin(double start) {
  last_.reset();
  recover_at_.reset();
  wanted_ = {3 * start, 6 * start};
  further_above_ = 0.7 * 6 * start;
}

void ProbePlan::shown(double rate) {
  if (!further_above_ || rate < *further_above_ || !wanted_.empty()) return;
  wanted_.push_back(2 * rate);
  further_above_ = 0.7 * 2 * rate;
}

void ProbePlan::fell(double before, TimePoint now) {
  further_above_.reset();
  wanted_.clear();
  recover_rate_ = recover_at_ ? std::max(recover_rate_, 0.85 * before) : 0.85 * before;
  recover_at_ = now + kRecoveryPause;
}

void ProbePlan::back(double before, TimePoint now) {
  fell(before, now);
  wanted_ = {0.5 * before, before};
  further_above_ = 0.7 * before;
}

std::optional<Probe> ProbePlan::due(double rate, double most, std::optional<double> used, TimePoint now) {
  if (recover_at_ && now >= *recover_at_) {
    recover_at_ = now + kRecoveryPause;
    if (recover_rate_ > 1.2 * rate) {
      wanted_.push_back(std::min(recover_rate_, 2 * rate));
      further_above_ = 0.7 * wanted_.back();
    } else {
      recover_at_.reset();
    }
  }
  if (used) most = std::min(most, std::max(kMostUnused, kFarMore * *used));
  // There is no use in knowing much more than is used.
  if (wanted_.empty() && used && last_ && now - *last_ >= kLimitedPause)
    wanted_.push_back(std::min(2 * rate, kMuchMore * *used));
  while (!wanted_.empty() && std::min(wanted_.front(), most) <= rate) wanted_.erase(wanted_.begin());
  if (wanted_.empty() || (last_ && now - *last_ < kPause)) return std::nullopt;
  const double faster = std::min(wanted_.front(), most);
  wanted_.erase(wanted_.begin());
  last_ = now;
  const auto bytes = [&](Duration length) { return static_cast<std::size_t>(faster / 8 * seconds(length)); };
  return Probe{
      .id = next_id_++, .rate = faster, .bytes = std::max(bytes(kLength), std::min(kLeastBytes, bytes(kLongest)))};
}

std::optional<TimePoint> ProbePlan::next_deadline() const {
  std::optional<TimePoint> next = recover_at_;
  if (!wanted_.empty()) next = earlier(next, last_ ? *last_ + kPause : TimePoint{});
  return next;
}

}  // namespace parley::cc
