#include "srtp/streams.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

struct State {
  int value = 0;
  [[nodiscard]] Stop stop() const { return {.report = 7, .packet = static_cast<std::uint64_t>(value)}; }
};
constexpr auto kMost = static_cast<std::uint32_t>(Streams<State>::kMost);
constexpr auto kMostGone = static_cast<std::uint32_t>(Streams<State>::kMostGone);

TEST(SrtpStreams, EachSourceHasItsOwnState) {
  Streams<State> streams;
  for (const std::uint32_t source : std::to_array<std::uint32_t>({5, 1, 0xffffffff, 0, 3})) {
    EXPECT_EQ(streams.find(Ssrc(source)), nullptr);
    streams.add(Ssrc(source), {static_cast<int>(source % 100)});
  }
  for (const std::uint32_t source : std::to_array<std::uint32_t>({0, 1, 3, 5, 0xffffffff})) {
    ASSERT_NE(streams.find(Ssrc(source)), nullptr);
    EXPECT_EQ(streams.find(Ssrc(source))->state.value, static_cast<int>(source % 100));
  }
  EXPECT_TRUE(streams.remove(Ssrc(3)));
  EXPECT_FALSE(streams.remove(Ssrc(3)));
  EXPECT_EQ(streams.find(Ssrc(3)), nullptr);
  EXPECT_EQ(streams.find(Ssrc(5))->state.value, 5);
}

TEST(SrtpStreams, TheOneThatHasBeenSilentLongestMakesRoom) {
  Streams<State> streams;
  for (std::uint32_t i = 0; i < kMost; ++i) {
    EXPECT_EQ(streams.next_to_go(), std::nullopt);
    streams.add(Ssrc(i), {static_cast<int>(i)});
  }
  streams.use(*streams.find(Ssrc(0)));
  EXPECT_EQ(streams.next_to_go(), Ssrc(1));
  streams.add(Ssrc(kMost));
  EXPECT_NE(streams.find(Ssrc(0)), nullptr);
  EXPECT_EQ(streams.find(Ssrc(1)), nullptr);
  EXPECT_EQ(streams.stop(Ssrc(0)), std::nullopt);
  ASSERT_TRUE(streams.stop(Ssrc(1)));
  EXPECT_EQ(streams.stop(Ssrc(1))->packet, 1U);
  EXPECT_EQ(streams.stop(Ssrc(1))->report, 7U);
  streams.add(Ssrc(1));  // it goes on in the place of another
  EXPECT_EQ(streams.stop(Ssrc(1)), std::nullopt);
  EXPECT_TRUE(streams.stop(Ssrc(2)));
  EXPECT_TRUE(streams.remove(Ssrc(2)));
  EXPECT_FALSE(streams.stop(Ssrc(2)));
}

TEST(SrtpStreams, WhatIsKnownOfThemHasAnEnd) {
  Streams<State> streams;
  for (std::uint32_t i = 0; i < kMost + kMostGone; ++i) {
    ASSERT_TRUE(streams.takes(Ssrc(i)));
    streams.add(Ssrc(i));
  }
  EXPECT_FALSE(streams.takes(Ssrc(0xffffffff)));
  EXPECT_TRUE(streams.takes(Ssrc(0))) << "which is known already";
  streams.add(Ssrc(0));
  EXPECT_FALSE(streams.takes(Ssrc(0xffffffff)));
  streams.remove(Ssrc(1));
  EXPECT_TRUE(streams.takes(Ssrc(0xffffffff)));
}

}  // namespace
}  // namespace parley::srtp::test
