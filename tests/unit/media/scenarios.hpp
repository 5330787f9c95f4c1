#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/media/call.hpp"

/// What happens to a link, and what a sender that follows its target rate makes of it: in virtual time, the same in
/// every run. The tests of congestion control and the benchmark that draws it have the same ones.
namespace parley::media::test {

/// Whose packets the peer tells of by RFC 8888, without transport-wide numbers.
inline Section told_by_source(Section section = video_section()) {
  rtp::ExtensionMap map;
  map.set(1, rtp::ExtensionKind::Mid);
  map.set(2, rtp::ExtensionKind::SendTime);
  section.receive_extensions = section.send_extensions = map;
  for (auto* formats : {&section.send_formats, &section.receive_formats})
    for (Format& format : *formats) {
      format.transport_cc = false;
      format.congestion_feedback = true;
    }
  return section;
}

/// An encoder that obeys, over a link with 50 ms of round trip.
struct AdaptiveCall : Call {
  AdaptiveCall(double rate, std::uint32_t seed, const Section& section = video_section()) : Call(seed) {
    const Encoding encoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};
    to_right = {.loss = 0, .delay = 25ms, .jitter = {}, .rate = rate, .queue = 500ms};
    to_left.delay = 25ms;
    left->session.configure({sending(section, {encoding})});
    right->session.configure({receiving(section)});
  }
  [[nodiscard]] double target() const { return left->rates.empty() ? 300e3 : left->rates.back(); }

  /// Sends a frame as large as the target allows after headers, and lets its time pass.
  void send_frame() {
    const bool key = !left->requests.empty();
    left->requests.clear();
    const double rate = std::min(target() * 0.95, most);
    const auto size = static_cast<std::size_t>(std::max(100.0, rate / 8 / 30));
    const Bytes data = vp8(key, size, 1);
    if (!left->session.send(kVideo, "", frame_of(data, key), now)) std::abort();
    run(33'333us);
  }

  double most = 1e9;  // that the encoder has to give
};

/// What a flow like TCP's would do to the same queue: a window that grows by a packet each round trip and halves when
/// one is lost. Its packets take their place in the link's queue.
class GreedyFlow {
 public:
  explicit GreedyFlow(Call& call) : call_(call), next_round_(call.now) {}
  void advance() {
    while (next_round_ <= call_.now) {
      std::size_t lost = 0;
      for (std::size_t i = 0; i < static_cast<std::size_t>(window_); ++i) lost += call_.occupy(1500) ? 0U : 1U;
      sent_ += static_cast<std::size_t>(window_) - lost;
      window_ = lost > 0 ? std::max(1.0, window_ / 2) : window_ + 1;
      next_round_ += 50ms + call_.queueing();
    }
  }
  [[nodiscard]] std::size_t bytes() const { return sent_ * 1500; }

