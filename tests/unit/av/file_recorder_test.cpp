// What a recorder waits for, leaves out, and tells of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "files.hpp"
#include "parley/av/file_player.hpp"
#include "parley/av/file_recorder.hpp"
#include "recorded_call.hpp"
#include "support/frames.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using parley::test::audio_frame;
using parley::test::Latch;
using parley::test::Pair;
using parley::test::vp8_frame;
using test::Call;
using test::run;

TEST(FileRecorder, WaitsForATrackThatBeginsLate) {
  const test::Folder folder;
  const auto audio = MediaStreamTrack::create("audio"), video = MediaStreamTrack::create("video");
  Call call(folder.file("out.webm"));
  (void)call.pair.offerer.addTrack(audio);
  (void)call.pair.offerer.addTrack(video);
  call.connect();
  for (std::uint32_t i = 0; i < 5; ++i) audio->write(audio_frame(40, i));
  EXPECT_TRUE(run([&] { return call.has({5, 0}); }));
  // It cannot begin with this one.
  video->write(vp8_frame(RTCEncodedVideoFrameType::Delta, 500, 1));
  video->write(vp8_frame(RTCEncodedVideoFrameType::Key, 500, 2));
  EXPECT_TRUE(run([&] { return call.has({5, 1}); }));
  const Recording recording = run([&] { return call.recorder.stop(); });
  EXPECT_EQ(recording.tracks.at(1).mimeType, "video/VP8");
  EXPECT_EQ(recording.tracks.at(1).width, 640);
  EXPECT_EQ(recording.tracks.at(1).frames, 1U);
  EXPECT_TRUE(std::filesystem::exists(folder.file("out.webm")));
}

TEST(FileRecorder, DoesNotWaitForEver) {
  const test::Folder folder;
  const auto audio = MediaStreamTrack::create("audio"), video = MediaStreamTrack::create("video");
  {
    Call call(folder.file("out.webm"), {.wait_for_tracks = 50ms});
    (void)call.pair.offerer.addTrack(audio);
    (void)call.pair.offerer.addTrack(video);
    call.connect();
    for (std::uint32_t i = 0; i < 5; ++i) audio->write(audio_frame(40, i));
    EXPECT_TRUE(run([&] { return call.has({5, 0}); }));
    run([]() -> Promise<void> { co_await EventLoop::shared()->delay(100ms); });
    EXPECT_THROW(call.recorder.add(MediaStreamTrack::create("audio")), InvalidStateError);
  }
  // The destructor has completed the file.
  EXPECT_GT(std::filesystem::file_size(folder.file("out.webm")), 200U);
}

TEST(FileRecorder, RecordsSoundThatBeginsLateAndTellsOfPicturesThatDo) {
  const test::Folder folder;
  for (const char* name : {"out.webm", "out.mp4"}) {
    const auto first = MediaStreamTrack::create("audio"), late = MediaStreamTrack::create("audio"),
               video = MediaStreamTrack::create("video");
    Latch told;
    std::atomic<int> errors = 0;
    Call call(folder.file(name), {.wait_for_tracks = 50ms});
    call.recorder.onerror = [&](const FileErrorEvent& event) {
      EXPECT_EQ(event.error.name(), "NotSupportedError");
      ++errors;
      told.set();
    };
    for (const auto& track : {first, late, video}) (void)call.pair.offerer.addTrack(track);
    call.connect();
    for (std::uint32_t i = 0; i < 5; ++i) first->write(audio_frame(40, i));
    EXPECT_TRUE(run([&] { return call.has({5, 0, 0}); }));
    run([]() -> Promise<void> { co_await EventLoop::shared()->delay(100ms); });
    for (std::uint32_t i = 0; i < 5; ++i) late->write(audio_frame(40, i));
    for (std::uint32_t i = 0; i < 5; ++i) video->write(vp8_frame(RTCEncodedVideoFrameType::Key, 500, i));
    EXPECT_TRUE(run([&] { return call.has({5, 5, 0}); }));
    EXPECT_TRUE(told.wait());
    const Recording recording = run([&] { return call.recorder.stop(); });
    EXPECT_EQ(recording.tracks.at(1).mimeType, "audio/opus");
    EXPECT_EQ(recording.tracks.at(2).frames, 0U);
    EXPECT_EQ(errors, 1);
    const auto bytes = test::bytes_of(folder.file(name));
    for (const std::uint32_t i : {0U, 4U}) {
      const auto data = audio_frame(40, i).data;
      EXPECT_NE(std::search(bytes.begin(), bytes.end(), data.begin(), data.end()), bytes.end());
    }
  }
}

