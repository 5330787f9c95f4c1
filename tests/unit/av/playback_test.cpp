#include "av/playback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parley/errors.hpp"

namespace parley::av::playback_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// Units that are made up; the first byte of each is its number.
class Source final : public UnitSource {
 public:
  explicit Source(std::vector<Unit> units) : units_(std::move(units)) {
    for (std::size_t i = 0; i < units_.size(); ++i) units_[i].data = {static_cast<std::uint8_t>(i)};
  }
  std::optional<Unit> read() override {
    if (next_ == broken_at) throw DataError("broken");
    if (next_ == units_.size()) return std::nullopt;
    return units_[next_++];
  }
  void rewind() override {
    next_ = 0;
    ++rewound;
  }
  std::size_t broken_at = 1000;
  int rewound = 0;
  std::vector<Unit>& units() { return units_; }

 private:
  std::vector<Unit> units_;
  std::size_t next_ = 0;
};

Unit video(microseconds at, bool key) {
  return {.kind = Kind::Video, .key = key, .decode_at = at, .show_at = at, .duration = 100ms};
}
Unit sound(microseconds at) { return {.kind = Kind::Audio, .decode_at = at, .show_at = at, .duration = 20ms}; }

const TimePoint kStart{1000s};

/// The numbers of what is due, and when it is shown.
std::vector<std::pair<int, microseconds>> due(Playback& playback, TimePoint now) {
  std::vector<std::pair<int, microseconds>> all;
  while (auto unit = playback.next(now)) all.emplace_back(unit->data[0], unit->show_at);
  return all;
}
std::vector<int> numbers(Playback& playback, TimePoint now) {
  std::vector<int> all;
  for (const auto& [number, at] : due(playback, now)) all.push_back(number);
  return all;
}

