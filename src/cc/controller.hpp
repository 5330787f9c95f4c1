#pragma once

#include <memory>
#include <optional>

#include "cc/delay_rate.hpp"
#include "cc/delay_trend.hpp"
#include "cc/feedback.hpp"
#include "cc/loss_rate.hpp"
#include "cc/marked_share.hpp"
#include "cc/probing.hpp"
#include "cc/received_rate.hpp"

namespace parley::cc {

/// Decides how much a transport may send.
class Controller {
 public:
  virtual ~Controller() = default;
  virtual void on_sent(const SentPacket& packet) = 0;
  virtual void on_feedback(const Feedback& feedback) = 0;
  /// Losses as receivers report them, where there is no feedback about single packets.
  virtual void on_loss(std::size_t received, std::size_t lost, TimePoint now) = 0;
  virtual void on_round_trip(Duration round_trip, TimePoint now) = 0;
  /// What the peer allows (REMB).
  virtual void on_remote_limit(double rate, TimePoint now) = 0;
  /// For all that is sent, and how fast packets may follow each other.
  [[nodiscard]] virtual double target_rate() const = 0;
  [[nodiscard]] virtual double pacing_rate() const = 0;
  /// A burst that should be sent now; packets of it are given to on_sent() with its id.
  virtual std::optional<Probe> probe(TimePoint now) = 0;
  [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;
};

struct Limits {
  double start = 300'000, least = 30'000, most = 20'000'000;
};

/// Delay and loss, whichever allows less: draft-ietf-rmcat-gcc-02, with probing. Where packets are sent with ECT(1),
/// also marks of congestion.
class GoogleController final : public Controller {
 public:
  explicit GoogleController(const Limits& limits);

  void on_sent(const SentPacket& packet) override;
  void on_feedback(const Feedback& feedback) override;
  void on_loss(std::size_t received, std::size_t lost, TimePoint now) override;
  void on_round_trip(Duration round_trip, TimePoint now) override;
  void on_remote_limit(double rate, TimePoint now) override;
  [[nodiscard]] double target_rate() const override { return target_; }
  /// Queues that mark are short: a burst would be marked, however little is sent.
  [[nodiscard]] double pacing_rate() const override { return (marks_.known() ? 1.25 : 2.5) * target_; }
  std::optional<Probe> probe(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return plan_.next_deadline(); }

 private:
  void settle(TimePoint now);
  [[nodiscard]] bool is_limited() const;

  Limits limits_;
  DelayTrend trend_;
  ReceivedRate received_;
  DelayRate delay_;
  LossRate loss_;
  MarkedShare marks_;
  ProbePlan plan_;
  ProbeResults results_;
  Duration round_trip_ = 100ms;
  std::optional<double> remote_limit_;
  double target_;
  bool begun_ = false;
  /// Whether the peer tells of single packets. If not, the losses that it reports and what it allows are all there is.
  bool told_of_packets_ = false;
  /// Bytes sent in the last moments, in buckets of 100 ms: whether the application uses what it may.
  double sent_rate_ = 0;
  std::size_t bucket_bytes_ = 0;
  std::optional<TimePoint> bucket_;
};

}  // namespace parley::cc
