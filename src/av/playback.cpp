#include "av/playback.hpp"

#include <algorithm>
#include <utility>

namespace parley::av {
namespace {

/// A file that is over at once is not begun again at once.
constexpr microseconds kShortest{20'000};
constexpr std::chrono::milliseconds kLongestPause{60'000};

}  // namespace

void Playback::play(TimePoint now) {
  if (playing_) return;
  if (at_end()) {
    source_.rewind();
    at_end_of_file_ = false;
    kept_.clear();
    kept_bytes_ = 0;
    origin_ = now;
  } else if (!first_play_) {
    origin_ = now;
  } else {
    origin_ += now - paused_at_;
  }
  if (!first_play_) first_play_ = now;
  playing_ = true;
  fetch();
}

void Playback::pause(TimePoint now) {
  if (!playing_) return;
  playing_ = false;
  paused_at_ = now;
}

void Playback::want_key_frame(TimePoint now) {
  wanted_ = true;
  if (playing_ && may_go_back(now)) go_back(now);
}

/// Repeats everything since the last key frame. What is shown goes on in time.
void Playback::go_back(TimePoint now) {
  wanted_ = false;
  if (kept_.empty()) return;  // the next one has to do
  if (went_back_) pause_ = std::min(2 * pause_, kLongestPause);
  went_back_ = now;
  returning_ = true;
  if (waiting_) again_.push_front(*std::exchange(waiting_, std::nullopt));
  again_.insert(again_.begin(), std::make_move_iterator(kept_.begin()), std::make_move_iterator(kept_.end()));
  kept_.clear();
  kept_bytes_ = 0;
  const Unit& key = again_.front();
  origin_ = std::max(now - key.decode_at, last_shown_ + kShortest - key.show_at);
  fetch();
}

/// Makes sure that there is a next unit, unless the file is over.
void Playback::fetch() {
  if (waiting_) return;
  if (!again_.empty()) {
    waiting_ = std::move(again_.front());
    again_.pop_front();
    return;
  }
  if (at_end_of_file_) return;
  waiting_ = source_.read();
  if (!waiting_ && !begin_again()) at_end_of_file_ = true;
  if (waiting_) length_ = std::max(length_, waiting_->show_at + waiting_->duration);
}

bool Playback::begin_again() {
  if (at_end_ == AtEnd::Stop) return false;
  source_.rewind();
  waiting_ = source_.read();
  if (!waiting_) return false;  // there is nothing in it
  origin_ += std::max(length_, kShortest);
  kept_.clear();  // its times are those of the round before
  kept_bytes_ = 0;
  return true;
}

std::optional<Unit> Playback::next(TimePoint now) {
  if (!playing_) return std::nullopt;
  if (wanted_ && may_go_back(now)) go_back(now);
  if (!waiting_ || origin_ + waiting_->decode_at > now) return std::nullopt;
  if (const auto late = now - (origin_ + waiting_->decode_at); late > kLate) origin_ += late;
  Unit unit = *std::exchange(waiting_, std::nullopt);
  keep(unit);
  last_shown_ = std::max(last_shown_, origin_ + unit.show_at);
  const auto since = std::chrono::duration_cast<microseconds>(origin_ - *first_play_);
  unit.decode_at += since;
  unit.show_at += since;
  fetch();
  if (at_end()) pause(now);
  return unit;
}

void Playback::keep(const Unit& unit) {
  if (unit.kind == Kind::Video && unit.key) {
    if (!std::exchange(returning_, false)) {
      pause_ = kPause;
      went_back_.reset();
      wanted_ = false;  // here it is
    }
    kept_.clear();
    kept_bytes_ = 0;
  } else if (kept_.empty()) {
    return;  // no key frame to go back to
  }
  kept_bytes_ += unit.data.size() + sizeof(Unit);
  if (kept_bytes_ > kMostKept) {
    kept_.clear();
    kept_bytes_ = 0;
    return;
  }
  kept_.push_back(unit);
}

std::optional<TimePoint> Playback::next_deadline() const {
  if (!playing_ || !waiting_) return std::nullopt;
  const TimePoint due = origin_ + waiting_->decode_at;
  return wanted_ && went_back_ ? std::min(due, *went_back_ + pause_) : due;
}

}  // namespace parley::av
