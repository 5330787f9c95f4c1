// Media whose header extensions are encrypted (RFC 9335), between two connections.
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::on_loopback;
using test::Pair;
using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;
using enum RTCRtpHeaderEncryptionPolicy;

std::string without_cryptex(std::string sdp) {
  const std::string line = "a=cryptex\r\n";
  for (std::size_t at = sdp.find(line); at != std::string::npos; at = sdp.find(line)) sdp.erase(at, line.size());
  return sdp;
}

/// Of the peer, whether it says that it takes that.
enum class Peer { Encrypts, Old };

Promise<void> negotiate(Pair& pair, Peer peer) {
  co_await pair.offerer.setLocalDescription();
  RTCSessionDescriptionInit offer = *pair.offerer.localDescription();
  if (peer == Peer::Old) offer.sdp = without_cryptex(offer.sdp);
  co_await pair.answerer.setRemoteDescription(offer);
  co_await pair.answerer.setLocalDescription();
  co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
}

RTCConfiguration with(RTCRtpHeaderEncryptionPolicy policy, bool fast_path) {
  RTCConfiguration configuration = on_loopback();
  configuration.rtpHeaderEncryptionPolicy = policy;
  configuration.network.fast_path = fast_path;
  return configuration;
}

/// Media of two kinds over one transport, told apart by their MIDs, which are encrypted.
void expect_media(const RTCConfiguration& first, const RTCConfiguration& second, Peer peer) {
  Latch video, audio;
  const auto picture = MediaStreamTrack::create("video"), sound = MediaStreamTrack::create("audio");
  Pair pair(first, second);
  picture->onkeyframerequest = [&] {
    picture->write(vp8_frame(Key, 3000, 1));
    for (std::uint32_t i = 0; i < 20; ++i) sound->write(test::audio_frame(60, i));
  };
  (void)pair.offerer.addTrack(picture);
  (void)pair.offerer.addTrack(sound);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    event.track->onvideoframe = [&] { video.set(); };
    event.track->onaudioframe = [&] { audio.set(); };
  };
  EventLoop::shared()->run([&] { return negotiate(pair, peer); }).get(20s);
  ASSERT_TRUE(video.wait());
  ASSERT_TRUE(audio.wait());
  for (RTCPeerConnection* connection : {&pair.offerer, &pair.answerer})
    for (const auto& transceiver : connection->getTransceivers())
      EXPECT_EQ(transceiver->rtpHeaderEncryptionNegotiated(), peer == Peer::Encrypts);
}

class HeaderEncryption : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Paths, HeaderEncryption, testing::Bool(),
                         [](const auto& info) { return info.param ? "Fast" : "Portable"; });

TEST_P(HeaderEncryption, IsNegotiatedUnasked) {
  expect_media(with(Negotiate, GetParam()), with(Negotiate, GetParam()), Peer::Encrypts);
}

TEST_P(HeaderEncryption, CanBeRequired) {
  expect_media(with(Require, GetParam()), with(Require, !GetParam()), Peer::Encrypts);
}

TEST_P(HeaderEncryption, IsGoneWithoutIfThePeerCannot) {
  expect_media(with(Negotiate, GetParam()), with(Negotiate, GetParam()), Peer::Old);
}

TEST(HeaderEncryptionPolicy, RequiredOfAPeerThatCannotIsRefused) {
  const auto refused = [](RTCRtpHeaderEncryptionPolicy ours, RTCRtpHeaderEncryptionPolicy theirs) {
    Pair pair(with(ours, true), with(theirs, true));
    (void)pair.offerer.addTransceiver("audio");
    EventLoop::shared()->run([&] { return negotiate(pair, Peer::Old); }).get(20s);
  };
  EXPECT_THROW(refused(Negotiate, Require), InvalidAccessError);
  EXPECT_THROW(refused(Require, Negotiate), InvalidAccessError);
}

TEST(HeaderEncryptionPolicy, IsNegotiateAndCannotBeChanged) {
  EXPECT_EQ(RTCConfiguration().rtpHeaderEncryptionPolicy, Negotiate);
  RTCPeerConnection connection(with(Require, true));
  RTCConfiguration configuration = connection.getConfiguration();
  EXPECT_EQ(configuration.rtpHeaderEncryptionPolicy, Require);
  EXPECT_NO_THROW(connection.setConfiguration(configuration));
  configuration.rtpHeaderEncryptionPolicy = Negotiate;
  EXPECT_THROW(connection.setConfiguration(configuration), InvalidModificationError);
  EXPECT_EQ(to_string(Negotiate), "negotiate");
  EXPECT_EQ(to_string(Require), "require");
  EXPECT_FALSE(connection.addTransceiver("audio")->rtpHeaderEncryptionNegotiated());
}

/// Where libsrtp2 protects media, it goes on doing so, and nothing more is offered.
TEST(HeaderEncryptionPolicy, WhatBeganWithLibsrtp2IsNotEncryptedLater) {
  Latch heard;
  const auto sound = MediaStreamTrack::create("audio");
  Pair pair(with(Negotiate, false), with(Negotiate, true));
  (void)pair.offerer.addTrack(sound);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) { event.track->onaudioframe = [&] { heard.set(); }; };
  EventLoop::shared()->run([&] { return negotiate(pair, Peer::Old); }).get(20s);
  for (std::uint32_t i = 0; !heard.wait(20ms) && i < 500; ++i) sound->write(test::audio_frame(60, i));
  ASSERT_TRUE(heard.is_set());
  const RTCSessionDescriptionInit offer = pair.offerer.createOffer().get(20s);
  EXPECT_EQ(offer.sdp.find("a=cryptex"), std::string::npos);
  EXPECT_NE(pair.answerer.createOffer().get(20s).sdp.find("a=cryptex"), std::string::npos);
}

}  // namespace
}  // namespace parley
