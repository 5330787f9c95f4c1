// What real encoders made: six frames each of 66 x 50, of which the first and the fourth are key frames.
#include <gmock/gmock.h>

#include "formats/annex_b.hpp"
#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

/// A frame as it comes back: what payload formats leave out is not in it.
using Expected = Bytes (*)(const Bytes& frame);

Bytes same(const Bytes& frame) { return frame; }
/// Start codes are long, and there is no access unit delimiter.
Bytes without_delimiter(const Bytes& frame) {
  Bytes result;
  for (const ByteView unit : nal_units(frame))
    if ((unit[0] & 0x1F) != 9) append_nal_unit(result, unit);
  return result;
}
Bytes with_long_start_codes(const Bytes& frame) {
  Bytes result;
  for (const ByteView unit : nal_units(frame)) append_nal_unit(result, unit);
  return result;
}
/// The first OBU is the temporal delimiter.
Bytes without_first_obu(const Bytes& frame) { return {frame.begin() + 2, frame.end()}; }

struct Recording {
  const char* name;
  Expected expected;
};
void PrintTo(const Recording& one, std::ostream* out) { *out << one.name; }

class Recorded : public testing::TestWithParam<Recording> {
 protected:
  std::unique_ptr<Packetizer> packetizer_ = make_packetizer(GetParam().name);
  std::unique_ptr<Depacketizer> depacketizer_ = make_depacketizer(GetParam().name);
};

TEST_P(Recorded, FramesComeBack) {
  const List frames = recorded(GetParam().name);
  ASSERT_EQ(frames.size(), 6U);
  for (const std::size_t room : {100U, 300U, 1200U, 9000U})
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const bool key = i % 3 == 0;
      const Payloads payloads = packetized(*packetizer_, frames[i], room);
      ASSERT_FALSE(payloads.all.empty());
      EXPECT_LE(payloads.longest(), room);
      EXPECT_EQ(depacketizer_->inspect(payloads.all[0])->key_frame, key) << i;
      for (std::size_t k = 1; k < payloads.all.size(); ++k)
        EXPECT_TRUE(depacketizer_->inspect(payloads.all[k])) << i << ' ' << k;
      const auto frame = assembled(*depacketizer_, payloads.all);
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->data, GetParam().expected(frames[i])) << i;
      EXPECT_EQ(frame->info.key_frame, key) << i;
      EXPECT_EQ(frame->info.width, key ? 66 : 0) << i;
      EXPECT_EQ(frame->info.height, key ? 50 : 0) << i;
    }
}

TEST_P(Recorded, TheFirstPayloadOfAKeyFrameBeginsIt) {
  for (const Bytes& frame : recorded(GetParam().name)) {
    const Payloads payloads = packetized(*packetizer_, frame, 100);
    const auto info = depacketizer_->inspect(payloads.all[0]);
    EXPECT_TRUE(info->begins_frame || !info->key_frame);
    for (std::size_t k = 1; k < payloads.all.size(); ++k) {
      const auto later = depacketizer_->inspect(payloads.all[k]);
      EXPECT_FALSE(later->begins_frame && !info->begins_frame) << k;
    }
  }
}

TEST_P(Recorded, CutOffPayloadsAreRefusedOrShorter) {
  const List frames = recorded(GetParam().name);
  const Payloads payloads = packetized(*packetizer_, frames[0], 600);
  for (std::size_t k = 0; k < payloads.all.size(); ++k)
    for (std::size_t size = 1; size < payloads.all[k].size(); ++size) {
      List cut = payloads.all;
      cut[k].resize(size);
      (void)depacketizer_->inspect(cut[k]);
      const auto frame = assembled(*depacketizer_, cut);
      EXPECT_TRUE(!frame || frame->data.size() < frames[0].size()) << k << ' ' << size;
    }
}

TEST_P(Recorded, DamageDoesNotMakeFramesGrow) {
  const List frames = recorded(GetParam().name);
  std::mt19937 random(11);
  for (int i = 0; i < 5000; ++i) {
    List payloads = packetized(*packetizer_, frames[0], 300).all;
    std::size_t total = 0;
    for (Bytes& payload : payloads) {
      payload[random() % std::min<std::size_t>(payload.size(), 40)] ^= static_cast<std::uint8_t>(1U << random() % 8);
      total += payload.size();
      (void)depacketizer_->inspect(payload);
    }
    const auto frame = assembled(*depacketizer_, payloads);
    // A unit of two bytes behind a length of two bytes gets a start code of four.
    EXPECT_TRUE(!frame || frame->data.size() <= 4 * total);
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, Recorded,
                         testing::Values(Recording{"vp8", &same}, Recording{"vp9", &same},
                                         Recording{"h264", &without_delimiter},
                                         Recording{"h265", &with_long_start_codes},
                                         Recording{"av1", &without_first_obu}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace parley::formats
