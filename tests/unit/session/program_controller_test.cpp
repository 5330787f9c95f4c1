// A program's congestion control in the place of ours.
#include "session/program_controller.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/media/scenarios.hpp"

namespace parley::session {
namespace {

using media::test::AdaptiveCall;
using media::test::kVideo;

/// What a controller has been told, and says. The test keeps it while the session has the controller.
struct Notes {
  double target = 500e3, pacing = 1e6;
  std::optional<CongestionProbe> probe;
  std::optional<TimePoint> deadline;
  std::size_t sent = 0, sent_bytes = 0, arrived = 0, lost = 0, probed = 0, reports = 0, marked = 0, times = 0;
  double worst_loss = 0, limit = 0;
  std::chrono::nanoseconds round_trip{};
};

class Noting final : public CongestionController {
 public:
  explicit Noting(Notes& notes) : notes_(notes) {}
  void on_sent(const CongestionPacket& packet) noexcept override {
    ++notes_.sent;
    notes_.sent_bytes += packet.size;
    if (packet.probe) ++notes_.probed;
  }
  void on_report(const CongestionReport& report) noexcept override {
    ++notes_.reports;
    for (const CongestionResult& one : report.packets) {
      ++(one.arrival ? notes_.arrived : notes_.lost);
      if (one.marked) ++notes_.marked;
    }
  }
  void on_loss(double fraction, TimePoint) noexcept override {
    notes_.worst_loss = std::max(notes_.worst_loss, fraction);
  }
  void on_round_trip(std::chrono::nanoseconds round_trip, TimePoint) noexcept override {
    notes_.round_trip = round_trip;
  }
  void on_remote_limit(double rate, TimePoint) noexcept override { notes_.limit = rate; }
  void on_time(TimePoint) noexcept override { ++notes_.times; }
  [[nodiscard]] double target_rate() const noexcept override { return notes_.target; }
  [[nodiscard]] double pacing_rate() const noexcept override { return notes_.pacing; }
  std::optional<CongestionProbe> probe(TimePoint) noexcept override {
    return std::exchange(notes_.probe, std::nullopt);
  }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept override { return notes_.deadline; }

