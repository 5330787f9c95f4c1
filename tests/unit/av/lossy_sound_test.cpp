// Sound over a link that loses packets.
#include <gtest/gtest.h>

#include <regex>

#include "parley/av/audio_codecs.hpp"
#include "parley/peer_connection.hpp"
#include "sounds.hpp"
#include "support/candidate_rewrite.hpp"
#include "support/link_emulator.hpp"
#include "support/pair.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using parley::test::Latch;
using parley::test::LinkEmulator;

class LossySound : public testing::Test {
 protected:
  static constexpr double kLoss = 0.15;

  LossySound() : link_(std::move(LinkEmulator::start({.a_to_b = {.loss = kLoss, .seed = 5}}).value())) {
    trickle(a_, b_, link_->face_to_b(), [this](const auto& at) { link_->set_a(at); });
    trickle(b_, a_, link_->face_to_a(), [this](const auto& at) { link_->set_b(at); });
  }
  ~LossySound() override {
    a_.close();
    b_.close();
  }
  template <class Tell>
  static void trickle(RTCPeerConnection& from, RTCPeerConnection& to, const parley::test::Endpoint& face, Tell tell) {
    from.onicecandidate = [&to, face, tell](const RTCPeerConnectionIceEvent& event) -> Promise<void> {
      if (!event.candidate || event.candidate->candidate().empty()) co_return;
      tell(*parley::test::host_endpoint(event.candidate->candidate()));
      RTCIceCandidateInit moved = event.candidate->toJSON();
      moved.candidate = *parley::test::move_candidate(moved.candidate, face);
      co_await to.addIceCandidate(moved);
    };
  }
  /// Nothing is repaired: neither by RED nor, as with browsers, by asking again.
  Promise<void> negotiate() {
    parley::test::prefer(a_.getTransceivers().at(0), "audio/opus");
    co_await a_.setLocalDescription();
    RTCSessionDescriptionInit offer = *a_.localDescription();
    static const std::regex asking("a=rtcp-fb:[0-9]+ nack\r\n");
    offer.sdp = std::regex_replace(offer.sdp, asking, "");
    co_await b_.setRemoteDescription(offer);
    co_await b_.setLocalDescription();
    co_await a_.setRemoteDescription(*b_.localDescription());
  }
  void hear(const RTCEncodedAudioFrame& frame) {
    const Sound part = decoder_.decode(frame);
    ++frames_;
    if (end_ && part.timestamp > *end_ + 1ms) ++gaps_;
    end_ = part.timestamp + std::chrono::microseconds(part.samples.size() / 2 * 1'000'000 / part.sample_rate);
    heard_.samples.insert(heard_.samples.end(), part.samples.begin(), part.samples.end());
  }
  /// Whether it has something of the frame before it: RFC 6716 section 4.2.4, of one channel and 20 ms.
  static bool has_fec(const RTCEncodedAudioFrame& frame) {
    const unsigned configuration = frame.data.at(0) >> 3;
    return configuration < 16 && frame.data.size() > 1 && (frame.data[1] & 0x40) != 0;
  }
  /// A tone for as long as nobody has told of losses, and two seconds more.
  Promise<void> speak() {
    const auto start = std::chrono::steady_clock::now();
    std::size_t at = 0;
    for (int left = 100; left > 0 && at < 30 * 48'000; left -= told_.is_set() ? 1 : 0) {
      for (auto& frame : encoder_.encode(test::tone(48'000, 1, at, 960))) {
        if (has_fec(frame)) ++(told_.is_set() ? with_fec_ : early_fec_);
        track_->write(std::move(frame));
      }
      at += 960;
      co_await loop_->delay(start + 20ms * (at / 960) - std::chrono::steady_clock::now());
    }
  }

  const std::shared_ptr<EventLoop> loop_ = EventLoop::shared();
  std::unique_ptr<LinkEmulator> link_;
  std::shared_ptr<MediaStreamTrack> track_ = MediaStreamTrack::create("audio");
  AudioEncoder encoder_;
  AudioDecoder decoder_;
  Latch connected_, told_;
  Sound heard_{.channels = 2};
  std::optional<std::chrono::microseconds> end_;
  int frames_ = 0, gaps_ = 0, early_fec_ = 0, with_fec_ = 0;
  RTCPeerConnection a_{parley::test::on_loopback(loop_)}, b_{parley::test::on_loopback(loop_)};
};

TEST_F(LossySound, IsHeardWithoutGaps) {
  encoder_.follow(track_);
  const auto sender = a_.addTrack(track_);
  // The sender has the track, which must not have the sender.
  track_->onpacketloss = [this, weak = std::weak_ptr(sender)](const PacketLossEvent& event) {
    EXPECT_EQ(event.sender, weak.lock());
    if (event.fraction > kLoss / 3 && event.fraction < kLoss * 3) told_.set();
  };
  a_.onconnectionstatechange = [this] {
    if (a_.connectionState() == RTCPeerConnectionState::Connected) connected_.set();
  };
  b_.ontrack = [this](const RTCTrackEvent& event) {
    event.track->onaudioframe = [this](const RTCEncodedAudioFrame& frame) { hear(frame); };
  };
  loop_->run([this] { return negotiate(); }).get(20s);
  ASSERT_TRUE(connected_.wait());
  loop_->run([this] { return speak(); }).get(60s);
  EXPECT_TRUE(told_.is_set());
  loop_->run([this] {
    EXPECT_GT(frames_, 80);
    // Opus protects speech, which it takes a tone for in the beginning.
    EXPECT_EQ(early_fec_, 0);
    EXPECT_GT(with_fec_, 15);
    // More than six in a row are lost once in ten thousand.
    EXPECT_LE(gaps_, 1);
    EXPECT_GT(static_cast<double>(heard_.samples.size()) / 2 / 960, frames_ * 1.05);
    EXPECT_GT(test::share_at(heard_, 440), 0.6);
    EXPECT_LT(test::share_at(heard_, 660), 0.1);
  });
}

}  // namespace
}  // namespace parley::av
