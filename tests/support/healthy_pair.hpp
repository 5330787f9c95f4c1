#pragma once

#include <atomic>

#include "support/pair.hpp"
#include "support/resources.hpp"

namespace parley::test {

/// Two connections on the victim's loop that play ping-pong all the time: what they notice of an attack is what others
/// suffer.
class HealthyPair {
 public:
  explicit HealthyPair(const std::shared_ptr<EventLoop>& loop)
      : loop_(loop), pair_(on_loopback(loop), on_loopback(loop)) {
    pair_.answerer.ondatachannel = [](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [far = event.channel.get()](const MessageEvent& ping) { far->send(ping.text()); };
    };
    channel_ = pair_.offerer.createDataChannel("ping");
    channel_->onopen = [this] { ping(); };
    channel_->onmessage = [this] {
      const auto trip = std::chrono::steady_clock::now() - sent_;
      if (trip > worst_.load()) worst_ = trip;
      if (++trips_ == kWarmUp) warm_.set();
      loop_->after(1ms, [this] {
        if (playing_) ping();
      });
    };
    pair_.negotiate().get(20s);
    opened_ = warm_.wait();
  }
  ~HealthyPair() {
    loop_->run([this] { playing_ = false; });
    pair_.offerer.close();
    pair_.answerer.close();
    loop_->delay(5ms).get();  // the last timer refers to this
  }
  HealthyPair(const HealthyPair&) = delete;
  HealthyPair& operator=(const HealthyPair&) = delete;

  [[nodiscard]] bool opened() const { return opened_; }
  /// The game goes on: another trip is completed.
  [[nodiscard]] bool alive() {
    const unsigned long before = trips_;
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
      if (trips_ > before + 1) return true;
      loop_->delay(1ms).get();
    }
    return false;
  }
  /// The longest round trip so far. On a quiet machine one takes a tenth of a millisecond.
  [[nodiscard]] std::chrono::milliseconds worst() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(worst_.load());
  }
  /// What others may notice: far more than one packet's time, far less than a stalled loop's. Tests run side by side.
  static constexpr std::chrono::milliseconds kBearable = kSanitized ? 5s : 1s;

 private:
  void ping() {
    sent_ = std::chrono::steady_clock::now();
    if (channel_->readyState() == RTCDataChannelState::Open) channel_->send("x");
  }

  /// By then whatever a connection needs to talk fast is there and is not mistaken for growth.
  static constexpr unsigned long kWarmUp = 50;

  std::shared_ptr<EventLoop> loop_;
  Pair pair_;
  std::shared_ptr<RTCDataChannel> channel_;
  Latch warm_;
  bool opened_ = false, playing_ = true;          // the latter on the loop
  std::chrono::steady_clock::time_point sent_{};  // on the loop
  std::atomic<std::chrono::steady_clock::duration> worst_{};
  std::atomic<unsigned long> trips_ = 0;
};

}  // namespace parley::test
