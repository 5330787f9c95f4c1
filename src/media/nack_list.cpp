#include "media/nack_list.hpp"

#include <algorithm>

namespace parley::media {

void NackList::missing(std::int64_t first, std::int64_t end, TimePoint now) {
  if (end - first > static_cast<std::int64_t>(config_.most)) {
    clear();  // hopeless
    return;
  }
  for (std::int64_t number = first; number < end; ++number)
    missing_.push_back({.number = number, .since = now, .next = now + config_.patience});
  if (end > first) next_ = earlier(next_, now + std::min(config_.patience, config_.give_up));
  if (missing_.size() > config_.most)
    missing_.erase(missing_.begin(), missing_.end() - static_cast<std::ptrdiff_t>(config_.most));
}

bool NackList::arrived(std::int64_t number) {
  const auto found = std::ranges::lower_bound(missing_, number, {}, &Missing::number);
  if (found == missing_.end() || found->number != number) return false;
  missing_.erase(found);
  return true;
}

void NackList::forget_before(std::int64_t number) {
  missing_.erase(missing_.begin(), std::ranges::lower_bound(missing_, number, {}, &Missing::number));
}

void NackList::expire(TimePoint now) {
  std::erase_if(missing_, [&](const Missing& one) {
    return (one.asked >= config_.attempts && one.next <= now) || now - one.since >= config_.give_up;
  });
}

std::vector<std::int64_t> NackList::due(TimePoint now, Duration round_trip) {
  if (!next_ || *next_ > now) return {};
  expire(now);
  // An answer may be on its way a little longer than usual.
  const Duration pause = std::max<Duration>(round_trip + round_trip / 4, 20ms);
  std::vector<std::int64_t> ask;
  for (Missing& one : missing_) {
    if (one.next > now) continue;
    ask.push_back(one.number);
    ++one.asked;
    one.next = now + pause;
  }
  next_.reset();
  for (const Missing& one : missing_) next_ = earlier(next_, std::min(one.next, one.since + config_.give_up));
  return ask;
}

bool NackList::awaits(std::int64_t number) const {
  return std::ranges::binary_search(missing_, number, {}, &Missing::number);
}

}  // namespace parley::media