 private:
  Notes& notes_;
};

struct GovernedCall : AdaptiveCall {
  explicit GovernedCall(Notes& notes, const media::Section& section = media::test::video_section())
      : AdaptiveCall(10e6, 1, section) {
    left->session.set_controller(std::make_unique<ProgramController>(std::make_unique<Noting>(notes)));
    connect();
  }
  void send_frames(int count) {
    for (int i = 0; i < count; ++i) send_frame();
  }
};

TEST(ProgramController, IsToldOfMarks) {
  Notes notes;
  GovernedCall call(notes, media::test::told_by_source());
  call.left->session.set_marking(Ecn::Ect1);
  std::size_t marked = 0;
  call.marks = [&](Ecn sent) {
    marked += marked < 20 ? 1 : 0;
    return marked < 20 ? Ecn::Congestion : sent;
  };
  call.send_frames(60);
  EXPECT_EQ(notes.marked, 19U);
}

TEST(ProgramController, GovernsWhatIsSent) {
  Notes notes;
  GovernedCall call(notes);
  call.send_frames(90);
  EXPECT_EQ(call.target(), 500e3);
  const std::size_t before = notes.sent_bytes;
  call.send_frames(300);  // ten seconds
  EXPECT_NEAR(static_cast<double>(notes.sent_bytes - before) * 8 / 10, 500e3, 50e3);
  notes.target = 2e6;
  notes.pacing = 4e6;
  call.send_frames(30);
  EXPECT_EQ(call.target(), 2e6);
}

TEST(ProgramController, IsToldOfPacketsAndOfTime) {
  Notes notes;
  GovernedCall call(notes);
  call.to_right.loss = 0.1;
  call.send_frames(150);
  EXPECT_GT(notes.sent, 200U);
  EXPECT_GT(notes.reports, 50U);
  EXPECT_GT(notes.arrived, notes.sent * 8 / 10);
  EXPECT_GT(notes.lost, 0U);
  EXPECT_GT(notes.times, 150U);
  EXPECT_EQ(notes.worst_loss, 0) << "single packets are told of";
  EXPECT_GE(notes.round_trip, 50ms);
  EXPECT_LT(notes.round_trip, 80ms);
}

TEST(ProgramController, WithoutSuchFeedbackHearsOfLossesAndLimits) {
  media::Section section = media::test::video_section();
  rtp::ExtensionMap without_numbers;
  without_numbers.set(1, rtp::ExtensionKind::Mid);
  section.receive_extensions = section.send_extensions = without_numbers;
  Notes notes;
  GovernedCall call(notes, section);
  call.to_right.loss = 0.2;
  call.send_frames(150);
  EXPECT_EQ(notes.sent, 0U);
  EXPECT_EQ(notes.reports, 0U);
  EXPECT_GT(notes.worst_loss, 0.05);
  EXPECT_LT(notes.worst_loss, 0.6);
  Bytes limit;
  rtp::write(rtp::RemoteLimit{.sender = Ssrc(1), .rate = 700'000, .sources = {}}, limit);
  call.left->session.receive_rtcp(limit, call.now);
  EXPECT_NEAR(notes.limit, 700e3, 4e3);
}

TEST(ProgramController, PacesAndProbes) {
  Notes notes;
  notes.target = 300e3;
  notes.pacing = 600e3;
  GovernedCall call(notes);
  call.send_frames(30);
  EXPECT_EQ(notes.probed, 0U);
  notes.probe = CongestionProbe{.id = 7, .rate = 3e6, .bytes = 20'000};
  const std::size_t before = notes.sent_bytes;
  const TimePoint begin = call.now;
  call.send_frames(3);
  EXPECT_GE(notes.sent_bytes - before, 20'000U) << "with padding, since there is too little media";
  EXPECT_GT(notes.probed, 15U);
  EXPECT_LT(call.now - begin, 150ms);
}

TEST(ProgramController, TimeAloneMayChangeTheTarget) {
  Notes notes;
  GovernedCall call(notes);
  call.send_frames(60);
  notes.target = 111e3;
  notes.deadline = call.now;
  call.filter = [](ByteView, bool) { return true; };  // nothing arrives any more
  call.run(20ms);
  EXPECT_EQ(call.target(), 111e3);
}

/// It says that it is due all the time.
TEST(ProgramController, CannotKeepTheLoopBusy) {
  Notes notes;
  notes.deadline = TimePoint{};
  GovernedCall call(notes);
  const std::size_t before = notes.times;
  call.run(1s);
  EXPECT_LE(notes.times - before, 206U);
  EXPECT_GE(notes.times - before, 190U);
}

TEST(ProgramController, IsHeldToReason) {
  Notes notes;
  ProgramController controller(std::make_unique<Noting>(notes));
  for (const double nonsense : {std::numeric_limits<double>::quiet_NaN(), -1.0, 0.0}) {
    notes.target = notes.pacing = nonsense;
    EXPECT_EQ(controller.target_rate(), ProgramController::kLeast);
    EXPECT_EQ(controller.pacing_rate(), ProgramController::kLeast);
  }
  notes.target = std::numeric_limits<double>::infinity();
  EXPECT_EQ(controller.target_rate(), ProgramController::kMost);
  notes.probe = CongestionProbe{.id = 1, .rate = -5, .bytes = std::numeric_limits<std::size_t>::max()};
  const auto probe = controller.probe(TimePoint(1s));
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->rate, ProgramController::kLeast);
  EXPECT_EQ(probe->bytes, ProgramController::kMostProbeBytes);
  notes.probe = CongestionProbe{.id = 1, .rate = 1e6, .bytes = 0};
  EXPECT_FALSE(controller.probe(TimePoint(1s)));
}

}  // namespace
}  // namespace parley::session
