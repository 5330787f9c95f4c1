#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace parley {
namespace {

/// Counts 0, 1, 2, … 255, 0, …
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

TEST(Random, NumbersUseEveryByte) {
  CountingRandom random;
  EXPECT_EQ(random.u64(), 0x0001020304050607u);
  EXPECT_EQ(random.u32(), 0x0c0d0e0fu);
}

TEST(Random, TextDrawsEachCharacterEvenly) {
  // 256 is no multiple of 10: the six bytes that would favour the first six characters are thrown away.
  CountingRandom random;
  const std::string text = random.text(250, "0123456789");
  for (const char c : std::string("0123456789")) EXPECT_EQ(std::count(text.begin(), text.end(), c), 25) << c;
}

TEST(Random, TextTakesAnyAlphabetUpTo256Characters) {
  std::string alphabet(256, '\0');
  for (int i = 0; i < 256; ++i) alphabet[static_cast<std::size_t>(i)] = static_cast<char>(i);
  CountingRandom random;
  EXPECT_EQ(random.text(256, alphabet), alphabet);
  EXPECT_EQ(random.text(5, "a"), "aaaaa");
  EXPECT_EQ(random.text(0, "abc"), "");
}

TEST(Random, IceCharactersAreThoseOfTheSpecification) {
  EXPECT_EQ(kIceChars.size(), 64u);  // RFC 8839 section 5.4: ALPHA / DIGIT / "+" / "/"
  EXPECT_EQ(std::set<char>(kIceChars.begin(), kIceChars.end()).size(), 64u);
  EXPECT_EQ(kIceChars.find_first_of("-_= "), std::string_view::npos);
}

TEST(Random, TheSystemFillsEveryByteAndDoesNotRepeatItself) {
  std::array<std::uint8_t, 1000> seen{};  // more than getentropy gives at once
  for (int i = 0; i < 16; ++i) {
    std::array<std::uint8_t, 1000> raw{};
    system_random().fill(raw);
    for (std::size_t k = 0; k < raw.size(); ++k) seen[k] = static_cast<std::uint8_t>(seen[k] | raw[k]);
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);  // 2^-128 that a byte was zero each time
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) numbers.insert(system_random().u64());
  EXPECT_EQ(numbers.size(), 1000u);
}

TEST(Random, SystemTextSpreadsOverTheAlphabet) {
  const std::string text = system_random().text(64 * 1000, kIceChars);
  std::array<int, 256> count{};
  for (const char c : text) ++count[static_cast<unsigned char>(c)];
  for (const char c : kIceChars) {  // mean 1000, deviation 31: twelve deviations either way
    EXPECT_GT(count[static_cast<unsigned char>(c)], 620) << c;
    EXPECT_LT(count[static_cast<unsigned char>(c)], 1380) << c;
  }
}

}  // namespace
}  // namespace parley
