#include "formats/format.hpp"
#include "base/ascii.hpp"

#include <gtest/gtest.h>

#include "formats/parts.hpp"
#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

TEST(Formats, AreFoundWhateverTheCaseOfTheName) {
  for (const char* name :
       {"opus", "OPUS", "PCMU", "pcma", "G722", "CN", "VP8", "vp8", "Vp9", "h264", "H264", "h265", "av1"}) {
    EXPECT_NE(make_packetizer(name), nullptr) << name;
    EXPECT_NE(make_depacketizer(name), nullptr) << name;
  }
}

TEST(Formats, AreNotFoundByAnotherName) {
  for (const char* name : {"", "VP", "VP80", "rtx", "ulpfec", "telephone-event"}) {
    EXPECT_EQ(make_packetizer(name), nullptr) << name;
    EXPECT_EQ(make_depacketizer(name), nullptr) << name;
  }
}

TEST(Formats, EqualityIgnoresTheCaseOfLettersOnly) {
  EXPECT_TRUE(equal_ignoring_case("azAZ09-", "AZaz09-"));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
  EXPECT_FALSE(equal_ignoring_case("[", "{"));
  EXPECT_FALSE(equal_ignoring_case("@", "`"));
}

TEST(Formats, PartsAreFewEvenAndTheWhole) {
  for (const std::size_t most : {1U, 7U, 96U, 1200U})
    for (std::size_t size = 1; size < 3000; size = size * 5 / 4 + 1) {
      const Bytes whole = noise(size, 1);
      Bytes together;
      std::size_t count = 0, firsts = 0, lasts = 0, shortest = SIZE_MAX, longest = 0;
      in_even_parts(whole, most, [&](ByteView part, bool first, bool last) {
        EXPECT_EQ(first, together.empty());
        together.insert(together.end(), part.begin(), part.end());
        EXPECT_EQ(last, together.size() == whole.size());
        firsts += first ? 1 : 0;
        lasts += last ? 1 : 0;
        shortest = std::min(shortest, part.size());
        longest = std::max(longest, part.size());
        ++count;
      });
      EXPECT_EQ(together, whole);
      EXPECT_EQ(count, (size + most - 1) / most);
      EXPECT_EQ(firsts, 1U);
      EXPECT_EQ(lasts, 1U);
      EXPECT_LE(longest, most);
      EXPECT_LE(longest - shortest, 1U);
    }
}

TEST(Formats, NothingHasNoParts) {
  in_even_parts({}, 100, [](ByteView, bool, bool) { FAIL(); });
}

}  // namespace
}  // namespace parley::formats
