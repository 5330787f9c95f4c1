#include "av/muxer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "av/demuxer.hpp"
#include "files.hpp"
#include "parley/errors.hpp"

namespace parley::av::muxer_test {
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

/// A source's frames, and the file that they are written into.
struct Copying {
  Copying(const Case& test, const std::string& path, Muxer::Mp4 mp4 = Muxer::Mp4::Fragments, std::uint16_t rotation = 0)
      : muxer(path, mp4) {
    Demuxer source(test::data(test.source));
    while (auto unit = source.read()) units.push_back(*std::move(unit));
    const auto first = std::ranges::find(units, Kind::Video, &Unit::kind);
    if (source.video())
      video = muxer.add_stream({.codec = find_codec(source.video()->mime_type),
                                .width = source.video()->width,
                                .height = source.video()->height,
                                .rotation = rotation,
                                .first = first->data});
    if (source.audio()) audio = muxer.add_stream({.codec = find_codec(*source.audio())});
    muxer.begin();
  }
  void write(std::chrono::microseconds from = 0us) {
    for (const Unit& unit : units)
      muxer.write({.stream = unit.kind == Kind::Video ? *video : *audio,
                   .key = unit.key,
                   .data = unit.data,
                   .show_at = from + unit.show_at});
  }

  Muxer muxer;
  std::vector<Unit> units;
  std::optional<std::size_t> video, audio;
};

TEST_P(Muxed, WhatIsWrittenDecodes) {
  const Case test = GetParam();
  const test::Folder folder;
  const std::string path = folder.file(std::string("out.") + test.extension);
  {
    Copying copying(test, path);
    copying.write();
    copying.muxer.finish();
    copying.muxer.finish();
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

/// Twelve seconds, and the program is gone.
TEST_P(Muxed, WhatIsNotFinishedDecodesButForTheLastSeconds) {
  const Case test = GetParam();
  const test::Folder folder;
  Copying copying(test, folder.file(std::string("out.") + test.extension));
  for (int i = 0; i < 6; ++i) copying.write(i * 2s);
  const std::string left = folder.file(std::string("left.") + test.extension);
  std::filesystem::copy_file(folder.file(std::string("out.") + test.extension), left);
  const auto decoded = test::decode(left);
  EXPECT_GE(decoded.video, test.video[0] ? 150 : 0);
  EXPECT_GE(decoded.audio, test.sound ? 10.0 : 0.0);
}

INSTANTIATE_TEST_SUITE_P(Pairs, Muxed, testing::ValuesIn(kCases), [](const auto& info) {
  std::string name = std::string(info.param.extension) + "_of_" + info.param.source;
  for (char& letter : name)
    if (letter == '-' || letter == '.') letter = '_';
  return name;
});

/// As players want it that do not know fragments: an index, and no fragment.
TEST(Muxer, WritesMp4WithOneIndexIfAsked) {
  const test::Folder folder;
  const std::string path = folder.file("out.mp4");
  const auto has = [&](std::string_view box) {
    const auto bytes = test::bytes_of(path);
    return std::search(bytes.begin(), bytes.end(), box.begin(), box.end()) != bytes.end();
  };
  for (const auto mp4 : {Muxer::Mp4::OneIndex, Muxer::Mp4::Fragments}) {
    Copying copying(kCases[7], path, mp4);
    copying.write();
    copying.muxer.finish();
    EXPECT_EQ(has("moof"), mp4 == Muxer::Mp4::Fragments);
    EXPECT_EQ(test::decode(path).video, 30);
  }
}

TEST(Muxer, NotesHowPicturesAreTurned) {
  const test::Folder folder;
  for (const std::uint16_t rotation : std::initializer_list<std::uint16_t>{0, 90, 180, 270})
    for (const auto mp4 : {Muxer::Mp4::OneIndex, Muxer::Mp4::Fragments}) {
      const std::string path = folder.file("out.mp4");
      Copying copying(kCases[7], path, mp4, rotation);
      copying.write();
      copying.muxer.finish();
      EXPECT_EQ((test::decode(path).rotation + 360) % 360, rotation);
      EXPECT_EQ(Demuxer(path).video()->rotation, rotation);
    }
}

/// A track that has been announced and gives nothing: the others are not kept in memory until the end.
TEST(Muxer, DoesNotWaitForAStreamThatIsSilent) {
  const test::Folder folder;
  for (const char* extension : {"webm", "mp4"}) {
    const std::string path = folder.file(std::string("out.") + extension);
    Muxer muxer(path);
    const auto sound = muxer.add_stream({.codec = find_codec("audio/opus")});
    const auto late = muxer.add_stream({.codec = find_codec("audio/opus"), .late = true});
    (void)muxer.add_stream({.codec = find_codec("video/VP9"), .width = 160, .height = 120, .late = true});
    muxer.begin();
    for (int i = 0; i < 500; ++i)
      muxer.write({.stream = sound, .data = std::vector<std::uint8_t>(40, 0xFC), .show_at = i * 20ms});
    EXPECT_GT(std::filesystem::file_size(path), 350U * 40) << extension;
    for (int i = 500; i < 510; ++i)
      muxer.write({.stream = late, .data = std::vector<std::uint8_t>(40, 0xFC), .show_at = i * 20ms});
    muxer.finish();
    const auto decoded = test::decode(path);
    EXPECT_NEAR(decoded.audio, 10.2, 0.041);
    EXPECT_NEAR(decoded.audio_end, 10.18, 0.021);
  }
}

TEST(Muxer, WritesG711AndG722) {
  const test::Folder folder;
  for (const char* codec : {"audio/PCMU", "audio/PCMA", "audio/G722"}) {
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
}  // namespace parley::av::muxer_test
