#include "media/recovery.hpp"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "call.hpp"
#include "rtp/packet.hpp"

namespace parley::media::recovery_test {
namespace {

using namespace test;
using testing::ElementsAre;

constexpr Ssrc kSource{7};

Bytes packet(std::uint16_t number, std::size_t size = 20) {
  Bytes made(rtp::kFixedHeader + size, static_cast<std::uint8_t>(number * 31));
  rtp::write_header({.payload_type = PayloadType(96), .sequence_number = number, .timestamp = number, .ssrc = kSource},
                    {}, made);
  return made;
}

rtp::Protection protection(const std::vector<Bytes>& packets, std::uint16_t base) {
  rtp::Protection made{.source = kSource, .base = base};
  for (const Bytes& one : packets)
    made.parity.content.resize(std::max(made.parity.content.size(), one.size() - rtp::kFixedHeader));
  for (const Bytes& one : packets) {
    made.parity.fold(one);
    made.mask.set(static_cast<std::uint16_t>((one[2] << 8 | one[3]) - base));
  }
  return made;
}

rtp::Protection of(std::initializer_list<std::uint16_t> numbers) {
  std::vector<Bytes> packets;
  for (const std::uint16_t number : numbers) packets.push_back(packet(number));
  return protection(packets, *numbers.begin());
}

std::vector<Bytes> recovered(Recovery& recovery) {
  std::vector<Bytes> all;
  while (auto one = recovery.next()) all.push_back(*std::move(one));
  return all;
}

TEST(Recovery, MakesTheOnePacketThatIsMissing) {
  Recovery recovery(kSource);
  recovery.keep(1, packet(1));
  recovery.keep(3, packet(3));
  recovery.protect(of({1, 2, 3}));
  EXPECT_THAT(recovered(recovery), ElementsAre(packet(2)));
  EXPECT_EQ(recovery.useless(), 0U);
  EXPECT_THAT(recovered(recovery), ElementsAre());
}

TEST(Recovery, WaitsForAPacketThatIsLateItself) {
  Recovery recovery(kSource);
  recovery.keep(1, packet(1));
  recovery.protect(of({1, 2, 3}));
  EXPECT_THAT(recovered(recovery), ElementsAre());
  recovery.keep(3, packet(3));
  EXPECT_THAT(recovered(recovery), ElementsAre(packet(2)));
}

TEST(Recovery, GoesOnWithWhatItHasMade) {
  Recovery recovery(kSource);
  recovery.keep(1, packet(1));
  recovery.protect(of({2, 4, 5}));
  recovery.protect(of({2, 3}));
  recovery.protect(of({1, 2}));
  EXPECT_THAT(recovered(recovery), ElementsAre(packet(2), packet(3)));
  recovery.keep(5, packet(5));
  EXPECT_THAT(recovered(recovery), ElementsAre(packet(4)));
}

TEST(Recovery, CountsWhatWasNotNeeded) {
  Recovery recovery(kSource);
  recovery.keep(1, packet(1));
  recovery.keep(2, packet(2));
  recovery.protect(of({1, 2}));
  EXPECT_THAT(recovered(recovery), ElementsAre());
  EXPECT_EQ(recovery.useless(), 1U);
  const std::size_t before = recovery.bytes();
  recovery.protect(of({2, 3}));
  recovery.strike_out(3);
  EXPECT_THAT(recovered(recovery), ElementsAre());
  EXPECT_EQ(recovery.useless(), 2U);
  EXPECT_EQ(recovery.bytes(), before);
}

TEST(Recovery, DoesNotCountWithAPacketWhoseHeaderIsNotKnown) {
  Recovery recovery(kSource);
  recovery.keep(1, packet(1));
  recovery.strike_out(2);
  recovery.protect(of({1, 2, 3}));
  EXPECT_THAT(recovered(recovery), ElementsAre());
  recovery.keep(2, packet(2));
  EXPECT_THAT(recovered(recovery), ElementsAre(packet(3)));
}

TEST(Recovery, GoesOnWhereNumbersWrap) {
  Recovery recovery(kSource);
  recovery.keep(65534, packet(65534));
  recovery.keep(65535, packet(65535));
  recovery.keep(1, packet(1));
  recovery.protect(of({65534, 65535, 0, 1}));
  EXPECT_THAT(recovered(recovery), ElementsAre(packet(0)));
}

TEST(Recovery, KeepsNoMoreThanFecReachesBack) {
  Recovery recovery(kSource);
  for (int i = 0; i < 5000; ++i) {
    const auto number = static_cast<std::uint16_t>(i);
    recovery.keep(number, packet(number, 1000));
    // Two of each are missing for ever.
    recovery.protect(of({static_cast<std::uint16_t>(number + 20000), static_cast<std::uint16_t>(number + 20001)}));
    EXPECT_THAT(recovered(recovery), ElementsAre());
  }
  EXPECT_LE(recovery.bytes(), Recovery::kKept * 1012 + Recovery::kMostWaiting * 20);
  EXPECT_EQ(recovery.useless(), 5000 - Recovery::kMostWaiting);
}

TEST(Recovery, TakesAnythingForAProtection) {
  std::mt19937 random(1);
  Recovery recovery(kSource);
  for (int i = 0; i < 20000; ++i) {
    const auto number = static_cast<std::uint16_t>(random() % 2 ? static_cast<unsigned long>(i) : random());
    switch (random() % 4) {
      case 0:
        recovery.keep(number, packet(number, random() % 100));
        break;
      case 1:
        recovery.strike_out(number);
        break;
      default: {
        rtp::Protection made{.base = number};
        for (std::size_t bits = random() % 4 + 1; bits > 0; --bits) made.mask.set(random() % rtp::Protection::kMost);
        made.parity.length = static_cast<std::uint16_t>(random() % 120);
        made.parity.content.resize(random() % 120);
        recovery.protect(std::move(made));
      }
    }
    for (const Bytes& one : recovered(recovery)) EXPECT_GE(one.size(), rtp::kFixedHeader);
    EXPECT_LE(recovery.bytes(), 60'000U);
  }
}

/// Packets in groups, with one of FEC for each row and each column: what is lost, and not too much of it, comes back.
TEST(Recovery, RepairsRandomLosses) {
  std::mt19937 random(1);
  Recovery recovery(kSource);
  std::size_t lost = 0, made = 0;
  for (std::uint16_t group = 0; group < 500; ++group) {
    constexpr std::uint16_t kSide = 4;
    const auto base = static_cast<std::uint16_t>(group * kSide * kSide);
    std::map<std::uint16_t, Bytes> missing;
    for (std::uint16_t i = 0; i < kSide * kSide; ++i) {
      const auto number = static_cast<std::uint16_t>(base + i);
      const Bytes one = packet(number, number % 300);
      if (random() % 10 == 0) {
        missing.emplace(number, one);
      } else {
        recovery.keep(number, one);
      }
    }
    lost += missing.size();
    for (std::uint16_t line = 0; line < 2 * kSide; ++line) {
      std::vector<Bytes> packets;
      for (std::uint16_t i = 0; i < kSide; ++i) {
        const int at = line < kSide ? line * kSide + i : i * kSide + (line - kSide);
        const auto number = static_cast<std::uint16_t>(base + at);
        packets.push_back(packet(number, number % 300));
      }
      recovery.protect(protection(packets, base));
    }
    for (const Bytes& one : recovered(recovery)) {
      const auto number = static_cast<std::uint16_t>(one[2] << 8 | one[3]);
      ASSERT_TRUE(missing.contains(number));
      EXPECT_EQ(one, missing[number]);
      missing.erase(number);
      ++made;
    }
  }
  EXPECT_GT(lost, 700U);
  EXPECT_GT(made, lost * 95 / 100);
}

}  // namespace
}  // namespace parley::media::recovery_test
