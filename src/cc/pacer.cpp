#include "cc/pacer.hpp"

#include <algorithm>
#include <utility>

namespace parley::cc {
namespace {

/// Timers are not finer, and one system call sends many packets.
constexpr Duration kBurst = 5ms;
constexpr std::size_t kMostSpare = 512;

}  // namespace

void Pacer::push(ByteView packet, Priority priority) {
  Packet queued;
  if (!spare_.empty()) {
    queued = std::move(spare_.back());
    spare_.pop_back();
  }
  queued.bytes.assign(packet.begin(), packet.end());
  waiting_ += packet.size();
  queues_[static_cast<std::size_t>(priority)].push_back(std::move(queued));
}

void Pacer::begin(const Probe& probe, TimePoint now) {
  burst_ = Burst{probe, now};
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

Pacer::Packet* Pacer::pop(TimePoint now) {
  Queue* queue = next_queue();
  if (queue == nullptr) return nullptr;
  if (queue != &queues_.front() && now + kBurst <= free_at_) return nullptr;
  if (spare_.size() < kMostSpare && current_.bytes.capacity() > 0) spare_.push_back(std::move(current_));
  current_ = std::move(queue->front());
  queue->pop_front();
  spend(current_.bytes.size(), now);
  waiting_ -= current_.bytes.size();
  return &current_;
}

void Pacer::spend(std::size_t bytes, TimePoint now) {
  if (burst_ && burst_->sent >= burst_->probe.bytes) burst_.reset();
  free_at_ = std::max(free_at_, now) + from_seconds(static_cast<double>(bytes) * 8 / rate_now());
  if (burst_) burst_->sent += bytes;
}

std::optional<std::uint32_t> Pacer::probe() const { return burst_ ? std::optional(burst_->probe.id) : std::nullopt; }

std::size_t Pacer::padding(TimePoint now) const {
  if (!burst_ || burst_->sent >= burst_->probe.bytes || waiting_ > 0 || now + kBurst <= free_at_) return 0;
  return burst_->probe.bytes - burst_->sent;
}

void Pacer::padded(std::size_t bytes, TimePoint now) { spend(bytes, now); }

std::optional<TimePoint> Pacer::next_deadline() const {
  const bool probing = burst_ && burst_->sent < burst_->probe.bytes;
  return waiting_ > 0 || probing ? std::optional(free_at_ - kBurst + 1ms) : std::nullopt;
}

}  // namespace parley::cc
