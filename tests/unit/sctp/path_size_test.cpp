#include "sctp/path_size.hpp"

#include <gtest/gtest.h>

#include "sctp/chunks.hpp"
#include "sctp/crc32c.hpp"

namespace parley::sctp {
namespace {

constexpr std::size_t kBase = 1163, kLarge = 8048;

Bytes header() { return {0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0, 0, 0, 0}; }

/// A packet of `size` bytes with one chunk, which begins with `word`.
Bytes packet(ChunkType type, std::uint32_t word, std::size_t size = 100) {
  Bytes out = header();
  ByteWriter(out)
      .number(static_cast<std::uint8_t>(type))
      .number(std::uint8_t{0})
      .number(static_cast<std::uint16_t>(size - kCommonHeader))
      .number(word);
  out.resize(size);
  return out;
}

/// The packet as its receiver sends it back: the heartbeat alone.
Bytes answer(const Bytes& heartbeat) {
  Bytes out(heartbeat.begin(), heartbeat.begin() + kCommonHeader);
  each_chunk(heartbeat, [&](ChunkType, ByteView chunk) {
    out.insert(out.end(), chunk.begin(), chunk.end());
    return false;
  });
  out[kCommonHeader] = static_cast<std::uint8_t>(ChunkType::HeartbeatAck);
  return out;
}

struct APathSize : ::testing::Test {
  PathSize path{kBase, kLarge};
  TimePoint now{1h};

