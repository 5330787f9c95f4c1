// Files that are played into a connection and recorded at its other end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "files.hpp"
#include "parley/av/file_player.hpp"
#include "parley/av/file_recorder.hpp"
#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using parley::test::audio_frame;
using parley::test::Latch;
using parley::test::Pair;
using parley::test::vp8_frame;

template <class F>
auto run(F call) {
  return EventLoop::shared()->run(call).get(30s);
}

/// A connection whose first side sends and whose second records everything.
struct Call {
  explicit Call(const std::string& path, const FileRecorderOptions& options = {}) : recorder(path, options) {
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) { recorder.add(event.track); };
    pair.offerer.onconnectionstatechange = [this] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
  }
  void connect() {
    run([this] { return pair.negotiate(); });
    ASSERT_TRUE(connected.wait());
  }
  /// Until the recorder has as many frames of its tracks.
  Promise<bool> has(std::vector<std::uint64_t> frames) {
    const auto loop = EventLoop::shared();
    for (int i = 0; i < 1000; ++i) {
      const Recording now = recorder.so_far();
      bool all = now.tracks.size() == frames.size();
      for (std::size_t k = 0; all && k < frames.size(); ++k) all = now.tracks[k].frames >= frames[k];
      if (all) co_return true;
      co_await loop->delay(10ms);
    }
    co_return false;
  }

  FileRecorder recorder;
  Latch connected;
  Pair pair;
};

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
