#include "channels/line_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace parley::channels {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Split {
  explicit Split(std::size_t limit = 8) : splitter(limit) {}
  void feed(std::string_view bytes) {
    splitter.feed(
        bytes, [&](std::string_view line) { lines.emplace_back(line); }, [&] { ++too_long; });
  }
  void finish() {
    splitter.finish([&](std::string_view line) { lines.emplace_back(line); });
  }
  LineSplitter splitter;
  std::vector<std::string> lines;
  int too_long = 0;
};

TEST(LineSplitter, CutsAtEachEndOfLine) {
  Split split;
  split.feed("one\ntwo\nthr");
  split.feed("ee\n");
  EXPECT_THAT(split.lines, ElementsAre("one", "two", "three"));
}

TEST(LineSplitter, GivesTheSameLinesByteByByte) {
  Split split;
  for (const char c : std::string("one\ntwo\n\nthree")) split.feed({&c, 1});
  split.finish();
  EXPECT_THAT(split.lines, ElementsAre("one", "two", "three"));
}

TEST(LineSplitter, LeavesOutBlankLines) {
  Split split;
  split.feed("\n \r\n\t\n");
  split.finish();
  EXPECT_THAT(split.lines, IsEmpty());
}

TEST(LineSplitter, SkipsALineThatIsTooLongAndTellsOnce) {
  Split split;
  split.feed("12345678\n123456789");
  split.feed("and more, and more");
  split.feed("\nnext\n");
  EXPECT_THAT(split.lines, ElementsAre("12345678", "next"));
  EXPECT_EQ(split.too_long, 1);
}

TEST(LineSplitter, ATooLongLastLineIsNoLine) {
  Split split;
  split.feed("123456789");
  split.finish();
  EXPECT_THAT(split.lines, IsEmpty());
  EXPECT_EQ(split.too_long, 1);
}

}  // namespace
}  // namespace parley::channels
