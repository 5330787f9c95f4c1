#include "av/muxer.hpp"

#include <gtest/gtest.h>

#include "av/demuxer.hpp"
#include "files.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;

struct Case {
  const char* extension;
  const char* source;
  const char* video;  // as FFmpeg calls it
  bool sound;
};

/// Every pair that is claimed, with sound where the source has it.
constexpr Case kCases[] = {
    {"webm", "vp8-opus.webm", "vp8", true}, {"webm", "vp9-opus.webm", "vp9", true}, {"webm", "av1.mp4", "av1", false},
    {"mkv", "vp8-opus.webm", "vp8", true},  {"mkv", "vp9-opus.webm", "vp9", true},  {"mkv", "av1.mp4", "av1", false},
    {"mkv", "h264-opus.mp4", "h264", true}, {"mkv", "h264.h264", "h264", false},    {"mkv", "h265.h265", "hevc", false},
    {"mp4", "h264-opus.mp4", "h264", true}, {"mp4", "h264.h264", "h264", false},    {"mp4", "h265.mp4", "hevc", false},
    {"mp4", "h265.h265", "hevc", false},    {"mp4", "vp9-opus.webm", "vp9", true},  {"mp4", "av1.mp4", "av1", false},
    {"ogg", "opus.ogg", "", true},          {"opus", "opus.ogg", "", true},         {"webm", "opus.ogg", "", true},
    {"mp4", "opus.ogg", "", true},
};

class Muxed : public testing::TestWithParam<Case> {};

TEST_P(Muxed, WhatIsWrittenDecodes) {
  const Case test = GetParam();
  const test::Folder folder;
  const std::string path = folder.file(std::string("out.") + test.extension);
  Demuxer source(test::data(test.source));
  std::vector<Unit> units;
  while (auto unit = source.read()) units.push_back(*std::move(unit));
  {
    Muxer muxer(path);
    std::optional<std::size_t> video, audio;
    const auto first = std::ranges::find(units, Kind::Video, &Unit::kind);
    if (source.video())
      video = muxer.add_stream({.codec = find_codec(source.video()->mime_type),
                                .width = source.video()->width,
                                .height = source.video()->height,
                                .first = first->data});
    if (source.audio()) audio = muxer.add_stream({.codec = find_codec(*source.audio())});
    muxer.begin();
    for (const Unit& unit : units)
      muxer.write({.stream = unit.kind == Kind::Video ? *video : *audio,
                   .key = unit.key,
                   .data = unit.data,
                   .show_at = unit.show_at});
    muxer.finish();
    muxer.finish();
  }
  const auto decoded = test::decode(path);
  EXPECT_EQ(decoded.video_codec, test.video);
  EXPECT_EQ(decoded.video, test.video[0] ? 30 : 0);
  if (test.video[0]) {
    EXPECT_EQ(decoded.width, 160);
    EXPECT_NEAR(decoded.video_end - decoded.video_start, 29.0 / 15, 0.011);
  }
  EXPECT_EQ(decoded.audio_codec, test.sound ? "opus" : "");
  if (test.sound) {
    EXPECT_NEAR(decoded.audio, 2.02, 0.021);
  }
  if (test.video[0] && test.sound) {
    EXPECT_NEAR(decoded.video_start, decoded.audio_start, 0.05);
  }
}

INSTANTIATE_TEST_SUITE_P(Pairs, Muxed, testing::ValuesIn(kCases), [](const auto& info) {
  std::string name = std::string(info.param.extension) + "_of_" + info.param.source;
  for (char& letter : name)
    if (letter == '-' || letter == '.') letter = '_';
  return name;
});

TEST(Muxer, WritesG711) {
  const test::Folder folder;
  for (const char* codec : {"audio/PCMU", "audio/PCMA"}) {
    const std::string path = folder.file("out.mkv");
    {
      Muxer muxer(path);
      const auto stream = muxer.add_stream({.codec = find_codec(codec)});
      muxer.begin();
      for (int i = 0; i < 50; ++i)
        muxer.write({.stream = stream, .data = std::vector<std::uint8_t>(160, 0x55), .show_at = i * 20ms});
    }
    EXPECT_NEAR(test::decode(path).audio, 1.0, 0.001);
  }
}

TEST(Muxer, RefusesWhatAContainerDoesNotTake) {
  const test::Folder folder;
  const std::pair<const char*, const char*> pairs[] = {{"mp4", "video/VP8"},   {"webm", "video/H264"},
                                                       {"webm", "video/H265"}, {"webm", "audio/PCMU"},
                                                       {"mp4", "audio/PCMA"},  {"ogg", "video/VP8"}};
  for (const auto& [extension, codec] : pairs) {
    Muxer muxer(folder.file(std::string("out.") + extension));
    EXPECT_THROW(muxer.add_stream({.codec = find_codec(codec), .width = 160, .height = 120}), NotSupportedError)
        << extension << ' ' << codec;
  }
}

TEST(Muxer, SaysByTypeWhyThereIsNoFile) {
  const test::Folder folder;
  for (const char* name : {"out.avi", "out", "webm", "out.webm/", ".mp4/out"})
    EXPECT_THROW(Muxer(folder.file(name)), NotSupportedError) << name;
  EXPECT_THROW(Muxer(folder.file("no/such/folder.webm")), OperationError);
  EXPECT_NO_THROW(Muxer(folder.file("OUT.WebM")));
}

TEST(Muxer, WithoutABeginningThereIsNoFile) {
  const test::Folder folder;
  const std::string path = folder.file("out.webm");
  {
    Muxer muxer(path);
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Muxer, FramesOfNonsenseDoNoHarm) {
  const test::Folder folder;
  std::uint32_t random = 7;
  for (const auto& [extension, codec] :
       {std::pair("mp4", "video/H264"), std::pair("mp4", "video/H265"), std::pair("mp4", "video/AV1"),
        std::pair("mkv", "video/H264"), std::pair("webm", "video/VP9"), std::pair("ogg", "audio/opus")}) {
    for (int round = 0; round < 20; ++round) {
      std::vector<std::vector<std::uint8_t>> frames(10);
      for (auto& frame : frames) {
        frame.resize(random % 300);
        for (auto& byte : frame) byte = static_cast<std::uint8_t>((random = random * 1664525 + 1013904223) >> 24);
        if (frame.size() > 4 && round % 2 == 0) std::fill_n(frame.begin(), 3, std::uint8_t{0}), frame[3] = 1;
      }
      try {
        Muxer muxer(folder.file(std::string("out.") + extension));
        const auto stream =
            muxer.add_stream({.codec = find_codec(codec), .width = 160, .height = 120, .first = frames[0]});
        muxer.begin();
        for (int i = 0; i < 10; ++i)
          muxer.write(
              {.stream = stream, .key = i == 0, .data = frames[static_cast<std::size_t>(i)], .show_at = i * 40ms});
        muxer.finish();
      } catch (const OperationError&) {
      }
    }
  }
}

}  // namespace
}  // namespace parley::av