TEST(Playback, GivesEachUnitWhenItIsDue) {
  Source source({video(0ms, true), sound(10ms), video(100ms, false)});
  Playback playback(source, Playback::AtEnd::Stop);
  EXPECT_FALSE(playback.next(kStart));
  EXPECT_EQ(playback.next_deadline(), std::nullopt);
  playback.play(kStart);
  EXPECT_EQ(playback.next_deadline(), kStart);
  EXPECT_THAT(due(playback, kStart + 5ms), ElementsAre(std::pair(0, 0us)));
  EXPECT_EQ(playback.next_deadline(), kStart + 10ms);
  EXPECT_THAT(due(playback, kStart + 99ms), ElementsAre(std::pair(1, 10'000us)));
  EXPECT_THAT(due(playback, kStart + 100ms), ElementsAre(std::pair(2, 100'000us)));
  EXPECT_TRUE(playback.at_end());
  EXPECT_EQ(playback.next_deadline(), std::nullopt);
}

TEST(Playback, APauseIsLeftOutOfTheFileButNotOfTime) {
  Source source({sound(0ms), sound(20ms), sound(40ms)});
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart), ElementsAre(0));
  playback.pause(kStart + 5ms);
  EXPECT_THAT(numbers(playback, kStart + 1s), ElementsAre());
  playback.play(kStart + 1005ms);
  EXPECT_EQ(playback.next_deadline(), kStart + 1020ms);
  EXPECT_THAT(due(playback, kStart + 1020ms), ElementsAre(std::pair(1, 1'020'000us)));
}

TEST(Playback, BeginsAgainWhereTheLastFrameEnds) {
  Source source({video(0ms, true), video(100ms, false)});
  Playback playback(source, Playback::AtEnd::BeginAgain);
  playback.play(kStart);
  EXPECT_THAT(due(playback, kStart + 300ms), ElementsAre(std::pair(0, 0us), std::pair(1, 100'000us),
                                                         std::pair(0, 200'000us), std::pair(1, 300'000us)));
  EXPECT_FALSE(playback.at_end());
  EXPECT_EQ(playback.next_deadline(), kStart + 400ms);
}

TEST(Playback, AFileWithoutDurationDoesNotSpin) {
  Source source({{.kind = Kind::Audio}});
  Playback playback(source, Playback::AtEnd::BeginAgain);
  playback.play(kStart);
  EXPECT_EQ(due(playback, kStart + 100ms).size(), 6U);
  Source nothing({});
  Playback empty(nothing, Playback::AtEnd::BeginAgain);
  empty.play(kStart);
  EXPECT_TRUE(empty.at_end());
}

TEST(Playback, AfterTheEndPlayBeginsAgain) {
  Source source({sound(0ms), sound(20ms)});
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart + 20ms), ElementsAre(0, 1));
  EXPECT_FALSE(playback.is_playing());
  playback.play(kStart + 5s);
  EXPECT_EQ(source.rewound, 1);
  EXPECT_THAT(due(playback, kStart + 5s), ElementsAre(std::pair(0, 5'000'000us)));
}

TEST(Playback, GoesBackToTheLastKeyFrameWhenOneIsWanted) {
  Source source({video(0ms, true), video(100ms, false), video(200ms, true), sound(210ms), video(300ms, false),
                 video(400ms, false)});
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart + 310ms), ElementsAre(0, 1, 2, 3, 4));
  playback.want_key_frame(kStart + 350ms);
  // From the key frame on, sound and all, in a time that goes on.
  EXPECT_THAT(due(playback, kStart + 350ms), ElementsAre(std::pair(2, 350'000us)));
  EXPECT_THAT(due(playback, kStart + 550ms),
              ElementsAre(std::pair(3, 360'000us), std::pair(4, 450'000us), std::pair(5, 550'000us)));
  EXPECT_TRUE(playback.at_end());
}

TEST(Playback, GoesBackOnceForRequestsThatComeTogether) {
  Source source({video(0ms, true), video(100ms, false), video(200ms, false), video(300ms, false), video(400ms, false)});
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart + 100ms), ElementsAre(0, 1));
  playback.want_key_frame(kStart + 130ms);
  EXPECT_THAT(numbers(playback, kStart + 130ms), ElementsAre(0));
  playback.want_key_frame(kStart + 140ms);
  EXPECT_THAT(numbers(playback, kStart + 370ms), ElementsAre(1, 2));
  // The second is not forgotten: it may have come because the first key frame was lost.
  EXPECT_EQ(playback.next_deadline(), kStart + 380ms);
  EXPECT_THAT(numbers(playback, kStart + 380ms), ElementsAre(0));
  EXPECT_THAT(numbers(playback, kStart + 480ms), ElementsAre(1));
}

TEST(Playback, GetsToItsEndHoweverOftenAKeyFrameIsWanted) {
  std::vector<Unit> units;
  for (int i = 0; i < 30; ++i) units.push_back(video(i * 100ms, i % 15 == 0));
  Source source(units);
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  int frames = 0;
  TimePoint now = kStart;
  for (; !playback.at_end() && now < kStart + 60s; now += 50ms) {
    playback.want_key_frame(now);
    while (playback.next(now)) ++frames;
  }
  EXPECT_TRUE(playback.at_end());
  EXPECT_LT(now, kStart + 15s);
  EXPECT_GT(frames, 40);
}

TEST(Playback, NeverGoesBackInTime) {
  // The frame before the request is shown long after it.
  Source source({video(0ms, true), video(100ms, false), video(200ms, false)});
  source.units()[1].show_at = 900ms;
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart + 100ms), ElementsAre(0, 1));
  playback.want_key_frame(kStart + 110ms);
  const auto again = due(playback, kStart + 2s);
  ASSERT_FALSE(again.empty());
  EXPECT_GT(again[0].second, 900ms);
}

TEST(Playback, KeepsNoMoreThanItMay) {
  std::vector<Unit> units{video(0ms, true)};
  for (int i = 1; i < 5; ++i) units.push_back(video(i * 100ms, false));
  Source source(units);
  for (Unit& unit : source.units()) unit.data.resize(Playback::kMostKept / 4, unit.data[0]);
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart + 300ms), ElementsAre(0, 1, 2, 3));
  playback.want_key_frame(kStart + 310ms);
  EXPECT_THAT(numbers(playback, kStart + 400ms), ElementsAre(4));
}

TEST(Playback, WhoIsLateDoesNotHurry) {
  std::vector<Unit> units;
  for (int i = 0; i < 200; ++i) units.push_back(sound(i * 20ms));
  Source source(units);
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_EQ(numbers(playback, kStart + 60ms).size(), 4U);
  // The computer has slept.
  EXPECT_EQ(numbers(playback, kStart + 3060ms).size(), 1U);
  EXPECT_EQ(playback.next_deadline(), kStart + 3080ms);
}

std::vector<Unit> film() {
  std::vector<Unit> units;
  for (int i = 0; i < 30; ++i) {
    units.push_back(video(i * 100ms, i % 10 == 0));
    units.push_back(sound(i * 100ms + 10ms));
  }
  return units;
}

TEST(Playback, SeeksTheKeyFrameBeforeAndGoesOnInTime) {
  Source source(film());
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_EQ(numbers(playback, kStart + 100ms).size(), 3U);
  playback.seek(2550ms, kStart + 150ms);
  EXPECT_EQ(playback.position(), 2s);
  EXPECT_THAT(due(playback, kStart + 260ms), ElementsAre(std::pair(40, 150'000us), std::pair(41, 160'000us),
                                                         std::pair(42, 250'000us), std::pair(43, 260'000us)));
  EXPECT_EQ(playback.position(), 2110ms);
  // Back again, and what is asked for then is the key frame from there.
  playback.seek(0ms, kStart + 300ms);
  EXPECT_THAT(due(playback, kStart + 300ms), ElementsAre(std::pair(0, 300'000us)));
  playback.want_key_frame(kStart + 350ms);
  EXPECT_THAT(due(playback, kStart + 350ms), ElementsAre(std::pair(0, 350'000us)));
}

TEST(Playback, SeeksBeforeItBeginsInAPauseAndAfterTheEnd) {
  Source source(film());
  Playback playback(source, Playback::AtEnd::Stop);
  playback.seek(1s, kStart - 5s);
  EXPECT_FALSE(playback.next(kStart));
  playback.play(kStart);
  EXPECT_THAT(due(playback, kStart + 5ms), ElementsAre(std::pair(20, 0us)));
  playback.pause(kStart + 10ms);
  playback.seek(99s, kStart + 1s);
  EXPECT_EQ(playback.position(), 2s);
  playback.play(kStart + 2s);
  EXPECT_THAT(due(playback, kStart + 2005ms), ElementsAre(std::pair(40, 2'000'000us)));
  for (TimePoint now = kStart + 2s; now < kStart + 4s; now += 10ms) (void)numbers(playback, now);
  ASSERT_TRUE(playback.at_end());
  playback.seek(1s, kStart + 5s);
  EXPECT_FALSE(playback.at_end());
  playback.play(kStart + 6s);
  EXPECT_THAT(due(playback, kStart + 6005ms), ElementsAre(std::pair(20, 6'000'000us)));
}

TEST(Playback, SeeksSoundAlone) {
  std::vector<Unit> units;
  for (int i = 0; i < 100; ++i) units.push_back(sound(i * 20ms));
  Source source(units);
  Playback playback(source, Playback::AtEnd::Stop);
  playback.seek(1010ms, kStart);
  EXPECT_EQ(playback.position(), 1s);
  playback.play(kStart);
  EXPECT_THAT(numbers(playback, kStart + 20ms), ElementsAre(50, 51));
}

TEST(Playback, TellsThatTheRestIsBroken) {
  Source source({sound(0ms), sound(20ms)});
  source.broken_at = 1;
  Playback playback(source, Playback::AtEnd::Stop);
  playback.play(kStart);
  EXPECT_THROW((void)playback.next(kStart), DataError);
}

}  // namespace
}  // namespace parley::av::playback_test
