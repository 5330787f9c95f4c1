#include "av/playback.hpp"

#include <algorithm>
#include <utility>

namespace parley::av {

using namespace std::chrono_literals;

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
    forget_kept();
    origin_ = now;
  } else if (!first_play_) {
    origin_ = now - (waiting_ ? waiting_->decode_at : 0us);  // after a seek there is one
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
  forget_kept();
  origin_ = origin_for(again_.front(), now);
  fetch();
}

/// The file's zero, if this is to be given now.
TimePoint Playback::origin_for(const Unit& unit, TimePoint now) const {
  return std::max(now - unit.decode_at, last_shown_ + kShortest - unit.show_at);
}

void Playback::forget_kept() {
  kept_.clear();
  kept_bytes_ = 0;
}

void Playback::seek(microseconds to, TimePoint now) {
  source_.seek(to);
  waiting_.reset();
  again_.clear();
  forget_kept();
  wanted_ = returning_ = at_end_of_file_ = false;
  went_back_.reset();
  bool pictures = false;
  for (std::size_t bytes = 0; bytes < kMostKept;) {
    auto unit = source_.read();
    if (!unit) {
      at_end_of_file_ = again_.empty();
      break;
    }
    const bool beyond = unit->decode_at > to;
    pictures = pictures || unit->kind == Kind::Video;
    const bool begins = pictures ? unit->kind == Kind::Video && unit->key : true;
    if (begins && !beyond) {
      again_.clear();
      bytes = 0;
    }
    bytes += unit->data.size() + sizeof(Unit);
    again_.push_back(*std::move(unit));
    if (beyond) break;
  }
  fetch();
  if (!waiting_) return;
  position_ = waiting_->show_at;
  if (first_play_) origin_ = origin_for(*waiting_, now);
  if (!playing_) paused_at_ = now;
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
  forget_kept();  // its times are those of the round before
  return true;
}

std::optional<Unit> Playback::next(TimePoint now) {
  if (!playing_) return std::nullopt;
  if (wanted_ && may_go_back(now)) go_back(now);
  if (!waiting_ || origin_ + waiting_->decode_at > now) return std::nullopt;
  if (const auto late = now - (origin_ + waiting_->decode_at); late > kLate) origin_ += late;
  Unit unit = *std::exchange(waiting_, std::nullopt);
  keep(unit);
  position_ = unit.show_at;
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
    forget_kept();
  } else if (kept_.empty()) {
    return;  // no key frame to go back to
  }
  kept_bytes_ += unit.data.size() + sizeof(Unit);
  if (kept_bytes_ > kMostKept) {
    forget_kept();
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