TEST(FileRecorder, NotesHowAPhoneIsHeld) {
  const test::Folder folder;
  FilePlayer player(test::data("h264.h264"));
  Call call(folder.file("out.mp4"));
  const auto sender = call.pair.offerer.addTrack(player.video_track());
  sender->transform([](RTCEncodedVideoFrame frame, const RTCRtpScriptTransformer& transformer) {
    frame.metadata.rotation = 90;
    transformer.write(std::move(frame));
  });
  call.connect();
  player.play();
  EXPECT_TRUE(run([&] { return call.has({10}); }));
  EXPECT_EQ(run([&] { return call.recorder.stop(); }).tracks.at(0).rotation, 90);
  EXPECT_EQ(test::decode(folder.file("out.mp4")).rotation, 90);
}

/// Three seconds of pause are not in the file, and pictures go on with a key frame.
TEST(FileRecorder, LeavesOutWhatComesInAPause) {
  const test::Folder folder;
  FilePlayer player(test::data("vp8-opus.webm"), {.at_end = FilePlayerOptions::AtEnd::BeginAgain});
  Call call(folder.file("out.webm"));
  for (const auto& track : player.stream()->getTracks()) (void)call.pair.offerer.addTrack(track, player.stream());
  call.connect();
  player.play();
  EXPECT_TRUE(run([&] { return call.has({20, 20}); }));
  call.recorder.pause();
  call.recorder.pause();
  const Recording before = call.recorder.so_far();
  run([]() -> Promise<void> { co_await EventLoop::shared()->delay(3s); });
  EXPECT_EQ(call.recorder.so_far().tracks.at(0).frames, before.tracks.at(0).frames);
  call.recorder.resume();
  call.recorder.resume();
  EXPECT_TRUE(run([&] { return call.has({before.tracks.at(0).frames + 20, before.tracks.at(1).frames + 20}); }));
  const Recording after = run([&] { return call.recorder.stop(); });
  EXPECT_GT(after.duration, before.duration);
  EXPECT_LT(after.duration, before.duration + 2500ms);
  const auto decoded = test::decode(folder.file("out.webm"));
  const auto& tracks = after.tracks;
  const bool video_first = tracks.at(0).kind == "video";
  EXPECT_EQ(static_cast<std::uint64_t>(decoded.video), tracks.at(video_first ? 0 : 1).frames);
  EXPECT_NEAR(decoded.video_end, decoded.audio_end, 0.5);
}

/// Frames that a transform has made, with nothing but their bytes.
TEST(FileRecorder, TakesFramesWithoutATimeAsTheyCome) {
  const test::Folder folder;
  FilePlayer player(test::data("opus.ogg"));
  Call call(folder.file("out.webm"));
  call.pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    event.receiver->transform([](const RTCEncodedAudioFrame& frame, const RTCRtpScriptTransformer& out) {
      RTCEncodedAudioFrame bare{.data = frame.data};
      bare.metadata.mimeType = frame.metadata.mimeType;
      out.write(std::move(bare));
    });
    call.recorder.add(event.track);
  };
  (void)call.pair.offerer.addTrack(player.audio_track());
  call.connect();
  player.play();
  EXPECT_TRUE(run([&] { return call.has({90}); }));
  (void)run([&] { return call.recorder.stop(); });
  const auto decoded = test::decode(folder.file("out.webm"));
  EXPECT_GT(decoded.audio, 1.78);
  EXPECT_NEAR(decoded.audio_end, 1.8, 0.5);
}

TEST(FileRecorder, TellsThatACodecDoesNotFit) {
  const test::Folder folder;
  const auto video = MediaStreamTrack::create("video");
  Latch told;
  std::string name;
  Call call(folder.file("out.mp4"));
  call.recorder.onerror = [&](const FileErrorEvent& event) {
    name = event.error.name();
    told.set();
  };
  (void)call.pair.offerer.addTrack(video);
  call.connect();
  video->write(vp8_frame(RTCEncodedVideoFrameType::Key, 500, 1));
  ASSERT_TRUE(told.wait());
  EXPECT_EQ(name, "NotSupportedError");
  const Recording recording = run([&] { return call.recorder.stop(); });
  EXPECT_EQ(recording.tracks.at(0).frames, 0U);
  EXPECT_FALSE(std::filesystem::exists(folder.file("out.mp4")));
}