  void SetUp() override { path.sent(packet(ChunkType::Sack, 0), now); }
  void peer_takes(std::uint32_t size) {
    path.received(write_heartbeat(header(), {.kind = Heartbeat::Kind::Takes, .size = size, .id = 1}), now);
  }
  /// The next packet is a probe.
  Bytes probe() {
    const auto output = path.next(now);
    EXPECT_TRUE(output && output->probe);
    return output ? output->packet : Bytes{};
  }
  void become_large() {
    peer_takes(kLarge);
    path.received(answer(probe()), now);
    ASSERT_EQ(path.size(), kLarge);
  }
};

TEST_F(APathSize, AProbeThatIsAnsweredMakesItLarge) {
  peer_takes(kLarge);
  const Bytes probe = this->probe();
  EXPECT_EQ(probe.size(), kLarge);
  EXPECT_EQ(path.size(), kBase);
  EXPECT_FALSE(path.next(now));
  path.received(answer(probe), now);
  EXPECT_EQ(path.size(), kLarge);
  EXPECT_FALSE(path.deadline());
}

TEST_F(APathSize, AProbeIsAWellFormedPacketOfItsLength) {
  peer_takes(kLarge);
  Bytes probe = this->probe();
  std::vector<ChunkType> types;
  std::size_t length = kCommonHeader;
  each_chunk(probe, [&](ChunkType type, ByteView chunk) {
    types.push_back(type);
    length += chunk.size();
    return true;
  });
  EXPECT_EQ(types, (std::vector{ChunkType::Heartbeat, ChunkType::Pad}));
  EXPECT_EQ(length, kLarge);
  const std::uint32_t written = std::uint32_t{probe[8]} | std::uint32_t{probe[9]} << 8 |
                                std::uint32_t{probe[10]} << 16 | std::uint32_t{probe[11]} << 24;
  std::fill_n(probe.begin() + 8, 4, std::uint8_t{0});
  EXPECT_EQ(written, crc32c(probe));
}

TEST_F(APathSize, WhoHasNotSaidThatItTakesLargePacketsIsNotProbed) {
  EXPECT_FALSE(path.next(now));
  peer_takes(kLarge - 1);
  EXPECT_FALSE(path.next(now));
}

TEST_F(APathSize, LostProbesAreRepeatedThenLeftForAWhile) {
  peer_takes(kLarge);
  for (unsigned i = 0; i < PathSize::kProbes; ++i) {
    probe();
    EXPECT_FALSE(path.next(now));
    now = path.deadline().value();
  }
  EXPECT_FALSE(path.next(now));
  EXPECT_EQ(path.deadline(), now + PathSize::kRaiseTime);
  peer_takes(kLarge);  // changes nothing
  EXPECT_FALSE(path.next(now));
  now += PathSize::kRaiseTime;
  path.received(answer(probe()), now);
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, OnlyTheLastProbesAnswerCounts) {
  peer_takes(kLarge);
  const Bytes first = probe();
  now += PathSize::kProbeTime;
  const Bytes second = probe();
  path.received(answer(first), now);
  EXPECT_EQ(path.size(), kBase);
  path.received(answer(second), now);
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, AnswersAreCutOutOfThePacket) {
  peer_takes(kLarge);
  Bytes bundle = answer(probe());
  const Bytes sack = packet(ChunkType::Sack, 7, 28);
  bundle.insert(bundle.end(), sack.begin() + kCommonHeader, sack.end());
  const ByteView rest = path.received(bundle, now);
  ASSERT_EQ(rest.size(), sack.size());
  EXPECT_TRUE(std::equal(rest.begin() + kCommonHeader, rest.end(), sack.begin() + kCommonHeader));
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, ANewPathIsProbedFromTheBeginning) {
  become_large();
  path.path_changed();
  EXPECT_EQ(path.size(), kBase);
  path.received(answer(probe()), now);
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, SilenceAfterALargePacketEndsLargeOnes) {
  become_large();
  path.sent(packet(ChunkType::Data, 100, kLarge), now);
  path.sent(packet(ChunkType::Data, 107, kLarge), now);
  now += PathSize::kSilence;
  path.sent(packet(ChunkType::Data, 100, kLarge), now);
  EXPECT_EQ(path.size(), kBase);
  probe();
}

TEST_F(APathSize, ARepetitionWhileOthersAreAcknowledgedIsOrdinaryLoss) {
  become_large();
  path.sent(packet(ChunkType::Data, 100, kLarge), now);
  path.sent(packet(ChunkType::Data, 107, kLarge), now);
  now += PathSize::kSilence;
  path.received(packet(ChunkType::Sack, 103), now);
  path.sent(packet(ChunkType::Data, 104, kLarge), now + PathSize::kSilence / 2);
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, APauseIsNoSilence) {
  become_large();
  path.sent(packet(ChunkType::Data, 100, kLarge), now);
  path.received(packet(ChunkType::Sack, 106), now);
  now += 1h;
  path.sent(packet(ChunkType::Data, 107, kLarge), now);
  path.sent(packet(ChunkType::Data, 107, kLarge), now + PathSize::kSilence / 2);
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, RepetitionsOfSmallPacketsProveNothing) {
  become_large();
  path.sent(packet(ChunkType::Data, 100, kBase), now);
  path.sent(packet(ChunkType::Data, 100, kBase), now + 1h);
  EXPECT_EQ(path.size(), kLarge);
}

TEST_F(APathSize, DataGivenUpMakesAProbeNecessary) {
  become_large();
  path.sent(packet(ChunkType::ForwardTsn, 100), now + PathSize::kTrust / 2);
  EXPECT_EQ(path.size(), kLarge);
  path.sent(packet(ChunkType::IForwardTsn, 100), now + PathSize::kTrust);
  EXPECT_EQ(path.size(), kBase);
}

TEST_F(APathSize, ThePeerIsToldOnceMuchHasComeUntilItConfirms) {
  const Bytes data = packet(ChunkType::Data, 1, kBase);
  const auto receive = [&](std::uint64_t bytes) {
    for (std::uint64_t sum = 0; sum < bytes; sum += data.size()) path.received(data, now);
  };
  EXPECT_FALSE(path.next(now));
  receive(PathSize::kMuch);
  const auto first = path.next(now);
  ASSERT_TRUE(first && !first->probe);
  EXPECT_LT(first->packet.size(), 100u);
  EXPECT_FALSE(path.next(now));
  receive(PathSize::kMuch * 2);
  const auto second = path.next(now);  // the first seems to be lost
  ASSERT_TRUE(second);
  PathSize other(kBase, kLarge);
  other.sent(packet(ChunkType::Sack, 0), now);
  other.received(second->packet, now);
  EXPECT_TRUE(other.next(now).value().probe);
  path.received(answer(second->packet), now);
  receive(PathSize::kMuch * 100);
  EXPECT_FALSE(path.next(now));
}

TEST_F(APathSize, WithoutALargeSizeNothingHappens) {
  PathSize none(kBase, 0);
  none.sent(packet(ChunkType::Sack, 0), now);
  none.received(write_heartbeat(header(), {.kind = Heartbeat::Kind::Takes, .size = 65535, .id = 1}), now);
  for (int i = 0; i < 100; ++i) none.received(packet(ChunkType::Data, 1, kBase), now);
  EXPECT_FALSE(none.next(now));
  EXPECT_EQ(none.size(), kBase);
}

TEST(Heartbeat, ThoseOfOthersAreNotOurs) {
  const Bytes ours = write_heartbeat(header(), {.kind = Heartbeat::Kind::Takes, .size = 5, .id = 6});
  const ByteView chunk = ByteView(ours).subspan(kCommonHeader);
  const auto read = read_heartbeat(chunk);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size, 5u);
  EXPECT_EQ(read->id, 6u);
  for (std::size_t i = 4; i < 16; ++i) {
    Bytes other(chunk.begin(), chunk.end());
    other[i] ^= 1;
    EXPECT_FALSE(read_heartbeat(other)) << i;
  }
  for (std::size_t size = 0; size < chunk.size(); ++size) EXPECT_FALSE(read_heartbeat(chunk.first(size)));
}

}  // namespace
}  // namespace parley::sctp
