#include <gtest/gtest.h>

#include <random>

#include "rtp/extension_map.hpp"
#include "rtp/ntp.hpp"
#include "rtp/sequence.hpp"

namespace parley::rtp {
namespace {

using std::chrono::system_clock;

TEST(SerialNumbers, AreLaterByLessThanHalfTheCircle) {
  EXPECT_TRUE(is_later<std::uint16_t>(1, 0));
  EXPECT_FALSE(is_later<std::uint16_t>(0, 1));
  EXPECT_FALSE(is_later<std::uint16_t>(5, 5));
  EXPECT_TRUE(is_later<std::uint16_t>(0, 65535));
  EXPECT_TRUE(is_later<std::uint16_t>(0x7FFF, 0));
  EXPECT_FALSE(is_later<std::uint16_t>(0x8001, 0));
  EXPECT_TRUE(is_later<std::uint32_t>(3, 0xFFFFFFF0));
  EXPECT_FALSE(is_later<std::uint32_t>(0xFFFFFFF0, 3));
}

TEST(SerialNumbers, OfTwoDifferentOnesAtMostOneIsLater) {
  for (std::uint32_t a = 0; a < 65536; a += 251)
    for (std::uint32_t b = 0; b < 65536; b += 257) {
      const auto x = static_cast<std::uint16_t>(a), y = static_cast<std::uint16_t>(b);
      EXPECT_FALSE(is_later(x, y) && is_later(y, x));
    }
}

TEST(Unwrapper, FollowsNumbersAroundTheCircleInBothDirections) {
  SequenceUnwrapper unwrapper;
  const std::int64_t first = unwrapper.unwrap(65534);
  EXPECT_EQ(unwrapper.unwrap(65535), first + 1);
  EXPECT_EQ(unwrapper.unwrap(1), first + 3);
  EXPECT_EQ(unwrapper.unwrap(65535), first + 1);
  EXPECT_EQ(unwrapper.unwrap(32767), first + 1 - 32768);
  unwrapper.reset();
  EXPECT_EQ(unwrapper.unwrap(7) & 0xFFFF, 7);
}

TEST(Unwrapper, IsNearestToTheLastNumberAndNeverNegative) {
  std::mt19937 random(3);
  SequenceUnwrapper unwrapper;
  std::int64_t last = unwrapper.unwrap(0);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = static_cast<std::uint16_t>(i < 50'000 ? random() : static_cast<std::uint32_t>(last) - 32000);
    const std::int64_t full = unwrapper.unwrap(number);
    ASSERT_EQ(static_cast<std::uint16_t>(full), number);
    ASSERT_GE(full, 0);
    // Near the beginning of time the nearest one does not exist.
    if (last > 32768) {
      ASSERT_LE(std::abs(full - last), 32768);
    }
    last = full;
  }
}

TEST(Unwrapper, TimestampsHaveTheirOwnCircle) {
  TimestampUnwrapper unwrapper;
  const std::int64_t first = unwrapper.unwrap(0xFFFFFF00);
  EXPECT_EQ(unwrapper.unwrap(0x00000100), first + 0x200);
  EXPECT_EQ(unwrapper.unwrap(0xFFFFFE00), first - 0x100);
}

/// RFC 3550 section 6.4.1 has 10 November 1995 11:33:25.125 UTC as b44d:b705.2000:0000.
TEST(NtpTime, OfTheExampleInTheRfc) {
  const auto time = system_clock::time_point(std::chrono::milliseconds(816003205125));
  EXPECT_EQ(to_ntp(time).value, 0xB44DB705'20000000U);
  EXPECT_EQ(to_ntp(time).compact(), 0xB7052000U);
}

TEST(NtpTime, BeginsWith1900AndEndsIn2036) {
  EXPECT_EQ(to_ntp(system_clock::time_point()).value, 2'208'988'800ULL << 32);
  const system_clock::time_point era(std::chrono::seconds(0x1'0000'0000LL - 2'208'988'800));
  EXPECT_EQ(to_ntp(era).value, 0U);
  EXPECT_EQ(to_ntp(era - std::chrono::nanoseconds(500'000'000)).value, 0xFFFFFFFF'80000000U);
}

TEST(NtpTime, BeforeTheUnixEpochIsATimeAsWell) {
  EXPECT_EQ(to_ntp(system_clock::time_point(-std::chrono::milliseconds(250))).value,
            (2'208'988'799ULL << 32) + 0xC0000000U);
}

/// The same example: A = b710:8000, DLSR = 0005:4000, LSR = b705:2000 make a round trip of 6.125 s.
TEST(NtpTime, RoundTripOfTheExampleInTheRfc) {
  const std::uint32_t dlsr = to_compact(5250ms);
  EXPECT_EQ(dlsr, 0x00054000U);
  EXPECT_EQ(from_compact(0xB7108000U - dlsr - 0xB7052000U), 6125ms);
}

TEST(NtpTime, CompactDurationsAreExactToA65536thOfASecond) {
  EXPECT_EQ(to_compact(0s), 0U);
  EXPECT_EQ(to_compact(-5s), 0U);
  EXPECT_EQ(to_compact(1s), 65536U);
  EXPECT_EQ(from_compact(65536), 1s);
  for (Duration duration : {Duration(1ms), Duration(123456us), Duration(3599s)}) {
    const Duration back = from_compact(to_compact(duration));
    EXPECT_LE(back, duration);
    EXPECT_GT(back, duration - 16us);
  }
}

TEST(ExtensionMap, KnowsIdsByKindAndZeroForTheRest) {
  ExtensionMap map;
  map.set(3, kind_of("urn:ietf:params:rtp-hdrext:sdes:mid").value());
  map.set(200, kind_of("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01").value());
  EXPECT_EQ(map.id(ExtensionKind::Mid), 3);
  EXPECT_EQ(map.id(ExtensionKind::TransportSequenceNumber), 200);
  EXPECT_EQ(map.id(ExtensionKind::Rid), 0);
}

/// RFC 8285 sections 4.2 and 4.3.
TEST(ExtensionMap, HasRoomForLongValuesOnlyWhereBothFormsAreAllowed) {
  ExtensionMap map;
  EXPECT_TRUE(map.has_room(1, 1));
  EXPECT_TRUE(map.has_room(14, 16));
  EXPECT_FALSE(map.has_room(14, 17));
  EXPECT_FALSE(map.has_room(15, 1));
  EXPECT_FALSE(map.has_room(14, 0));
  map.allow_two_byte();
  EXPECT_TRUE(map.has_room(14, 17));
  EXPECT_TRUE(map.has_room(255, 255));
  EXPECT_TRUE(map.has_room(1, 0));
  EXPECT_FALSE(map.has_room(1, 256));
  EXPECT_FALSE(map.has_room(0, 1));
}

TEST(ExtensionMap, KnowsTheUrisExactly) {
  EXPECT_EQ(kind_of("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"), ExtensionKind::Rid);
  EXPECT_EQ(kind_of("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"), ExtensionKind::RepairedRid);
  EXPECT_EQ(kind_of("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"), ExtensionKind::SendTime);
  EXPECT_EQ(kind_of("urn:ietf:params:rtp-hdrext:ssrc-audio-level"), ExtensionKind::AudioLevel);
  EXPECT_EQ(kind_of("urn:ietf:params:rtp-hdrext:csrc-audio-level"), ExtensionKind::ContributorLevels);
  EXPECT_EQ(kind_of("urn:3gpp:video-orientation"), ExtensionKind::VideoOrientation);
  EXPECT_EQ(kind_of("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"), ExtensionKind::CaptureTime);
  EXPECT_EQ(kind_of("https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"),
            ExtensionKind::DependencyDescriptor);
  EXPECT_EQ(kind_of("urn:ietf:params:rtp-hdrext:sdes:MID"), std::nullopt);
  EXPECT_EQ(kind_of("urn:ietf:params:rtp-hdrext:sdes:mi"), std::nullopt);
  EXPECT_EQ(kind_of(""), std::nullopt);
}

}  // namespace
}  // namespace parley::rtp
