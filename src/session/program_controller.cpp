#include "session/program_controller.hpp"

#include <algorithm>

namespace parley::session {
namespace {

/// NaN is the least.
double within_reason(double rate) {
  return rate > ProgramController::kLeast ? std::min(rate, ProgramController::kMost) : ProgramController::kLeast;
}

CongestionPacket to_program(const cc::SentPacket& packet) {
  return {.number = packet.number, .size = packet.size, .sent = packet.sent, .probe = packet.probe};
}

}  // namespace

void ProgramController::on_sent(const cc::SentPacket& packet) { program_->on_sent(to_program(packet)); }

void ProgramController::on_feedback(const cc::Feedback& feedback) {
  CongestionReport report{.received = feedback.received};
  report.packets.reserve(feedback.packets.size());
  for (const cc::PacketResult& one : feedback.packets)
    report.packets.push_back(
        {.packet = to_program(one.packet), .arrival = one.arrival, .marked = one.ecn == Ecn::Congestion});
  program_->on_report(report);
}

void ProgramController::on_loss(std::size_t received, std::size_t lost, TimePoint now) {
  if (received + lost == 0) return;
  program_->on_loss(static_cast<double>(lost) / static_cast<double>(received + lost), now);
}

double ProgramController::target_rate() const { return within_reason(program_->target_rate()); }
double ProgramController::pacing_rate() const { return within_reason(program_->pacing_rate()); }

std::optional<cc::Probe> ProgramController::probe(TimePoint now) {
  asked_ = now;
  program_->on_time(now);
  const auto wanted = program_->probe(now);
  if (!wanted || wanted->bytes == 0) return std::nullopt;
  return cc::Probe{.id = wanted->id,
                   .rate = within_reason(wanted->rate),
                   .bytes = std::min(wanted->bytes, kMostProbeBytes),
                   .packets = 1};
}

std::optional<TimePoint> ProgramController::next_deadline() const {
  const auto next = program_->next_deadline();
  return next ? std::optional(std::max(*next, asked_ + kShortest)) : std::nullopt;
}

}  // namespace parley::session
