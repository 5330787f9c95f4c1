#include "sctp/assembly.hpp"

#include <gtest/gtest.h>

namespace parley::sctp {
namespace {

using Outcome = Assembly::Outcome;

struct AnAssembly : ::testing::Test {
  Assembly assembly{10, 25};
  Outcome add(unsigned stream, std::string_view text, bool last, std::uint16_t sequence = 0, bool unordered = false) {
    return assembly.add(
        {dcep::StreamId(static_cast<std::uint16_t>(stream)), unordered, sequence, last, as_bytes(text)});
  }
  std::string taken() {
    const Bytes whole = assembly.take();
    return std::string(as_text(whole));
  }
};

TEST_F(AnAssembly, JoinsPiecesOfStreamsThatComeInTurns) {
  EXPECT_EQ(add(1, "a", false), Outcome::More);
  EXPECT_EQ(add(2, "x", false), Outcome::More);
  EXPECT_EQ(add(1, "u", false, 7, true), Outcome::More);
  EXPECT_EQ(add(1, "b", true), Outcome::Whole);
  EXPECT_EQ(taken(), "ab");
  EXPECT_EQ(add(1, "v", true, 7, true), Outcome::Whole);
  EXPECT_EQ(taken(), "uv");
  EXPECT_EQ(add(2, "y", true), Outcome::Whole);
  EXPECT_EQ(taken(), "xy");
  EXPECT_EQ(assembly.total(), 0u);
}

TEST_F(AnAssembly, WholeMessagesNeedNoCopy) {
  const Assembly::Piece piece{dcep::StreamId(1), false, 0, true, as_bytes("0123456789")};
  EXPECT_TRUE(assembly.is_whole(piece));
  EXPECT_FALSE(assembly.is_whole({dcep::StreamId(1), false, 0, false, as_bytes("0")}));
  EXPECT_FALSE(assembly.is_whole({dcep::StreamId(1), false, 0, true, as_bytes("01234567890")}));
  add(1, "a", false);
  EXPECT_FALSE(assembly.is_whole(piece));
}

TEST_F(AnAssembly, TooLongMessagesAreReportedOnceAndSwallowed) {
  EXPECT_EQ(add(1, "0123456789", false), Outcome::More);
  EXPECT_EQ(add(1, "0", false), Outcome::TooLong);
  EXPECT_EQ(assembly.total(), 0u);
  EXPECT_EQ(add(1, "more", false), Outcome::More);
  EXPECT_EQ(add(1, "end", true), Outcome::More);
  EXPECT_EQ(add(1, "next", true, 1), Outcome::Whole);
  EXPECT_EQ(taken(), "next");
  EXPECT_EQ(add(1, "much too long", true, 2), Outcome::TooLong);
  EXPECT_EQ(add(1, "x", true, 3), Outcome::Whole);
}

TEST_F(AnAssembly, AnAbandonedMessageIsForgotten) {
  add(1, "old", false, 4);
  assembly.abandon(dcep::StreamId(1), 4);
  EXPECT_EQ(assembly.total(), 0u);
  EXPECT_EQ(add(1, "new", true, 5), Outcome::Whole);
  EXPECT_EQ(taken(), "new");
}

TEST_F(AnAssembly, AnotherMessagesPieceEndsTheOneBefore) {
  add(1, "old", false, 4);
  EXPECT_EQ(add(1, "new", true, 5), Outcome::Whole);
  EXPECT_EQ(taken(), "new");
  EXPECT_EQ(assembly.total(), 0u);
}

TEST_F(AnAssembly, AResetForgetsOrderedAndUnorderedMessages) {
  add(1, "a", false, 1);
  add(1, "b", false, 2, true);
  add(2, "c", false, 1);
  assembly.abandon(dcep::StreamId(1), std::nullopt);
  EXPECT_EQ(assembly.total(), 1u);
}

TEST_F(AnAssembly, AllIncompleteMessagesTogetherAreBounded) {
  add(1, "0123456789", false);
  add(2, "0123456789", false);
  EXPECT_FALSE(assembly.overflowed());
  add(3, "012345", false);
  EXPECT_TRUE(assembly.overflowed());
}

}  // namespace
}  // namespace parley::sctp
