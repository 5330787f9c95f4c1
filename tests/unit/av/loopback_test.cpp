// Files that are played into a connection and recorded at its other end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "files.hpp"
#include "parley/av/file_player.hpp"
#include "recorded_call.hpp"

namespace parley::av {
namespace {

using test::Call;
using test::run;

struct Case {
  const char* source;
  const char* target;
  bool video, audio;
};
class Loopback : public testing::TestWithParam<Case> {};

TEST_P(Loopback, WhatIsPlayedIsRecordedAndDecodes) {
  const Case test = GetParam();
  const test::Folder folder;
  const std::string path = folder.file(test.target);
  FilePlayer player(test::data(test.source));
  Call call(path);
  for (const auto& track : player.stream()->getTracks()) (void)call.pair.offerer.addTrack(track, player.stream());
  call.connect();
  player.play();
  run([&] { return player.ended(); });
  std::vector<std::uint64_t> wanted;
  if (test.audio) wanted.push_back(100);
  if (test.video) wanted.push_back(30);
  if (player.audio_track() && player.stream()->getTracks()[0]->kind() == "video") std::ranges::reverse(wanted);
  EXPECT_TRUE(run([&] { return call.has(wanted); }));
  const Recording recording = run([&] { return call.recorder.stop(); });
  const auto decoded = test::decode(path);
  for (const RecordedTrack& track : recording.tracks) {
    if (track.kind == "video") {
      EXPECT_EQ(track.mimeType, player.video_codec());
      EXPECT_EQ(track.width, 160);
      EXPECT_EQ(static_cast<std::uint64_t>(decoded.video), track.frames);
    } else {
      EXPECT_EQ(track.mimeType, player.audio_codec());
      EXPECT_NEAR(decoded.audio, static_cast<double>(track.frames) * 0.02, 0.05);
    }
  }
  if (test.video) {
    // More, if a key frame was asked for and the player went back.
    EXPECT_GE(decoded.video, 30);
    EXPECT_LE(decoded.video, 75);
    EXPECT_GT(decoded.video_end - decoded.video_start, 1.7);
    EXPECT_LT(decoded.video_end - decoded.video_start, 5.2);
  }
  if (test.video && test.audio) {
    EXPECT_NEAR(decoded.video_end, decoded.audio_end, 0.5);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, Loopback,
    testing::Values(Case{"vp8-opus.webm", "out.webm", true, true}, Case{"vp9-opus.webm", "out.mp4", true, true},
                    Case{"h264-opus.mp4", "out.mp4", true, true}, Case{"h264.h264", "out.mkv", true, false},
                    Case{"h265.mp4", "out.mp4", true, false}, Case{"av1.mp4", "out.webm", true, false},
                    Case{"opus.ogg", "out.ogg", false, true}),
    [](const auto& info) {
      std::string name = std::string(info.param.source) + "_to_" + info.param.target;
      for (char& letter : name)
        if (letter == '-' || letter == '.') letter = '_';
      return name;
    });

}  // namespace
}  // namespace parley::av
