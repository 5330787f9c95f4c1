#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/rtp_numbers.hpp"
#include "media/arrival_log.hpp"

namespace parley::media {

/// When the packets of each source have arrived: for feedback by RFC 8888.
class SourceArrivals {
 public:
  struct Source {
    Ssrc source{};
    std::vector<ArrivalLog::Arrival> packets;  ///< without a gap in the numbers
  };
  /// The most sources; what comes of further ones is not told.
  static constexpr std::size_t kMost = 128;

  /// True: this has to be taken before more arrives, as ArrivalLog::is_full() has it.
  [[nodiscard]] bool arrived(Ssrc source, std::uint16_t number, TimePoint now, Ecn ecn = Ecn::NotCapable) {
    auto found = logs_.find(source);
    if (found == logs_.end()) {
      if (logs_.size() >= kMost) forget_the_silent(now);
      if (logs_.size() >= kMost) return false;
      found = logs_.emplace(source, Log{}).first;
      found->second.arrivals.set_interval(interval_);
    }
    found->second.arrivals.arrived(number, now, ecn);
    found->second.last = now;
    return found->second.arrivals.is_full();
  }
  /// How long the first packet of a source waits until it is told of.
  void set_interval(Duration interval) {
    interval_ = interval;
    for (auto& [source, log] : logs_) log.arrivals.set_interval(interval);
  }
  /// What is new of each.
  std::vector<Source> take() {
    std::vector<Source> sources;
    for (auto& [source, log] : logs_)
      if (auto packets = log.arrivals.take(); !packets.empty()) sources.push_back({source, std::move(packets)});
    return sources;
  }
  /// What was told of a source.
  [[nodiscard]] ArrivalLog::Reported reported(Ssrc source) const {
    const auto found = logs_.find(source);
    return found == logs_.end() ? ArrivalLog::Reported{} : found->second.arrivals.reported();
  }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& [source, log] : logs_) next = earlier(next, log.arrivals.next_deadline());
    return next;
  }

 private:
  struct Log {
    ArrivalLog arrivals;
    TimePoint last{};
  };
  void forget_the_silent(TimePoint now) {
    std::erase_if(logs_, [&](const auto& entry) { return now - entry.second.last > 10s; });
  }
  std::map<Ssrc, Log> logs_;
  Duration interval_ = ArrivalLog::kInterval;
};

}  // namespace parley::media
