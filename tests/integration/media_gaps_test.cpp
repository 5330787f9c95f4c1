// What is missing between two frames: tracks and encodings that were off meanwhile, and layers that are left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "parley/log.hpp"
#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::media_gaps_test {
namespace {

using test::Latch;
using test::Pair;
using test::prefer;
using test::run;
using test::until;
using test::vp8_frame;
using testing::ElementsAre;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;

Promise<void> negotiated(Pair& pair) { co_await pair.negotiate(); }

/// A sender with these encodings, and what the peer has of it: "K" or "D" for each frame.
struct Watched {
  explicit Watched(const std::vector<std::string>& rids = {}) {
    RTCRtpTransceiverInit init;
    for (const std::string& rid : rids) {
      RTCRtpEncodingParameters encoding;
      encoding.rid = rid;
      init.sendEncodings.push_back(encoding);
    }
    track->onkeyframerequest = [this](const KeyFrameRequestEvent& event) {
      requests.push_back(event.rid);
      EXPECT_TRUE(!event.sender || event.sender == transceiver->sender());
      asked.set();
    };
    transceiver = pair.offerer.addTransceiver(track, init);
    prefer(transceiver, "video/VP8");
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) {
      remote = event.track;
      remote->onvideoframe = [this](const RTCEncodedVideoFrame& frame) {
        seen += frame.type == Key ? 'K' : 'D';
        arrived.set();
      };
    };
  }
  void connect() {
    run([this] { return negotiated(pair); });
    ASSERT_TRUE(asked.wait());
    EventLoop::shared()->run([this] { requests.clear(); });
  }
  void write(RTCEncodedVideoFrameType type, const std::string& rid = {}) {
    auto frame = vp8_frame(type, 400, ++written);
    frame.metadata.rid = rid;
    track->write(std::move(frame));
  }
  /// Until the peer has so many frames.
  void wait_for(std::size_t frames) {
    ASSERT_TRUE(until([&] { return seen.size() >= frames; }));
  }

  Latch asked, arrived;
  std::uint32_t written = 0;
  std::vector<std::string> requests;
  std::string seen;
  const std::shared_ptr<MediaStreamTrack> track = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> remote;
  std::shared_ptr<RTCRtpTransceiver> transceiver;
  Pair pair;
};

bool has_received(RTCPeerConnection& connection, std::uint32_t frames) {
  for (int i = 0; i < 1000; ++i) {
    const auto report = connection.getStats().get(20s);
    const auto* in = report.first<RTCInboundRtpStreamStats>();
    if (in != nullptr && in->framesReceived >= frames) return true;
    EventLoop::shared()->delay(5ms).get(20s);
  }
  return false;
}

TEST(MediaGaps, ARemoteTrackThatIsEnabledAgainGoesOnWithAKeyFrame) {
  Watched call;
  call.connect();
  call.write(Key);
  call.write(Delta);
  call.wait_for(2);
  // One turn of the loop, so that the peer's request for a key frame changes nothing here.
  EventLoop::shared()->run([&] { call.remote->enabled(false); });
  call.write(Delta);
  ASSERT_TRUE(has_received(call.pair.answerer, 3));
  EventLoop::shared()->run([&] { call.remote->enabled(true); });
  call.write(Delta);
  call.write(Key);
  call.write(Delta);
  call.wait_for(4);
  EXPECT_EQ(call.seen, "KDKD");
  EXPECT_TRUE(until([&] { return !call.requests.empty(); }));
}

TEST(MediaGaps, ALocalTrackThatIsEnabledAgainGoesOnWithAKeyFrame) {
  Watched call;
  call.connect();
  call.write(Key);
  call.wait_for(1);
  EventLoop::shared()->run([&] { call.track->enabled(false); });
  call.write(Delta);
  EventLoop::shared()->run([&] { call.track->enabled(true); });
  for (const auto type : {Delta, Key, Delta}) call.write(type);
  call.wait_for(3);
  EXPECT_EQ(call.seen, "KKD");
}

