#include "media/arrival_log.hpp"

#include <algorithm>
#include <cstdlib>

namespace parley::media {

void ArrivalLog::begin_anew(std::int64_t number) {
  entries_.clear();
  first_.reset();
  last_.reset();
  waiting_ = 0;
  lost_.reset();
  told_until_ = number;
}

void ArrivalLog::arrived(std::uint16_t number, TimePoint now, Ecn ecn) {
  const std::int64_t full = unwrapper_.unwrap(number);
  const std::int64_t begin = first_to_tell().value_or(full), end = last_.value_or(begin);
  if (std::abs(full - begin) > kLongestGap || std::abs(full - end) > kLongestGap) begin_anew(full);
  if (is_full()) begin_anew(full);
  const auto place = std::ranges::lower_bound(entries_, full, {}, &Entry::number);
  if (place != entries_.end() && place->number == full) {
    if (ecn == Ecn::Congestion) place->ecn = ecn;  // RFC 8888 section 3.1: whichever copy has met it
    return;
  }
  entries_.insert(place, {full, now, ecn});
  first_ = std::min(first_.value_or(full), full);
  last_ = std::max(last_.value_or(full), full);
  ++waiting_;
  if (!since_) since_ = now;
}

std::optional<std::int64_t> ArrivalLog::first_to_tell() const {
  if (!first_) return told_until_;
  return std::min(told_until_.value_or(*first_), *first_);
}

std::vector<ArrivalLog::Arrival> ArrivalLog::take() {
  std::vector<Arrival> arrivals;
  since_.reset();
  if (!first_) return arrivals;
  // What comes late, after it was told to be missing, is told once more.
  const std::int64_t first = *first_to_tell(), last = *last_;
  arrivals.reserve(static_cast<std::size_t>(last - first + 1));
  auto entry = std::ranges::lower_bound(entries_, first, {}, &Entry::number);
  for (std::int64_t number = first; number <= last; ++number) {
    Arrival arrival{.number = static_cast<std::uint16_t>(number)};
    if (entry != entries_.end() && entry->number == number) {
      arrival.at = entry->at;
      arrival.ecn = entry->ecn;
      ++entry;
    }
    note(number, arrival.at.has_value());
    arrivals.push_back(arrival);
  }
  told_until_ = std::max(told_until_.value_or(last + 1), last + 1);
  first_.reset();
  last_.reset();
  waiting_ = 0;
  const auto kept = std::ranges::lower_bound(entries_, *told_until_ - kKept, {}, &Entry::number);
  entries_.erase(entries_.begin(), kept);
  return arrivals;
}

void ArrivalLog::note(std::int64_t number, bool arrived) {
  const auto place = static_cast<std::size_t>(number) % kTracked;
  if (!told_until_ || number >= *told_until_) {
    lost_[place] = !arrived;
    if (!arrived) ++reported_.lost;
  } else if (arrived && number >= *told_until_ - kTracked && lost_[place]) {
    lost_[place] = false;
    ++reported_.recovered;
  }
}

std::optional<TimePoint> ArrivalLog::next_deadline() const {
  if (!since_) return std::nullopt;
  return waiting_ >= kMany ? *since_ : *since_ + interval_;
}

}  // namespace parley::media