TEST(FileRecorder, TellsThatTheDiskIsFull) {
  const test::Folder folder;
  std::filesystem::create_symlink("/dev/full", folder.file("out.webm"));
  const auto audio = MediaStreamTrack::create("audio");
  Latch told;
  Call call(folder.file("out.webm"));
  call.recorder.onerror = [&](const FileErrorEvent& event) {
    EXPECT_EQ(event.error.name(), "OperationError");
    told.set();
  };
  (void)call.pair.offerer.addTrack(audio);
  call.connect();
  for (std::uint32_t i = 0; i < 5; ++i) audio->write(audio_frame(40, i));
  ASSERT_TRUE(told.wait());
  EXPECT_THROW((void)run([&] { return call.recorder.stop(); }), OperationError);
}

TEST(FileRecorder, RecordsTracksOfSeveralLoopsAndEndsWhileTheyFlow) {
  const test::Folder folder;
  const auto recording_loop = EventLoop::create();
  constexpr std::size_t kCalls = 2;
  std::array<std::shared_ptr<EventLoop>, kCalls> loops;
  std::array<std::unique_ptr<Pair>, kCalls> pairs;
  std::array<std::shared_ptr<MediaStreamTrack>, kCalls> tracks;
  for (int round = 0; round < 3; ++round) {
    const std::string path = folder.file("out.webm");
    auto recorder = std::make_unique<FileRecorder>(path, FileRecorderOptions{.loop = recording_loop});
    std::array<Latch, kCalls> begun;
    for (std::size_t i = 0; i < kCalls; ++i) {
      loops[i] = EventLoop::create();
      pairs[i] = std::make_unique<Pair>(parley::test::on_loopback(loops[i]), parley::test::on_loopback(loops[i]));
      tracks[i] = MediaStreamTrack::create("audio", "", loops[i]);
      (void)pairs[i]->offerer.addTrack(tracks[i]);
      pairs[i]->answerer.ontrack = [&, i](const RTCTrackEvent& event) {
        recorder->add(event.track);
        event.track->onaudioframe = [&, i] { begun[i].set(); };
      };
      loops[i]->run([&] { return pairs[i]->negotiate(); }).get(20s);
    }
    std::atomic<bool> over = false;
    std::thread writer([&] {
      for (std::uint32_t n = 0; !over; ++n)
        for (const auto& track : tracks) {
          track->write(audio_frame(40, n));
          std::this_thread::yield();
        }
    });
    for (Latch& each : begun) EXPECT_TRUE(each.wait());
    recorder.reset();
    over = true;
    writer.join();
    for (auto& pair : pairs) pair.reset();
    EXPECT_GT(std::filesystem::file_size(path), 500U);
  }
}

TEST(FileRecorder, KnowsWhatItCanTake) {
  const test::Folder folder;
  const auto names = [](const std::vector<RTCRtpCodec>& codecs) {
    std::set<std::string> names;
    for (const RTCRtpCodec& codec : codecs) names.insert(codec.mimeType);
    return names;
  };
  using testing::ElementsAre;
  const FileRecorder webm(folder.file("out.webm")), mp4(folder.file("out.mp4")), ogg(folder.file("out.ogg"));
  EXPECT_THAT(names(webm.codecs("video")), ElementsAre("video/AV1", "video/VP8", "video/VP9", "video/rtx"));
  EXPECT_THAT(names(mp4.codecs("video")),
              ElementsAre("video/AV1", "video/H264", "video/H265", "video/VP9", "video/rtx"));
  EXPECT_THAT(names(ogg.codecs("audio")), ElementsAre("audio/opus"));
}

TEST(FileRecorder, RefusesWhatItCannotWriteAtOnce) {
  const test::Folder folder;
  EXPECT_THROW(FileRecorder(folder.file("out.avi")), NotSupportedError);
  EXPECT_THROW(FileRecorder(folder.file("no/out.webm")), OperationError);
  FileRecorder recorder(folder.file("out.ogg"));
  EXPECT_THROW(recorder.add(MediaStreamTrack::create("video")), NotSupportedError);
  EXPECT_THROW(recorder.add(nullptr), TypeError);
  (void)run([&] { return recorder.stop(); });
  EXPECT_THROW(recorder.add(MediaStreamTrack::create("audio")), InvalidStateError);
}

}  // namespace
}  // namespace parley::av
