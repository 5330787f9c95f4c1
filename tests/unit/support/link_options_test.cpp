#include "support/link_options.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace parley::test {
namespace {

Result<LinkOptions> parse(std::vector<const char*> arguments) { return parse_link_options(arguments); }

TEST(LinkOptions, RulesHoldForBothDirectionsUnlessOneIsNamed) {
  const auto options =
      parse({"--delay", "50", "--loss", "0.1", "--rate", "100", "--back-delay", "5", "--there-queue", "9"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config.a_to_b.delay, 50ms);
  EXPECT_EQ(options->config.b_to_a.delay, 5ms);
  EXPECT_DOUBLE_EQ(options->config.a_to_b.loss, 0.001);
  EXPECT_EQ(options->config.b_to_a.bits_per_second, 100'000'000U);
  EXPECT_EQ(options->config.a_to_b.queue_bytes, 9U);
  EXPECT_NE(options->config.b_to_a.queue_bytes, 9U);
}

TEST(LinkOptions, TheDirectionsHaveDifferentSeeds) {
  const auto options = parse({"--seed", "40"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config.a_to_b.seed, 40U);
  EXPECT_EQ(options->config.b_to_a.seed, 41U);
}

TEST(LinkOptions, NamesBothFacesAndTheFarSide) {
  const auto options = parse({"--listen", "127.0.0.1:1", "--back", "127.0.0.1:2", "--to", "127.0.0.1:3"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config.face_to_a.port(), 1);
  EXPECT_EQ(options->config.face_to_b.port(), 2);
  EXPECT_EQ(options->to->port(), 3);
}

TEST(LinkOptions, RefusesWhatItDoesNotUnderstand) {
  EXPECT_FALSE(parse({"--lag", "1"}));
  EXPECT_FALSE(parse({"--delay", "soon"}));
  EXPECT_FALSE(parse({"--delay"}));
  EXPECT_FALSE(parse({"--loss", "-1"}));
  EXPECT_FALSE(parse({"--to", "nowhere"}));
  EXPECT_FALSE(parse({"delay", "1"}));
}

TEST(LinkOptions, TheHelpNamesEveryRule) {
  for (const char* rule : {"--delay", "--jitter", "--loss", "--rate", "--queue", "--seed"})
    EXPECT_NE(link_options_help().find(rule), std::string::npos);
}

}  // namespace
}  // namespace parley::test
