// When a player begins, seeks and ends, and what its tracks are told of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.hpp"
#include "parley/av/file_player.hpp"
#include "recorded_call.hpp"
#include "support/frames.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using parley::test::Latch;
using test::Call;
using test::run;

TEST(FilePlayer, GoesBackForWhoJoinsLater) {
  const test::Folder folder;
  FilePlayer player(test::data("vp8.ivf"), {.at_end = FilePlayerOptions::AtEnd::BeginAgain});
  player.play();
  Call call(folder.file("out.webm"));
  (void)call.pair.offerer.addTrack(player.video_track());
  call.connect();
  EXPECT_TRUE(run([&] { return call.has({5}); }));
  (void)run([&] { return call.recorder.stop(); });
  EXPECT_GE(test::decode(folder.file("out.webm")).video, 5);
}

TEST(FilePlayer, SaysWhenItIsOverAndPlaysAgain) {
  const auto loop = EventLoop::create();
  FilePlayer player(test::data("opus.ogg"), {.loop = loop});
  EXPECT_EQ(player.video_track(), nullptr);
  EXPECT_EQ(player.audio_codec(), "audio/opus");
  std::atomic<int> ended = 0;
  Latch twice;
  player.onended = [&] {
    EXPECT_TRUE(loop->is_current());
    if (++ended == 2) twice.set();
  };
  for (int i = 0; i < 2; ++i) {
    player.play();
    player.ended().get(20s);
  }
  EXPECT_TRUE(twice.wait());
}

/// A peer may join, or lose a picture, when the file is over.
TEST(FilePlayer, SaysOnceThatItIsOverWhoeverAsksForAKeyFrameThen) {
  const auto loop = EventLoop::create();
  FilePlayer player(test::data("vp8.ivf"), {.loop = loop});
  std::atomic<int> ended = 0;
  player.onended = [&] { ++ended; };
  player.play();
  player.ended().get(20s);
  for (int i = 0; i < 3; ++i) {
    player.video_track()->request_key_frame();
    parley::test::settle(*loop);
  }
  EXPECT_EQ(ended, 1);
}

TEST(FilePlayer, SeeksAndTellsWhereItIs) {
  for (const char* name : {"vp8-opus.webm", "h264-opus.mp4", "opus.ogg", "vp8.ivf", "h264.h264"}) {
    FilePlayer player(test::data(name));
    const bool bare = std::string_view(name) == "h264.h264";
    EXPECT_EQ(player.duration().has_value(), !bare) << name;
    const double seconds = std::chrono::duration<double>(player.duration().value_or(2s)).count();
    EXPECT_NEAR(seconds, 2.0, 0.06) << name;
    EXPECT_EQ(player.position(), 0us);
    player.seek(1900ms);
    EXPECT_LE(player.position(), 1900ms) << name;
    const auto found = player.position();
    player.play();
    player.ended().get(20s);
    EXPECT_GT(player.position(), found) << name;
    player.seek(0us);
    EXPECT_LT(player.position(), 50ms) << name;
  }
}

TEST(FilePlayer, EndsItsTracksAndPromisesWhenItIsDestroyed) {
  std::shared_ptr<MediaStreamTrack> track;
  std::optional<Promise<void>> ended;
  {
    FilePlayer player(test::data("vp8.ivf"));
    track = player.video_track();
    ended = player.ended();
    player.play();
    player.pause();
    EXPECT_EQ(track->readyState(), MediaStreamTrackState::Live);
  }
  EXPECT_EQ(track->readyState(), MediaStreamTrackState::Ended);
  EXPECT_THROW(ended->get(20s), AbortError);
  track->request_key_frame();  // nobody is there any more
}

/// The first frame is given at once, inside play().
TEST(FilePlayer, MayBeDestroyedByWhoTransformsItsFrames) {
  const test::Folder folder;
  Latch destroyed;
  auto player = std::make_unique<FilePlayer>(test::data("vp8.ivf"));
  Call call(folder.file("out.webm"));
  const auto sender = call.pair.offerer.addTrack(player->video_track());
  sender->transform([&](const RTCEncodedVideoFrame&, const RTCRtpScriptTransformer&) {
    player.reset();
    destroyed.set();
  });
  call.connect();
  EventLoop::shared()->run([&] { player->play(); });
  EXPECT_TRUE(destroyed.wait());
}

}  // namespace
}  // namespace parley::av
