#include "cc/pacer.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

/// Timers are not finer, and one system call sends many packets.
constexpr Duration kBurst = 5ms;
/// Of a probe, which is short itself, no more than the finest timers need.
constexpr Duration kProbeBurst = 2ms;
/// What fills a probe that has bytes enough but too few packets.
constexpr std::size_t kPadding = 100;

}  // namespace

Duration Pacer::ahead() const { return burst_ && !burst_->is_over() ? kProbeBurst : kBurst; }

bool Pacer::is_open(Priority priority, TimePoint now) const {
  return priority == Priority::Audio || now + ahead() > free_at_;
}

bool Pacer::pass(std::size_t bytes, Priority priority, TimePoint now) {
  if (!is_open(priority, now)) return false;
  for (std::size_t before = 0; before <= static_cast<std::size_t>(priority); ++before)
    if (!queues_[before].empty()) return false;
  spend(bytes, now);
  return true;
}

Packet& Pacer::push(const Packet& packet, Priority priority, TimePoint now) {
  if (waiting_ == 0) waits_since_ = now;
  Waiting& waiting = queues_[static_cast<std::size_t>(priority)].push();
  waiting.bytes.assign(packet.head.begin(), packet.head.end());
  waiting.packet = packet;
  if (!packet.owner) {
    waiting.bytes.insert(waiting.bytes.end(), packet.payload.begin(), packet.payload.end());
    waiting.packet.payload = {};
  }
  waiting.packet.head = waiting.bytes;
  waiting.packet.since = now;
  waiting_ += packet.size();
  return waiting.packet;
}

void Pacer::begin(const Probe& probe, TimePoint now) {
  burst_ = Burst{probe};
  free_at_ = now;
}

Pacer::Queue* Pacer::next_queue() {
  const auto found = std::ranges::find_if(queues_, [](const Queue& queue) { return !queue.empty(); });
  return found == queues_.end() ? nullptr : &*found;
}

/// Fast enough that the oldest packet does not wait too long.
double Pacer::rate_now() const {
  if (burst_) return burst_->probe.rate;
  return std::max(rate_, static_cast<double>(waiting_) * 8 / seconds(kLongestWait));
}

Packet* Pacer::pop(TimePoint now) {
  Queue* queue = next_queue();
  if (queue == nullptr) return nullptr;
  if (!is_open(static_cast<Priority>(queue - queues_.data()), now)) return nullptr;
  Packet& packet = queue->front().packet;
  queue->pop();
  spend(packet.size(), now);
  waiting_ -= packet.size();
  return &packet;
}

void Pacer::spend(std::size_t bytes, TimePoint now) {
  if (burst_ && burst_->is_over()) burst_.reset();
  // Whoever comes late finds packets that should have left; a probe is not made up for, since that is how fast it was.
  const bool late = waiting_ > 0 && !burst_;
  const TimePoint idle_until = late ? std::clamp<TimePoint>(waits_since_, now - kMostMadeUp, now) : now;
  free_at_ = std::max(free_at_, idle_until) + from_seconds(static_cast<double>(bytes) * 8 / rate_now());
  free_at_ = std::min<TimePoint>(free_at_, now + kMostDebt);
  if (!burst_) return;
  burst_->sent += bytes;
  ++burst_->packets;
}

std::optional<std::uint32_t> Pacer::probe() const { return burst_ ? std::optional(burst_->probe.id) : std::nullopt; }

std::size_t Pacer::padding(TimePoint now) const {
  if (!burst_ || burst_->is_over() || waiting_ > 0 || !is_open(Priority::Video, now)) return 0;
  const Probe& probe = burst_->probe;
  return burst_->sent < probe.bytes ? probe.bytes - burst_->sent : kPadding;
}

void Pacer::padded(std::size_t bytes, TimePoint now) { spend(bytes, now); }

std::optional<TimePoint> Pacer::next_deadline() const {
  const bool probing = burst_ && !burst_->is_over();
  return waiting_ > 0 || probing ? std::optional(free_at_ - ahead() + 1ms) : std::nullopt;
}

}  // namespace parley::cc
