#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "parley/signaling_channel.hpp"

namespace parley::test {

/// Both ends of a way between two peers of one loop that keeps the order and loses nothing, but takes its time and
/// delivers some messages twice, at once or later. What happens is a function of the seed. Loop thread only.
class SeededWire {
 public:
  struct Rules {
    std::chrono::microseconds longest_delay{3000};
    unsigned repeated_percent = 20;
  };
  SeededWire(std::shared_ptr<EventLoop> loop, unsigned seed, Rules rules)
      : ends_{std::make_shared<End>(loop, seed, rules), std::make_shared<End>(loop, seed + 1, rules)} {
    ends_[0]->other = ends_[1];
    ends_[1]->other = ends_[0];
    for (const auto& end : ends_) end->opened();
  }
  [[nodiscard]] std::shared_ptr<SignalingChannel> end(std::size_t index) const { return ends_[index]; }
  [[nodiscard]] bool is_quiet() const { return ends_[0]->way.empty() && ends_[1]->way.empty(); }
  /// What is under way is lost.
  void cut() {
    for (const auto& end : ends_) end->close();
  }

 private:
  class End final : public SignalingChannel, public std::enable_shared_from_this<End> {
   public:
    using SignalingChannel::opened;
    End(std::shared_ptr<EventLoop> on, unsigned seed, Rules wire_rules)
        : SignalingChannel(std::move(on)), rules(wire_rules), random(seed) {}
    void send(const nlohmann::json& message) override {
      if (state() == State::Closed) throw InvalidStateError("cut");
      deliver_later(message);
      recent.push_back(message);
      if (recent.size() > 4) recent.pop_front();
      if (random() % 100 < rules.repeated_percent) deliver_later(recent[random() % recent.size()]);
    }
    void close() override { closed(ClosedBy::Us); }

    void deliver_later(const nlohmann::json& message) {
      using namespace std::chrono;
      const auto now = steady_clock::now();
      last = std::max(last, now + microseconds(random() % static_cast<unsigned>(rules.longest_delay.count() + 1)));
      way.push_back(message);
      loop()->after(last - now, [self = shared_from_this()] {  // one of them is due, and that is the first
        const nlohmann::json first = std::move(self->way.front());
        self->way.pop_front();
        const auto to = self->other.lock();
        if (to && self->state() != State::Closed) to->received(first);
      });
    }

    const Rules rules;
    std::minstd_rand random;
    std::weak_ptr<End> other;
    std::deque<nlohmann::json> way, recent;
    std::chrono::steady_clock::time_point last;
  };
  std::shared_ptr<End> ends_[2];
};

}  // namespace parley::test
