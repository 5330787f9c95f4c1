// A call that ends inside one of its handlers: a peer is closed or destroyed by the first event of each kind that media
// brings about. (Those of connections and channels: hostile_destroy_test.cpp.)
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <set>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::media_end_test {
namespace {

using test::audio_frame;
using test::Latch;
using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;

enum class End { Close, Destroy };

/// From the first offer to the last section's end. Whoever ends one of the peers in between need not say so: nobody
/// holds it longer than a call.
class Call {
 public:
  Call(std::string at, End end) : at_(std::move(at)), end_(end) {
    loop_->run([this] {
      watch_offerer();
      watch_answerer();
      play().then([this] { over.set(); }, [this](const std::exception_ptr&) { over.set(); });  // a peer is gone
    });
  }
  ~Call() {
    loop_->run([this] {
      for (const auto& track : {audio_, video_}) track->onkeyframerequest = nullptr;
      a_.reset();
      b_.reset();
    });
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  [[nodiscard]] bool ended_inside() const { return ended_; }

  Latch over;

 private:
  using Owner = std::shared_ptr<RTCPeerConnection>;

  void happened(const std::string& name, Owner& peer) {
    seen_.insert(name);
    if (name != at_ || ended_ || !peer) return;
    ended_ = true;
    if (end_ == End::Close) {
      peer->close();
    } else {
      peer.reset();
    }
  }
  template <class Slot>
  void watch(const char* name, Slot& slot, Owner& peer) {
    slot = [this, name, &peer] { happened(name, peer); };
  }
  static void trickle(RTCPeerConnection& from, const Owner& to) {
    from.onicecandidate = [to = std::weak_ptr(to)](const RTCPeerConnectionIceEvent& event) {
      if (const auto there = to.lock(); there && event.candidate)
        there->addIceCandidate(*event.candidate).catch_error([](const std::exception_ptr&) {});
    };
  }
  void watch_offerer() {
    trickle(*a_, b_);
    watch("keyframerequest", video_->onkeyframerequest, a_);
    watch("targetbitrate", video_->ontargetbitrate, a_);
    const auto voice = a_->addTrack(audio_, stream_), picture = a_->addTrack(video_, stream_);
    watch("packetloss", audio_->onpacketloss, a_);
    watch("tonechange", voice->dtmf()->ontonechange, a_);
    picture->transform([this](RTCEncodedVideoFrame frame, const RTCRtpScriptTransformer& out) {
      happened("transform out", a_);
      out.write(std::move(frame));
    });
    std::vector<RTCRtpCodec> vp8;
    const auto known = RTCRtpSender::getCapabilities("video");
    for (const RTCRtpCodec& codec : known->codecs)
      if (codec.mimeType == "video/VP8") vp8.push_back(codec);
    a_->getTransceivers().at(1)->setCodecPreferences(vp8);
  }
  void watch_answerer() {
    trickle(*b_, a_);
    b_->ontrack = [this](const RTCTrackEvent& event) {
      MediaStreamTrack& track = *event.track;
      watch("mute", track.onmute, b_);
      watch("unmute", track.onunmute, b_);
      watch("ended", track.onended, b_);
      watch("videoframe", track.onvideoframe, b_);
      watch("audioframe", track.onaudioframe, b_);
      watch("rtp", track.onrtp, b_);
      watch("tone", track.ontone, b_);
      watch("ssrcchange", event.receiver->onssrcchange, b_);
      watch("csrcchange", event.receiver->oncsrcchange, b_);
      watch("addtrack", event.streams.at(0)->onaddtrack, b_);
      watch("removetrack", event.streams.at(0)->onremovetrack, b_);
      kept_.insert(kept_.end(), event.streams.begin(), event.streams.end());
      if (track.kind() == "audio")
        event.receiver->transform([this](RTCEncodedAudioFrame frame, const RTCRtpScriptTransformer& out) {
          happened("transform in", b_);
          frame.metadata.contributingSources = {static_cast<std::uint32_t>(++frames_)};
          out.write(std::move(frame));
        });
      if (track.kind() == "video" && at_ == "sframe error") {
        // Frames that are not encrypted are errors.
        watch("sframe error", decrypts_->onerror, b_);
        event.receiver->transform(decrypts_);
      }
      happened("track", b_);
    };
  }

  /// One call on a peer that may be gone, which is not held while the call's promise is pending.
  template <class F>
  static auto on(const std::weak_ptr<RTCPeerConnection>& peer, F call) {
    const auto there = peer.lock();
    if (!there || there->signalingState() == RTCSignalingState::Closed) throw AbortError("the peer is gone");
    return call(*there);
  }
  static Promise<void> negotiate(std::weak_ptr<RTCPeerConnection> first, std::weak_ptr<RTCPeerConnection> second) {
    const auto set_local = [](RTCPeerConnection& pc) { return pc.setLocalDescription(); };
    const auto local = [](RTCPeerConnection& pc) { return *pc.localDescription(); };
    co_await on(first, set_local);
    const RTCSessionDescription offer = on(first, local);
    co_await on(second, [&](RTCPeerConnection& pc) { return pc.setRemoteDescription(offer); });
    co_await on(second, set_local);
    const RTCSessionDescription answer = on(second, local);
    co_await on(first, [&](RTCPeerConnection& pc) { return pc.setRemoteDescription(answer); });
  }
  /// Until all of them have been seen, with media all the while.
  template <class... Names>
  Promise<void> until(Names... wanted) {
    for (int i = 0; i < 1000 && !ended_ && !(seen_.contains(wanted) && ...); ++i) {
      audio_->write(audio_frame(60, number_));
      video_->write(vp8_frame(number_ % 8 == 0 ? Key : Delta, 3000, number_));
      ++number_;
      co_await EventLoop::shared()->delay(10ms);
    }
    if (ended_) throw AbortError("a peer is gone");
  }
  Promise<void> play() {
    co_await negotiate(a_, b_);
    co_await until("keyframerequest", "targetbitrate", "packetloss", "transform out", "track", "unmute", "transform in",
                   "rtp", "videoframe", "audioframe", "ssrcchange", "csrcchange");
    on(a_, [](RTCPeerConnection& pc) { pc.getSenders().at(0)->dtmf()->insertDTMF("1", 40, 30); });
    co_await until("tone", "tonechange");
    on(a_, [](RTCPeerConnection& pc) { pc.removeTrack(pc.getSenders().at(1)); });
    co_await negotiate(a_, b_);
    co_await until("mute", "removetrack");
    on(a_, [this](RTCPeerConnection& pc) { (void)pc.addTransceiver("video", {.streams = {stream_}}); });
    co_await negotiate(a_, b_);
    co_await until("addtrack");
    on(a_, [](RTCPeerConnection& pc) { pc.getTransceivers().at(0)->stop(); });
    co_await negotiate(a_, b_);
    co_await until("ended");
  }

  const std::string at_;
  const End end_;
  std::set<std::string> seen_;  // on the loop, as all that follows
  bool ended_ = false;
  std::uint32_t number_ = 0;
  int frames_ = 0;
  std::vector<std::shared_ptr<MediaStream>> kept_;
  const std::shared_ptr<MediaStream> stream_ = MediaStream::create();
  const std::shared_ptr<SFrameTransform> decrypts_ = std::make_shared<SFrameTransform>();
  const std::shared_ptr<EventLoop> loop_ = EventLoop::shared();
  std::shared_ptr<MediaStreamTrack> audio_ = MediaStreamTrack::create("audio"),
                                    video_ = MediaStreamTrack::create("video");
  Owner a_ = std::make_shared<RTCPeerConnection>(test::on_loopback()),
        b_ = std::make_shared<RTCPeerConnection>(test::on_loopback());
};

struct Case {
  const char* event;
  End end;
};
void PrintTo(const Case& value, std::ostream* out) { *out << value.event; }

class CallThatEnds : public testing::TestWithParam<Case> {};

TEST_P(CallThatEnds, InsideAHandlerDoesNoHarm) {
  Call call(GetParam().event, GetParam().end);
  ASSERT_TRUE(call.over.wait(60s));
  EXPECT_TRUE(call.ended_inside()) << "there was no " << GetParam().event;
}

std::vector<Case> every_case() {
  std::vector<Case> cases;
  for (const char* event : {"keyframerequest", "targetbitrate", "packetloss", "tonechange", "transform out", "track",
                            "mute", "unmute", "ended", "videoframe", "audioframe", "rtp", "tone", "ssrcchange",
                            "csrcchange", "addtrack", "removetrack", "transform in", "sframe error"})
    for (const End end : {End::Close, End::Destroy}) cases.push_back({event, end});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Of, CallThatEnds, testing::ValuesIn(every_case()), [](const auto& info) {
  std::string name = info.param.event;
  std::erase(name, ' ');
  return name + (info.param.end == End::Close ? "_close" : "_destroy");
});

}  // namespace
}  // namespace parley::media_end_test
