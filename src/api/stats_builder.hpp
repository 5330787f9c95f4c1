#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "parley/stats_report.hpp"

namespace parley::api {

inline double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

inline std::optional<std::string> unless_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

/// Puts objects together that have a time and an id each.
class StatsBuilder {
 public:
  template <class T>
  T& add(RTCStatsType type, const std::string& id) {
    T stats;
    stats.timestamp = timestamp_;
    stats.type = type;
    stats.id = id;
    return std::get<T>(objects_.insert_or_assign(id, std::move(stats)).first->second);
  }
  /// nullptr if there is none of that kind.
  template <class T>
  T* find(const std::optional<std::string>& id) {
    const auto found = id ? objects_.find(*id) : objects_.end();
    return found == objects_.end() ? nullptr : std::get_if<T>(&found->second);
  }
  /// A moment of this program's clock as a report tells it.
  [[nodiscard]] DOMHighResTimeStamp timestamp(TimePoint when) const {
    return timestamp_ + std::chrono::duration<double, std::milli>(when - now_).count();
  }
  RTCStatsReport::Objects objects() && { return std::move(objects_); }

 private:
  static DOMHighResTimeStamp wall_clock() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(since).count();
  }

  const TimePoint now_ = Clock::now();
  const DOMHighResTimeStamp timestamp_ = wall_clock();
  RTCStatsReport::Objects objects_;
};

}  // namespace parley::api
