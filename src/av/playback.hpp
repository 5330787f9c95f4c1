#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "av/unit.hpp"

namespace parley::av {

using TimePoint = std::chrono::steady_clock::time_point;

/// When which unit of a file is due. Pure: time is an argument.
class Playback {
 public:
  enum class AtEnd { Stop, BeginAgain };
  /// What it keeps to go back to a key frame; with longer distances between key frames it cannot.
  static constexpr std::size_t kMostKept = 16U << 20;
  /// How often it goes back, at most. To the same key frame twice as long lies between each two times, so that a peer
  /// that asks again and again does not stop the film for all others.
  static constexpr std::chrono::milliseconds kPause{250};
  /// Who is later than this does not catch up.
  static constexpr std::chrono::milliseconds kLate{500};

  /// `source` outlives it.
  Playback(UnitSource& source, AtEnd at_end) : source_(source), at_end_(at_end) {}

  /// Begins, or goes on; after the end from the beginning. Throws as the source does.
  void play(TimePoint now);
  void pause(TimePoint now);
  /// Goes on, or begins, with the last key frame at that time of the file or before it, in a time that does not jump.
  /// If key frames are further apart than what it may keep, with an earlier one. Throws as the source does.
  void seek(microseconds to, TimePoint now);
  /// Where in the file it is: what was given last, or will be given first.
  [[nodiscard]] microseconds position() const { return position_; }
  /// Somebody cannot go on without a key frame. A live encoder would make one; a file can only go back to its last one.
  void want_key_frame(TimePoint now);

  /// The next unit, if it is due. Its times are those of a clock that begins with the first play() and does not jump
  /// back. Throws as the source does.
  std::optional<Unit> next(TimePoint now);
  /// When next() has something to give; never while it is paused or at its end.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  [[nodiscard]] bool is_playing() const { return playing_; }
  [[nodiscard]] bool at_end() const { return at_end_of_file_ && !waiting_; }

 private:
  void fetch();
  [[nodiscard]] bool begin_again();
  [[nodiscard]] bool may_go_back(TimePoint now) const { return !went_back_ || now - *went_back_ >= pause_; }
  void go_back(TimePoint now);
  void forget_kept();
  [[nodiscard]] TimePoint origin_for(const Unit& unit, TimePoint now) const;
  void keep(const Unit& unit);

  UnitSource& source_;
  AtEnd at_end_;
  bool playing_ = false;
  bool at_end_of_file_ = false;
  std::optional<TimePoint> first_play_;  // zero of the clock that units tell
  TimePoint origin_{};                   // when the file's zero is, or would have been, due
  TimePoint paused_at_{};
  TimePoint last_shown_{};
  std::optional<Unit> waiting_;  // the next one
  std::deque<Unit> again_;       // what comes before the source's next one
  std::deque<Unit> kept_;        // given since the last key frame of video, it first
  std::size_t kept_bytes_ = 0;
  microseconds position_{0};
  microseconds length_{0};  // of the file, as far as it is known
  bool wanted_ = false;     // a key frame
  std::optional<TimePoint> went_back_;
  std::chrono::milliseconds pause_ = kPause;  // before it goes back again
  bool returning_ = false;                    // to a key frame that has been given before
};

}  // namespace parley::av
