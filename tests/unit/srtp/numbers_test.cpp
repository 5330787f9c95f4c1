#include "srtp/numbers.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

TEST(SrtpNumbers, TheNearestIndexIsOfThisRoundOrOneBesideIt) {
  EXPECT_EQ(nearest_index(0, 0), 0u);
  EXPECT_EQ(nearest_index(0, 65535), 65535u);  // there is no round before the first
  EXPECT_EQ(nearest_index(40000, 7231), 65536u + 7231);
  EXPECT_EQ(nearest_index(40000, 7232), 7232u);
  EXPECT_EQ(nearest_index(65535, 0), 65536u);
  EXPECT_EQ(nearest_index(65536, 65535), 65535u);
  EXPECT_EQ(nearest_index(65536 + 100, 100 + 32768), 65536u + 100 + 32768);
  EXPECT_EQ(nearest_index(65536 + 100, 100 + 32769), 100u + 32769);
  EXPECT_EQ(nearest_index(0xffffffff0005, 0xfffe), 0xfffffffefffeu);
}

TEST(SrtpNumbers, AnIndexIsTakenOnceAndNotBehindTheWindow) {
  ReplayWindow<64> window;
  EXPECT_EQ(window.check(0), std::nullopt);
  window.take(0);
  EXPECT_EQ(window.check(0), Refusal::Replayed);
  window.take(100);
  EXPECT_EQ(window.highest(), 100u);
  EXPECT_EQ(window.check(100), Refusal::Replayed);
  for (std::uint64_t index = 37; index < 100; ++index) EXPECT_EQ(window.check(index), std::nullopt) << index;
  for (std::uint64_t index = 0; index < 37; ++index) EXPECT_EQ(window.check(index), Refusal::TooOld) << index;
  window.take(50);
  EXPECT_EQ(window.highest(), 100u);
  EXPECT_EQ(window.check(50), Refusal::Replayed);
}

TEST(SrtpNumbers, AWindowAgreesWithAListOfAllIndices) {
  ReplayWindow<64> window;
  std::vector<std::uint64_t> all;
  std::uint64_t random = 1, highest = 0;
  for (int i = 0; i < 20000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    const std::uint64_t far = random >> 57;  // 0 to 127
    const std::uint64_t index = random % 100 < 3 ? highest + 10 * far : highest + 70 - std::min(highest + 70, far);
    std::optional<Refusal> expected;
    if (std::ranges::find(all, index) != all.end()) expected = Refusal::Replayed;
    if (index + 64 <= highest) expected = Refusal::TooOld;
    ASSERT_EQ(window.check(index), expected) << index;
    if (expected) continue;
    window.take(index);
    all.push_back(index);
    highest = std::max(highest, index);
    if (all.size() > 200) all.erase(all.begin());
  }
}

TEST(SrtpNumbers, AKeyProtectsSoManyPacketsAndNoMore) {
  OutgoingNumbers numbers(OutgoingNumbers::kPackets - 2, OutgoingNumbers::kReports - 1);
  EXPECT_EQ(numbers.packet(0xffff, 1024).value(), OutgoingNumbers::kPackets - 1);
  EXPECT_EQ(numbers.packet(0, 1024).error(), Refusal::Exhausted);
  EXPECT_EQ(numbers.packet(0xffff, 1024).value(), OutgoingNumbers::kPackets - 1);  // the same packet
  EXPECT_EQ(numbers.report().value(), OutgoingNumbers::kReports - 1);
  EXPECT_EQ(numbers.report().error(), Refusal::Exhausted);
  EXPECT_EQ(numbers.report().error(), Refusal::Exhausted);
}

}  // namespace
}  // namespace parley::srtp::test
