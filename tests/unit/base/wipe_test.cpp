#include "base/wipe.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/bytes.hpp"

namespace parley {
namespace {

TEST(Wipe, OverwritesWhatItIsGivenAndNothingElse) {
  Bytes bytes(40, 7);
  wipe(std::span(bytes).subspan(4, 32));
  Bytes expected(40, 0);
  for (const std::size_t i : std::to_array<std::size_t>({0, 1, 2, 3, 36, 37, 38, 39})) expected[i] = 7;
  EXPECT_EQ(bytes, expected);
  wipe({});
}

}  // namespace
}  // namespace parley
