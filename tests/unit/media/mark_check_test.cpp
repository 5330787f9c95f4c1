#include "media/mark_check.hpp"

#include <gtest/gtest.h>

namespace parley::media {
namespace {

cc::PacketResult result(TimePoint sent, bool arrived) {
  cc::PacketResult made{.packet = {.sent = sent, .ecn = Ecn::Ect1}};
  if (arrived) made.arrival = Duration(1s);
  if (arrived) made.ecn = Ecn::Ect1;
  return made;
}

TEST(MarkCheck, AnotherPathIsNotJudgedByWhatWasSentBefore) {
  constexpr TimePoint kChange{10s};
  MarkCheck lost, proven;
  lost.begin_anew(kChange);
  lost.add(std::vector(MarkCheck::kTrial, result(kChange - 1ms, false)));
  EXPECT_TRUE(lost.usable());
  lost.add(std::vector(MarkCheck::kTrial, result(kChange, false)));
  EXPECT_FALSE(lost.usable());
  proven.begin_anew(kChange);
  proven.add({result(kChange - 1ms, true)});
  for (std::size_t i = 0; i < MarkCheck::kTrial; ++i) proven.sent();
  EXPECT_FALSE(proven.usable());
}

}  // namespace
}  // namespace parley::media
