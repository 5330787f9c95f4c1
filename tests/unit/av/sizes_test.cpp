// Pictures that change their size in the middle of a file, as browsers send them when the network changes.
#include <gtest/gtest.h>

#include "av/muxer.hpp"
#include "files.hpp"
#include "parley/av/video_encoder.hpp"
#include "pictures.hpp"

namespace parley::av::sizes_test {
namespace {

using namespace std::chrono_literals;

struct Case {
  const char* extension;
  const char* codec;
};
class Sizes : public testing::TestWithParam<Case> {};

/// Of H.264, each key frame has its parameter sets in it: MP4 has the first ones in its header.
TEST_P(Sizes, MayChangeWithinAFile) {
  const Case test = GetParam();
  const test::Folder folder;
  const std::string path = folder.file(std::string("out.") + test.extension);
  const std::pair<std::uint16_t, std::uint16_t> sizes[] = {{160, 120}, {320, 240}, {96, 64}, {160, 120}};
  constexpr int kEach = 15;
  VideoEncoder encoder({.mimeType = test.codec});
  Muxer muxer(path);
  std::optional<std::size_t> stream;
  int frames = 0;
  for (int i = 0; i < kEach * static_cast<int>(std::size(sizes)); ++i) {
    const auto [width, height] = sizes[i / kEach];
    auto frame = encoder.encode(test::picture(width, height, i));
    if (!frame) continue;
    const bool key = frame->type == RTCEncodedVideoFrameType::Key;
    EXPECT_TRUE(key || i % kEach != 0);
    if (!stream) {
      stream =
          muxer.add_stream({.codec = find_codec(test.codec), .width = width, .height = height, .first = frame->data});
      muxer.begin();
    }
    muxer.write({.stream = *stream, .key = key, .data = std::move(frame->data), .show_at = i * 33ms});
    ++frames;
  }
  muxer.finish();
  const auto decoded = test::decode(path);
  EXPECT_EQ(decoded.video, frames);
  EXPECT_GE(frames, kEach * 3);
  EXPECT_EQ(decoded.widths, (std::vector<int>{160, 320, 96, 160}));
}

INSTANTIATE_TEST_SUITE_P(Files, Sizes,
                         testing::Values(Case{"mp4", "video/H264"}, Case{"mkv", "video/H264"},
                                         Case{"webm", "video/VP8"}, Case{"webm", "video/VP9"},
                                         Case{"mp4", "video/VP9"}),
                         [](const auto& info) { return std::string(info.param.extension) + (info.param.codec + 6); });

}  // namespace
}  // namespace parley::av::sizes_test
