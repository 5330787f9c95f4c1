#include "srtp/streams.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

TEST(SrtpStreams, EachSourceHasItsOwnState) {
  Streams<int> streams;
  for (const std::uint32_t source : std::to_array<std::uint32_t>({5, 1, 0xffffffff, 0, 3})) {
    EXPECT_EQ(streams.find(Ssrc(source)), nullptr);
    streams.add(Ssrc(source)) = static_cast<int>(source % 100);
  }
  for (const std::uint32_t source : std::to_array<std::uint32_t>({0, 1, 3, 5, 0xffffffff})) {
    ASSERT_NE(streams.find(Ssrc(source)), nullptr);
    EXPECT_EQ(*streams.find(Ssrc(source)), static_cast<int>(source % 100));
  }
  EXPECT_TRUE(streams.remove(Ssrc(3)));
  EXPECT_FALSE(streams.remove(Ssrc(3)));
  EXPECT_EQ(streams.find(Ssrc(3)), nullptr);
  EXPECT_EQ(*streams.find(Ssrc(5)), 5);
}

TEST(SrtpStreams, AreFullAtTheLimit) {
  Streams<int> streams;
  for (std::uint32_t i = 0; i < Streams<int>::kMost; ++i) {
    EXPECT_FALSE(streams.full());
    streams.add(Ssrc(i));
  }
  EXPECT_TRUE(streams.full());
  streams.remove(Ssrc(0));
  EXPECT_FALSE(streams.full());
}

}  // namespace
}  // namespace parley::srtp::test
