#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace parley::dtls::test {

/// One end of a Wire.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual void receive(ByteView datagram, TimePoint now) = 0;
  virtual std::optional<TimePoint> next_deadline() const = 0;
  virtual void advance(TimePoint now) = 0;

  std::function<void(ByteView)> output;
};

/// A network between two endpoints, in virtual time: it is as late as the next thing that happens.
class Wire {
 public:
  /// What becomes of one datagram: the times after which its copies arrive; none for a lost one.
  using Fate = std::function<std::vector<Duration>(std::size_t index, ByteView datagram)>;

  Wire(Endpoint& a, Endpoint& b, Fate fate = {}) : fate_(std::move(fate)) {
    ends_[0] = &a;
    ends_[1] = &b;
    a.output = [this](ByteView datagram) { sent(*ends_[1], datagram); };
    b.output = [this](ByteView datagram) { sent(*ends_[0], datagram); };
  }

  TimePoint now() const { return now_; }
  Duration elapsed() const { return now_ - kStart; }
  std::size_t datagrams() const { return count_; }
  std::size_t largest() const { return largest_; }

  /// Lets things happen until `done`, or until nothing happens any more within `limit`. Whether `done`.
  bool run_until(const std::function<bool()>& done, Duration limit = 60s) {
    const TimePoint end = now_ + limit;
    while (!done())
      if (!step(end)) return done();
    return true;
  }
  void run_for(Duration time) {
    const TimePoint end = now_ + time;
    while (step(end)) {
    }
    now_ = end;
  }

  static constexpr Duration kDelay = 10ms;

 private:
  struct Flying {
    Endpoint* to;
    Bytes datagram;
  };

  void sent(Endpoint& to, ByteView datagram) {
    largest_ = std::max(largest_, datagram.size());
    const auto fate = fate_ ? fate_(count_, datagram) : std::vector<Duration>{kDelay};
    ++count_;
    for (const Duration after : fate) flying_.emplace(now_ + after, Flying{&to, {datagram.begin(), datagram.end()}});
  }

  bool step(TimePoint end) {
    std::optional<TimePoint> next = earlier(ends_[0]->next_deadline(), ends_[1]->next_deadline());
    if (!flying_.empty()) next = earlier(next, flying_.begin()->first);
    if (!next || *next > end) return false;
    now_ = std::max(now_, *next);
    if (!flying_.empty() && flying_.begin()->first <= now_) {
      const Flying one = std::move(flying_.extract(flying_.begin()).mapped());
      one.to->receive(one.datagram, now_);
      return true;
    }
    for (Endpoint* end_point : ends_)
      if (const auto deadline = end_point->next_deadline(); deadline && *deadline <= now_) end_point->advance(now_);
    return true;
  }

  static constexpr TimePoint kStart{std::chrono::hours(1)};
  Endpoint* ends_[2];
  Fate fate_;
  TimePoint now_ = kStart;
  std::multimap<TimePoint, Flying> flying_;
  std::size_t count_ = 0, largest_ = 0;
};

/// Loses, repeats and delays at random, the same for the same seed.
inline Wire::Fate unreliable(unsigned seed, double loss, double repetition) {
  return [random = std::mt19937(seed), loss, repetition](std::size_t, ByteView) mutable {
    std::uniform_real_distribution<double> chance(0, 1);
    std::vector<Duration> copies;
    const auto delay = [&] {
      return Wire::kDelay + std::chrono::microseconds(static_cast<int>(chance(random) * 30000));
    };
    if (chance(random) >= loss) copies.push_back(delay());
    if (chance(random) < repetition) copies.push_back(delay());
    return copies;
  };
}

}  // namespace parley::dtls::test