TEST(MediaGaps, AReplacedTrackBeginsWithAKeyFrame) {
  Watched call;
  call.connect();
  call.write(Key);
  call.write(Delta);
  call.wait_for(2);
  const auto other = MediaStreamTrack::create("video");
  run([&] { return call.transceiver->sender()->replaceTrack(other); });
  for (const auto type : {Delta, Delta, Key, Delta}) other->write(vp8_frame(type, 400, ++call.written));
  call.wait_for(4);
  EXPECT_EQ(call.seen, "KDKD");
  // Away and back: it has gone on meanwhile.
  run([&] { return call.transceiver->sender()->replaceTrack(nullptr); });
  other->write(vp8_frame(Delta, 400, ++call.written));
  run([&] { return call.transceiver->sender()->replaceTrack(other); });
  for (const auto type : {Delta, Key, Delta}) other->write(vp8_frame(type, 400, ++call.written));
  call.wait_for(6);
  EXPECT_EQ(call.seen, "KDKDKD");
}

/// A track's time begins anywhere.
TEST(MediaGaps, AReplacedTrackHasAClockOfItsOwn) {
  for (const std::string kind : {"audio", "video"}) {
    Latch connected;
    const auto first = MediaStreamTrack::create(kind), second = MediaStreamTrack::create(kind);
    std::shared_ptr<MediaStreamTrack> remote;
    std::vector<std::uint32_t> times;
    Pair pair;
    const auto sender = pair.offerer.addTrack(first);
    if (kind == "video") prefer(pair.offerer.getTransceivers().at(0), "video/VP8");
    pair.offerer.onconnectionstatechange = [&] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
    pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
      remote = event.track;
      remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) { times.push_back(*frame.metadata.rtpTimestamp); };
      remote->onaudioframe = [&](const RTCEncodedAudioFrame& frame) { times.push_back(*frame.metadata.rtpTimestamp); };
    };
    run([&] { return negotiated(pair); });
    ASSERT_TRUE(connected.wait());
    const auto write = [&](const auto& track, std::chrono::seconds at) {
      if (kind == "video") {
        auto frame = vp8_frame(Key, 400, 1);
        frame.timestamp = at;
        track->write(std::move(frame));
      } else {
        auto frame = test::audio_frame(60, 1);
        frame.timestamp = at;
        track->write(std::move(frame));
      }
    };
    write(first, 60s);
    ASSERT_TRUE(until([&] { return times.size() == 1; }));
    run([&] { return sender->replaceTrack(second); });
    write(second, 65s);
    ASSERT_TRUE(until([&] { return times.size() == 2; }));
    const std::uint32_t second_of_it = kind == "video" ? 90'000 : 48'000;
    EXPECT_LT(times[1] - times[0], second_of_it) << kind;
  }
}

/// What asks for it may be lost, or the encoder not have heard of it.
TEST(MediaGaps, ARemoteTrackThatWaitsForAKeyFrameAsksAgain) {
  Watched call;
  call.connect();
  call.write(Key);
  call.wait_for(1);
  EventLoop::shared()->run([&] {
    call.remote->enabled(false);
    call.remote->enabled(true);
  });
  ASSERT_TRUE(until([&] {
    call.write(Delta);
    return call.requests.size() >= 3;
  }));
  EXPECT_EQ(call.seen, "K");
  call.write(Key);
  call.write(Delta);
  call.wait_for(3);
  EXPECT_EQ(call.seen, "KKD");
}

TEST(MediaGaps, TheCloneOfATrackThatWasOffBeginsWithAKeyFrame) {
  Watched call;
  call.connect();
  call.write(Key);
  call.wait_for(1);
  std::string cloned;
  std::shared_ptr<MediaStreamTrack> clone;
  EventLoop::shared()->run([&] {
    call.remote->enabled(false);
    clone = call.remote->clone();
    call.remote->enabled(true);
    clone->onvideoframe = [&](const RTCEncodedVideoFrame& frame) { cloned += frame.type == Key ? 'K' : 'D'; };
    clone->enabled(true);
  });
  call.write(Delta);
  call.write(Key);
  call.write(Delta);
  ASSERT_TRUE(until([&] { return cloned.size() >= 2; }));
  EXPECT_EQ(cloned, "KD");
}

