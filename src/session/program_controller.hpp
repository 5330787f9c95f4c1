#pragma once

#include <memory>

#include "cc/controller.hpp"
#include "parley/congestion_controller.hpp"

namespace parley::session {

/// A program's controller in the place of ours. What it says is taken within reason.
class ProgramController final : public cc::Controller {
 public:
  static constexpr double kLeast = 1000, kMost = 1e11;
  static constexpr std::size_t kMostProbeBytes = 1'000'000;
  /// It need not be asked more often.
  static constexpr Duration kShortest = 5ms;

  explicit ProgramController(std::unique_ptr<CongestionController> program) : program_(std::move(program)) {}

  void on_sent(const cc::SentPacket& packet) override;
  void on_feedback(const cc::Feedback& feedback) override;
  void on_loss(std::size_t received, std::size_t lost, TimePoint now) override;
  void on_round_trip(Duration round_trip, TimePoint now) override { program_->on_round_trip(round_trip, now); }
  void on_remote_limit(double rate, TimePoint now) override { program_->on_remote_limit(rate, now); }
  [[nodiscard]] double target_rate() const override;
  [[nodiscard]] double pacing_rate() const override;
  std::optional<cc::Probe> probe(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

 private:
  std::unique_ptr<CongestionController> program_;
  TimePoint asked_{};
};

}  // namespace parley::session
