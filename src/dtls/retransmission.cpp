#include "dtls/retransmission.hpp"

#include <algorithm>

namespace parley::dtls {
namespace {

constexpr std::time_t kNever = std::time_t{1} << 40;
constexpr timeval kLongAgo{1, 0};

Duration from(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

unsigned Retransmission::next_duration(unsigned previous) {
  current_ = previous == 0 ? first_ : std::min<Duration>(2 * std::chrono::microseconds(previous), longest_);
  return static_cast<unsigned>(std::chrono::duration_cast<std::chrono::microseconds>(current_).count());
}

void Retransmission::set(timeval& place, TimePoint now) {
  if (place.tv_sec == 0 && place.tv_usec == 0) return stop();
  deadline_ = now + current_;
  place = {kNever, 0};
  place_ = &place;
}

bool Retransmission::expire(SSL* ssl, TimePoint now) {
  stop();
  timeval left{};
  if (DTLSv1_get_timeout(ssl, &left) != 1) return true;  // no flight is waiting
  // Only the timer itself can be that far away; where a copy was offered, it is gone by now.
  if (left.tv_sec > kNever / 2) *place_ = kLongAgo;
  const long repeated = DTLSv1_handle_timeout(ssl);
  if (repeated == 0) deadline_ = now + std::max<Duration>(from(left), 1ms);
  return repeated >= 0;
}

}  // namespace parley::dtls
