#include "sdp/parse.hpp"

#include <gtest/gtest.h>

#include "sdp/print.hpp"

namespace parley::sdp {
namespace {

constexpr std::string_view kMinimal = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

TEST(SdpParse, ReadsTheSmallestDescription) {
  const auto description = parse(kMinimal);
  ASSERT_TRUE(description) << description.error().message;
  EXPECT_EQ(description->origin, (Origin{"-", 1, 2, "IN", "IP4", "127.0.0.1"}));
  EXPECT_EQ(description->name, "-");
  EXPECT_EQ(print(*description), kMinimal);
}

}  // namespace
}  // namespace parley::sdp