 private:
  Call& call_;
  TimePoint next_round_;
  double window_ = 2;
  std::size_t sent_ = 0;
};

struct Scenario {
  std::string_view name, title;
  Duration length;
  double rate = 3e6;  ///< of the link
  /// When it has another one.
  std::vector<std::pair<Duration, double>> changes = {};
  double loss = 0;
  Duration jitter{}, queue = 500ms;
  double most = 1e9;  ///< that the encoder has to give
  std::size_t flows = 1;
  std::optional<Duration> greedy_from = std::nullopt;
};

/// After each frame of a flow.
struct Sample {
  Duration at{};
  double target = 0, capacity = 0;
  Duration queueing{};
  std::size_t sent = 0, lost = 0;  ///< packets, all together so far
  std::size_t greedy = 0;          ///< bytes of the other flow so far
};
using Samples = std::vector<Sample>;

inline const Scenario kStart{.name = "start", .title = "Finding a link of 3 Mbit/s", .length = 20s};
inline const Scenario kShrink{.name = "shrink",
                              .title = "A link that shrinks to a third, and comes back",
                              .length = 60s,
                              .changes = {{20s, 1e6}, {30s, 3e6}}};
inline const Scenario kNoise{.name = "noise",
                             .title = "A path that loses 2 % and jitters by 10 ms",
                             .length = 30s,
                             .loss = 0.02,
                             .jitter = 10ms};
inline const Scenario kLimited{.name = "limited",
                               .title = "An application that uses 400 kbit/s of 50 Mbit/s",
                               .length = 30s,
                               .rate = 50e6,
                               .most = 400e3};
inline const Scenario kGreedy{.name = "greedy",
                              .title = "A flow like TCP's comes to the same queue",
                              .length = 90s,
                              .queue = 150ms,
                              .greedy_from = 10s};
inline const Scenario kShared{.name = "shared", .title = "Two flows share a link", .length = 100s, .flows = 2};
inline const Scenario kFull{
    .name = "full", .title = "A link of 1 Mbit/s that is always full", .length = 40s, .rate = 1e6};
inline const Scenario* const kScenarios[] = {&kStart, &kShrink, &kNoise, &kLimited, &kGreedy, &kShared, &kFull};

/// What each flow has seen. `prepare` may do something to the sessions before they begin.
inline std::vector<Samples> play(const Scenario& scenario, std::uint32_t seed = 1,
                                 const Section& section = video_section(),
                                 const std::function<void(AdaptiveCall&)>& prepare = nullptr) {
  std::vector<std::unique_ptr<AdaptiveCall>> flows;
  for (std::size_t i = 0; i < scenario.flows; ++i) {
    auto& call = *flows.emplace_back(
        std::make_unique<AdaptiveCall>(scenario.rate, seed + static_cast<std::uint32_t>(i), section));
    call.to_right.loss = scenario.loss;
    call.to_right.jitter = scenario.jitter;
    call.to_right.queue = scenario.queue;
    call.most = scenario.most;
    if (i > 0) flows.front()->share_link_with(call);
    if (prepare) prepare(call);
    call.connect();
  }
  std::vector<Samples> samples(flows.size());
  std::optional<GreedyFlow> greedy;
  const TimePoint begin = flows.front()->now;
  while (flows.front()->now - begin < scenario.length) {
    for (std::size_t i = 0; i < flows.size(); ++i) {
      AdaptiveCall& call = *flows[i];
      for (const auto& [at, rate] : scenario.changes)
        if (call.now - begin >= at) call.to_right.rate = rate;
      if (scenario.greedy_from && !greedy && call.now - begin >= *scenario.greedy_from) greedy.emplace(call);
      call.send_frame();
      if (greedy) greedy->advance();
      samples[i].push_back({.at = call.now - begin,
                            .target = call.target(),
                            .capacity = *call.to_right.rate,
                            .queueing = call.queueing(),
                            .sent = call.sent_packets(),
                            .lost = call.lost_packets(),
                            .greedy = greedy ? greedy->bytes() : 0});
    }
  }
  return samples;
}

/// When the target first was at least `wanted`, from `from` on; the end of time if it never was.
inline Duration time_to(double wanted, const Samples& samples, Duration from = {}) {
  const auto reached =
      std::ranges::find_if(samples, [&](const Sample& one) { return one.at >= from && one.target >= wanted; });
  return reached == samples.end() ? Duration::max() : reached->at - from;
}

/// The last sample before `at`.
inline const Sample& before(Duration at, const Samples& samples) {
  const auto after = std::ranges::find_if(samples, [&](const Sample& one) { return one.at >= at; });
  return after == samples.begin() ? samples.front() : *std::prev(after);
}

inline double mean_target(const Samples& samples, Duration from) {
  double sum = 0;
  std::size_t count = 0;
  for (const Sample& one : samples)
    if (one.at >= from) {
      sum += one.target;
      ++count;
    }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

}  // namespace parley::media::test
