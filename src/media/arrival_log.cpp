#include "media/arrival_log.hpp"

#include <algorithm>

namespace parley::media {

/// A gap in the numbers that is longer is another beginning.
static constexpr std::int64_t kLongestGap = 2000;
static constexpr std::size_t kMostEntries = 1000;

void ArrivalLog::arrived(std::uint16_t number, TimePoint now) {
  const std::int64_t full = unwrapper_.unwrap(number);
  const bool jumped = !entries_.empty() && full - entries_.back().number > kLongestGap;
  if (jumped || entries_.size() >= kMostEntries) entries_.clear();
  if (told_until_ && full - *told_until_ > kLongestGap) told_until_ = full;
  const auto place = std::ranges::lower_bound(entries_, full, {}, &Entry::number);
  if (place != entries_.end() && place->number == full) return;
  entries_.insert(place, {full, now});
  if (!since_) since_ = now;
}

std::vector<ArrivalLog::Arrival> ArrivalLog::take() {
  std::vector<Arrival> arrivals;
  since_.reset();
  if (entries_.empty()) return arrivals;
  // What comes late, after it was told to be missing, is told once more.
  const std::int64_t first = told_until_ ? std::min(*told_until_, entries_.front().number) : entries_.front().number;
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