TEST(MediaGaps, AnEncodingThatIsActiveAgainBeginsWithAKeyFrame) {
  Watched call;
  call.connect();
  call.write(Key);
  call.write(Delta);
  call.wait_for(2);
  const auto activate = [&](bool active) {
    return [&call, active]() -> Promise<void> {
      auto parameters = call.transceiver->sender()->getParameters();
      parameters.encodings.at(0).active = active;
      co_await call.transceiver->sender()->setParameters(parameters);
    };
  };
  run(activate(false));
  call.write(Delta);
  run(activate(true));
  EXPECT_THAT(EventLoop::shared()->run([&] { return call.requests; }), ElementsAre(""));
  call.write(Delta);
  call.write(Key);
  call.write(Delta);
  call.wait_for(4);
  EXPECT_EQ(call.seen, "KDKD");
}

/// The larger one.
TEST(MediaGaps, OfARemoteTrackInLayersASenderWithoutLayersForwardsOne) {
  Watched call({"h", "l"});
  std::string forwarded;
  Latch all;
  Pair out;
  std::shared_ptr<MediaStreamTrack> last;
  out.answerer.ontrack = [&](const RTCTrackEvent& event) {
    last = event.track;
    last->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      forwarded += frame.data.size() > 300 ? 'h' : 'l';
      if (forwarded.size() == 5) all.set();
    };
  };
  const auto write = [&](const char* rid, RTCEncodedVideoFrameType type) {
    auto frame = vp8_frame(type, rid[0] == 'h' ? 400 : 200, ++call.written);
    frame.metadata.rid = rid;
    call.track->write(std::move(frame));
  };
  call.connect();
  write("h", Key);
  write("l", Key);
  call.wait_for(2);
  EventLoop::shared()->run([&] {
    out.offerer.addTrack(call.remote);
    prefer(out.offerer.getTransceivers().at(0), "video/VP8");
  });
  run([&] { return negotiated(out); });
  // Whoever joins asks, all the way back to the source.
  ASSERT_TRUE(until([&] { return call.requests.size() >= 2; }));
  EXPECT_THAT(EventLoop::shared()->run([&] { return call.requests; }), testing::IsSupersetOf({"h", "l"}));
  write("h", Key);
  write("l", Key);
  for (int i = 0; i < 4; ++i) {
    write("l", Delta);
    write("h", Delta);
  }
  ASSERT_TRUE(all.wait());
  EXPECT_EQ(forwarded, "hhhhh");
}

TEST(MediaGaps, AKeyFrameIsAskedForWhereOthersWouldNotBeUnderstood) {
  Latch connected, unmuted, replaced;
  const auto first = MediaStreamTrack::create("video"), second = MediaStreamTrack::create("video");
  std::atomic<int> asked = 0;
  first->onkeyframerequest = [&] {
    if (++asked == 2) unmuted.set();
    connected.set();
  };
  second->onkeyframerequest = [&] { replaced.set(); };
  Pair pair;
  const auto sender = pair.offerer.addTrack(first);
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(connected.wait());
  first->enabled(true);  // it is already
  first->enabled(false);
  EXPECT_EQ(asked, 1);
  first->enabled(true);
  EXPECT_TRUE(unmuted.wait());
  run([&] { return sender->replaceTrack(second); });
  EXPECT_TRUE(replaced.wait());
}

/// Whoever sends what was not negotiated does so all the time, and is told once.
TEST(MediaGaps, WhatASenderCannotTakeIsInTheLog) {
  std::mutex mutex;
  std::vector<std::string> warnings;
  set_log_sink([&](const LogRecord& record) {
    const std::lock_guard lock(mutex);
    if (record.level == LogLevel::Warning && record.component == "media") warnings.emplace_back(record.message);
  });
  Watched call;
  call.connect();
  auto other = vp8_frame(Key, 400, 1);
  other.metadata.mimeType = "video/AV1";
  for (int i = 0; i < 5; ++i) call.track->write(other);
  call.write(Key);
  call.wait_for(1);
  set_log_sink(nullptr);
  const std::lock_guard lock(mutex);
  EXPECT_THAT(warnings, ElementsAre(testing::HasSubstr("codec was not negotiated")));
}

}  // namespace
}  // namespace parley::media_gaps_test
