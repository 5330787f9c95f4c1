#include "media/number_map.hpp"

#include <gtest/gtest.h>

namespace parley::media {
namespace {

using enum NumberMap::Use;

struct Mapped {
  NumberMap map;
  explicit Mapped(std::int64_t first = 100) { map.begin(first); }
  std::int64_t forward(std::int64_t number) { return map.map(number, Forward).value_or(-1); }
  std::int64_t leave_out(std::int64_t number) { return map.map(number, LeaveOut).value_or(-1); }
};

TEST(NumberMap, KeepsNumbersWhileEverythingIsForwarded) {
  Mapped numbers;
  for (std::int64_t i = 100; i < 3000; ++i) EXPECT_EQ(numbers.forward(i), i);
}

TEST(NumberMap, LeavesNoGapWhereSomethingIsLeftOut) {
  Mapped numbers;
  EXPECT_EQ(numbers.forward(100), 100);
  EXPECT_EQ(numbers.leave_out(101), -1);
  EXPECT_EQ(numbers.leave_out(102), -1);
  EXPECT_EQ(numbers.forward(103), 101);
  EXPECT_EQ(numbers.forward(104), 102);
}

TEST(NumberMap, WhatIsMissingKeepsItsPlace) {
  Mapped numbers;
  numbers.forward(100);
  numbers.leave_out(101);
  EXPECT_EQ(numbers.forward(104), 103);
  EXPECT_EQ(numbers.forward(103), 102);
  EXPECT_EQ(numbers.forward(102), 101);
  EXPECT_EQ(numbers.forward(102), -1) << "twice";
  EXPECT_EQ(numbers.forward(101), -1) << "it was left out";
}

TEST(NumberMap, WhatIsLeftOutTooLateHasAPlaceToFill) {
  Mapped numbers;
  numbers.forward(100);
  numbers.forward(102);
  EXPECT_EQ(numbers.leave_out(101), 101);
  EXPECT_EQ(numbers.leave_out(101), -1);
}

TEST(NumberMap, AnotherSourceGoesOn) {
  Mapped numbers;
  numbers.forward(100);
  numbers.forward(101);
  numbers.map.begin(7000);
  EXPECT_EQ(numbers.forward(7000), 102);
  EXPECT_EQ(numbers.forward(6999), -1) << "from before the change";
  EXPECT_EQ(numbers.forward(7001), 103);
}

TEST(NumberMap, AJumpIsAGapAndNotMore) {
  Mapped numbers;
  numbers.forward(100);
  EXPECT_EQ(numbers.forward(1'000'000'000'000), 102);
  EXPECT_EQ(numbers.forward(101), -1);
  EXPECT_EQ(numbers.forward(1'000'000'000'001), 103);
}

TEST(NumberMap, ForgetsWhatIsTooOld) {
  Mapped numbers;
  numbers.forward(100);
  for (std::int64_t i = 102; i <= 1125; ++i) numbers.forward(i);
  EXPECT_EQ(numbers.forward(101), -1) << "1024 are behind it";
}

}  // namespace
}  // namespace parley::media
