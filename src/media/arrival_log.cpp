#include "media/arrival_log.hpp"

#include <algorithm>
#include <cstdlib>

namespace parley::media {

/// What is farther from the first or the last number to tell is another beginning.
static constexpr std::int64_t kLongestGap = 2000;
static constexpr std::size_t kMostEntries = 1000;

void ArrivalLog::arrived(std::uint16_t number, TimePoint now) {
  const std::int64_t full = unwrapper_.unwrap(number);
  const std::int64_t begin = first_to_tell().value_or(full), end = entries_.empty() ? begin : entries_.back().number;
  if (std::abs(full - begin) > kLongestGap || std::abs(full - end) > kLongestGap) {
    entries_.clear();
    told_until_ = full;
  }
  if (entries_.size() >= kMostEntries) entries_.clear();
  const auto place = std::ranges::lower_bound(entries_, full, {}, &Entry::number);
  if (place != entries_.end() && place->number == full) return;
  entries_.insert(place, {full, now});
  if (!since_) since_ = now;
}

std::optional<std::int64_t> ArrivalLog::first_to_tell() const {
  if (entries_.empty()) return told_until_;
  return std::min(told_until_.value_or(entries_.front().number), entries_.front().number);
}

std::vector<ArrivalLog::Arrival> ArrivalLog::take() {
  std::vector<Arrival> arrivals;
  since_.reset();
  if (entries_.empty()) return arrivals;
  // What comes late, after it was told to be missing, is told once more.
  const std::int64_t first = *first_to_tell();
  const std::int64_t last = entries_.back().number;
  arrivals.reserve(static_cast<std::size_t>(last - first + 1));
  auto entry = entries_.begin();
  for (std::int64_t number = first; number <= last; ++number) {
    Arrival arrival{.number = static_cast<std::uint16_t>(number)};
    if (entry != entries_.end() && entry->number == number) arrival.at = (entry++)->at;
    arrivals.push_back(arrival);
  }
  told_until_ = std::max(told_until_.value_or(last + 1), last + 1);
  entries_.clear();
  return arrivals;
}

std::optional<TimePoint> ArrivalLog::next_deadline() const {
  if (!since_) return std::nullopt;
  return entries_.size() >= kMany ? *since_ : *since_ + kInterval;
}

}  // namespace parley::media
