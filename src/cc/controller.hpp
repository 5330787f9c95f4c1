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
#include "cc/sent_rate.hpp"

namespace parley::cc {

/// Decides how much a transport may send.
class Controller {
 public:
  virtual ~Controller() = default;
  virtual void on_sent(const SentPacket& packet) = 0;
  /// A packet has left of which the peer will not tell.
  virtual void on_sent_untold(std::size_t /*size*/, TimePoint /*now*/) {}
  virtual void on_feedback(const Feedback& feedback) = 0;
  /// Losses as receivers report them, where there is no feedback about single packets.
  virtual void on_loss(std::size_t received, std::size_t lost, TimePoint now) = 0;
  virtual void on_round_trip(Duration round_trip, TimePoint now) = 0;
  /// What the peer allows (REMB).
  virtual void on_remote_limit(double rate, TimePoint now) = 0;
  /// Packets take another way from now on, of which nothing is known.
  virtual void on_path_change(TimePoint /*now*/) {}
  /// For all that is sent, and how fast packets may follow each other.
  [[nodiscard]] virtual double target_rate() const = 0;
  [[nodiscard]] virtual double pacing_rate() const = 0;
  /// A burst that should be sent now; packets of it are given to on_sent() with its id.
  virtual std::optional<Probe> probe(TimePoint now) = 0;
  [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;
};

struct Limits {
  double start = 300'000, least = 30'000, most = 1e9;
};

/// Delay and loss, whichever allows less: draft-ietf-rmcat-gcc-02, with probing. Where packets are sent with ECT(1),
/// also marks of congestion. Where feedback stops coming, the rate falls by itself (RFC 8836 section 2).
class GoogleController final : public Controller {
 public:
  explicit GoogleController(const Limits& limits);

  void on_sent(const SentPacket& packet) override;
  void on_sent_untold(std::size_t size, TimePoint now) override { sent_.add(size, now); }
  void on_feedback(const Feedback& feedback) override;
  void on_loss(std::size_t received, std::size_t lost, TimePoint now) override;
  void on_round_trip(Duration round_trip, TimePoint now) override;
  void on_remote_limit(double rate, TimePoint now) override;
  void on_path_change(TimePoint now) override;
  [[nodiscard]] double target_rate() const override { return target_; }
  /// Queues that mark are short: a burst would be marked, however little is sent.
  [[nodiscard]] double pacing_rate() const override { return (marks_.known() ? 1.25 : 2.5) * target_; }
  std::optional<Probe> probe(TimePoint now) override;
  /// While nothing is told nothing is probed, whatever is planned.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
    return before_silence_ ? std::nullopt : plan_.next_deadline();
  }

 private:
  void settle(TimePoint now);
  [[nodiscard]] bool is_limited(TimePoint now) { return sent_.rate(now) < kLimitedBelow * target_; }
  void miss_feedback(TimePoint now);
  void end_silence(TimePoint now);

  /// Less than this part of what may be sent is sent: the application is the limit.
  static constexpr double kLimitedBelow = 0.65;

  Limits limits_;
  DelayTrend trend_;
  ReceivedRate received_;
  DelayRate delay_;
  LossRate loss_;
  MarkedShare marks_;
  ProbePlan plan_;
  ProbeResults results_;
  static constexpr Duration kUsualRoundTrip = 100ms;
  Duration round_trip_ = kUsualRoundTrip;
  std::optional<double> remote_limit_;
  double target_;
  bool begun_ = false;
  /// Whether the peer tells of single packets. If not, the losses that it reports and what it allows are all there is.
  bool told_of_packets_ = false;
  SentRate sent_, used_;  // all; what was not there to fill a probe
  /// What was sent before says nothing of the path there is now.
  TimePoint path_since_ = TimePoint::min();
  /// Packets that have left without a pause since the peer has told of any; since when, or since it was last a reason
  /// to fall.
  std::size_t untold_ = 0;
  TimePoint untold_since_{}, last_untold_{};
  std::optional<double> before_silence_;  ///< the rate, if it has fallen by that
};

}  // namespace parley::cc
