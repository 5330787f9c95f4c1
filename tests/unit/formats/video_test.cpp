// What holds for every format of video.
#include <gmock/gmock.h>

#include <random>

#include "collector.hpp"
#include "formats/av1_obu.hpp"

namespace parley::formats {
namespace {

/// A format and a frame that its packetizer takes for one.
struct Case {
  const char* name;
  Bytes (*frame)(bool key, std::size_t size, std::minstd_rand& random);
};

Bytes noise(std::size_t size, std::minstd_rand& random) {
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(1 + random() % 255);  // no start codes
  return bytes;
}

Bytes vp8(bool key, std::size_t size, std::minstd_rand& random) {
  Bytes frame = noise(std::max<std::size_t>(size, 10), random);
  frame[0] = key ? 0x10 : 0x11;
  return frame;
}
Bytes vp9(bool key, std::size_t size, std::minstd_rand& random) {
  Bytes frame = noise(std::max<std::size_t>(size, 12), random);
  const Bytes head = key ? Bytes{0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xF0, 0x0E, 0xF6} : Bytes{0x86};
  std::copy(head.begin(), head.end(), frame.begin());
  return frame;
}
Bytes h264(bool key, std::size_t size, std::minstd_rand& random) {
  Bytes frame;
  const auto unit = [&](std::uint8_t head, std::size_t length) {
    const Bytes content = noise(length, random);
    frame.insert(frame.end(), {0, 0, 0, 1, head});
    frame.insert(frame.end(), content.begin(), content.end());
    frame[frame.size() - length] |= 0x80;  // the first macroblock
  };
  if (key) {
    unit(0x67, 8);
    unit(0x68, 4);
  }
  unit(key ? 0x65 : 0x41, std::max<std::size_t>(size, 2));
  return frame;
}
Bytes av1(bool key, std::size_t size, std::minstd_rand& random) {
  Bytes frame;
  const auto obu = [&](std::uint8_t type, std::size_t length) {
    const Bytes content = noise(length, random);
    frame.push_back(static_cast<std::uint8_t>(type << 3 | 2));
    append_leb128(frame, static_cast<std::uint32_t>(length));
    frame.insert(frame.end(), content.begin(), content.end());
  };
  if (key) obu(1, 11);
  obu(6, std::max<std::size_t>(size, 2));
  return frame;
}

class Video : public testing::TestWithParam<Case> {};

TEST_P(Video, FramesOfEverySizeComeBackFromPacketsOfEverySize) {
  std::minstd_rand random(11);
  const auto packetizer = make_packetizer(GetParam().name);
  const auto depacketizer = make_depacketizer(GetParam().name);
  for (const std::size_t most : {100U, 101U, 500U, 1188U}) {
    for (std::size_t size = 1; size < 200'000; size = size * 3 / 2 + 1) {
      const bool key = random() % 2 == 0;
      const Bytes frame = GetParam().frame(key, size, random);
      Collector packets;
      ASSERT_TRUE(packetizer->packetize(frame, {.key_frame = key}, most, packets));
      ASSERT_FALSE(packets.payloads.empty());
      for (std::size_t i = 0; i < packets.payloads.size(); ++i) {
        EXPECT_LE(packets.payloads[i].size(), most);
        EXPECT_EQ(packets.last[i], i + 1 == packets.payloads.size());
      }
      const auto first = depacketizer->inspect(packets.payloads[0]);
      ASSERT_TRUE(first);
      EXPECT_EQ(first->begins_frame && first->key_frame, key);
      const auto whole = depacketizer->assemble(packets.views());
      ASSERT_TRUE(whole) << whole.error().message;
      EXPECT_EQ(whole->data, frame);
      EXPECT_EQ(whole->info.key_frame, key);
    }
  }
}

TEST_P(Video, PacketsOfAFrameAreAboutEquallyLong) {
  std::minstd_rand random(12);
  const Bytes frame = GetParam().frame(false, 10'000, random);
  Collector packets;
  ASSERT_TRUE(make_packetizer(GetParam().name)->packetize(frame, {}, 1188, packets));
  EXPECT_LE(packets.payloads.size(), 10U);
}

TEST_P(Video, AMissingPacketIsNoticedOrHarmless) {
  std::minstd_rand random(13);
  const Bytes frame = GetParam().frame(true, 5000, random);
  Collector packets;
  ASSERT_TRUE(make_packetizer(GetParam().name)->packetize(frame, {.key_frame = true}, 1000, packets));
  const auto depacketizer = make_depacketizer(GetParam().name);
  auto without_first = packets.views();
  without_first.erase(without_first.begin());
  const auto rest = depacketizer->assemble(without_first);
  if (rest) {
    EXPECT_LT(rest->data.size(), frame.size());
  }
}

TEST_P(Video, EveryTruncationAndEveryByteIsRefusedOrRead) {
  std::minstd_rand random(14);
  const Bytes frame = GetParam().frame(true, 300, random);
  Collector packets;
  ASSERT_TRUE(make_packetizer(GetParam().name)->packetize(frame, {.key_frame = true}, 200, packets));
  const auto depacketizer = make_depacketizer(GetParam().name);
  for (Bytes payload : packets.payloads) {
    for (std::size_t size = 0; size <= payload.size(); ++size) {
      const ByteView cut = ByteView(payload).first(size);
      (void)depacketizer->inspect(cut);
      if (!cut.empty()) (void)depacketizer->assemble(std::span(&cut, 1));
    }
    for (int i = 0; i < 2000; ++i) {
      Bytes changed = payload;
      changed[random() % std::min<std::size_t>(changed.size(), 24)] = static_cast<std::uint8_t>(random());
      const ByteView view = changed;
      (void)depacketizer->inspect(view);
      if (const auto read = depacketizer->assemble(std::span(&view, 1))) {
        EXPECT_LE(read->data.size(), payload.size() * 8 + 64);
      }
    }
  }
}

TEST_P(Video, RefusesNothing) {
  Collector packets;
  EXPECT_EQ(make_packetizer(GetParam().name)->packetize({}, {}, 1000, packets).error().kind, ErrorKind::DataError);
  EXPECT_TRUE(packets.payloads.empty());
  EXPECT_FALSE(make_depacketizer(GetParam().name)->inspect({}));
  EXPECT_FALSE(make_depacketizer(GetParam().name)->assemble({}));
}

INSTANTIATE_TEST_SUITE_P(Formats, Video,
                         testing::Values(Case{"VP8", vp8}, Case{"VP9", vp9}, Case{"H264", h264}, Case{"AV1", av1}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace parley::formats
