// ICE restarts that begin another association of DTLS: RFC 8842 section 3.1.
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::new_association_test {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using namespace std::chrono_literals;

class NewAssociation : public testing::Test {
 protected:
  /// Whoever answered before, it is `successor` who does now.
  static void restart_with(RTCPeerConnection& connection, RTCPeerConnection& successor) {
    connection.onicecandidate = [&successor](const RTCPeerConnectionIceEvent& event) {
      return Pair::trickle(successor, event.candidate);
    };
    successor.onicecandidate = [&connection](const RTCPeerConnectionIceEvent& event) {
      return Pair::trickle(connection, event.candidate);
    };
    connection.restartIce();
    run([&]() -> Promise<void> {
      co_await connection.setLocalDescription();
      co_await successor.setRemoteDescription(*connection.localDescription());
      co_await successor.setLocalDescription();
      co_await connection.setRemoteDescription(*successor.localDescription());
    });
  }

  Latch open, after, heard_before, heard_after;
  std::vector<std::string> states;
  Pair pair;
  RTCPeerConnection &pc = pair.offerer, &other = pair.answerer;
};

/// As `text`, from a peer whose associations are new.
std::string with_new_tls_ids(std::string text) {
  constexpr std::string_view kLine = "a=tls-id:";
  for (std::size_t at = text.find(kLine); at != std::string::npos; at = text.find(kLine, at + 1)) {
    char& first = text.at(at + kLine.size());
    first = first == 'x' ? 'y' : 'x';
  }
  return text;
}

/// Both sides begin another association, as with a browser that moves everything to another transport. What is on its
/// way is not lost.
TEST_F(NewAssociation, WithNewTlsIdsKeepsTheChannels) {
  constexpr int kMessages = 200;
  int heard = 0;  // only on the loop
  std::vector<std::string> ended;
  const auto channel = pc.createDataChannel("x");
  channel->onopen = [&] { open.set(); };
  channel->onclose = [&] { ended.emplace_back("here"); };
  other.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onclose = [&] { ended.emplace_back("there"); };
    event.channel->onmessage = [&](const MessageEvent& message) {
      EXPECT_EQ(message.text(), std::to_string(heard));
      if (++heard == kMessages) after.set();
    };
  };
  pc.addTransceiver("audio");
  run([this] { return pair.negotiate(); });
  ASSERT_TRUE(open.wait());
  const auto transport = pc.sctp()->transport();
  transport->onstatechange = [this, raw = transport.get()] { states.emplace_back(to_string(raw->state())); };
  pc.restartIce();
  auto send = [&, next = 0](int to) mutable {
    for (; next < to; ++next) channel->send(std::to_string(next));
  };
  run([&]() -> Promise<void> {
    send(50);
    co_await pc.setLocalDescription();
    send(100);
    const std::string offer = with_new_tls_ids(pc.localDescription()->sdp());
    co_await other.setRemoteDescription({RTCSdpType::Offer, offer});
    co_await other.setLocalDescription();
    send(150);
    co_await pc.setRemoteDescription(*other.localDescription());
    send(kMessages);
  });
  EXPECT_TRUE(after.wait());
  EXPECT_EQ(EventLoop::shared()->run([&] { return states; }),
            (std::vector<std::string>{"new", "connecting", "connected"}));
  EXPECT_EQ(EventLoop::shared()->run([&] { return ended; }), std::vector<std::string>{});
  EXPECT_EQ(channel->readyState(), RTCDataChannelState::Open);
  pc.close();
  other.close();
}

/// RFC 8842 section 3.1, RFC 8261: an association of SCTP lives on one of DTLS, and a successor has none.
TEST_F(NewAssociation, OfAnotherIdentityBeginsWithNewChannels) {
  for (const bool is_told : {false, true}) {
    Pair both;
    RTCPeerConnection& here = both.offerer;
    RTCPeerConnection successor(test::on_loopback());
    Latch before_open, before_closed, after_open, heard;
    const auto before = here.createDataChannel("before");
    before->onopen = [&] { before_open.set(); };
    before->onclose = [&] { before_closed.set(); };
    run([&] { return both.negotiate(); });
    ASSERT_TRUE(before_open.wait());
    if (is_told) {
      both.answerer.close();
      ASSERT_TRUE(before_closed.wait());
    }
    const auto theirs = successor.createDataChannel("after", {.negotiated = true, .id = 100});
    theirs->onopen = [&] { after_open.set(); };
    restart_with(here, successor);
    const auto ours = here.createDataChannel("after", {.negotiated = true, .id = 100});
    ours->onmessage = [&] { heard.set(); };
    EXPECT_TRUE(after_open.wait()) << is_told;
    theirs->send("x");
    EXPECT_TRUE(heard.wait()) << is_told;
    EXPECT_TRUE(before_closed.wait()) << is_told;
    EXPECT_EQ(here.sctp()->state(), RTCSctpTransportState::Connected);
    here.close();
    successor.close();
  }
}

/// RFC 8842 section 3.1: another certificate and tls-id mean another DTLS association, on the same RTCDtlsTransport.
TEST_F(NewAssociation, IsThatOfAnotherIdentity) {
  RTCPeerConnection successor(test::on_loopback());
  const auto track = MediaStreamTrack::create("audio");
  pc.addTrack(track);
  const auto follow = [](RTCPeerConnection& to, Latch& heard) {
    to.ontrack = [&heard](const RTCTrackEvent& event) { event.track->onaudioframe = [&heard] { heard.set(); }; };
  };
  const auto send_until = [&](Latch& heard) {
    for (std::uint32_t i = 0; i < 2000 && !heard.is_set(); ++i) {
      track->write(test::audio_frame(80, i));
      EventLoop::shared()->delay(10ms).get();
    }
    return heard.is_set();
  };
  follow(other, heard_before);
  run([this] { return pair.negotiate(); });
  ASSERT_TRUE(send_until(heard_before));
  const auto transport = pc.getSenders().at(0)->transport();
  const auto certificates = transport->getRemoteCertificates();
  ASSERT_EQ(certificates.size(), 1U);

  // The peer is gone; another one answers in its place.
  other.close();
  follow(successor, heard_after);
  transport->onstatechange = [this, raw = transport.get()] { states.emplace_back(to_string(raw->state())); };
  restart_with(pc, successor);
  EXPECT_TRUE(send_until(heard_after));
  EXPECT_EQ(pc.getSenders().at(0)->transport(), transport);
  EXPECT_EQ(transport->state(), RTCDtlsTransportState::Connected);
  EXPECT_NE(transport->getRemoteCertificates(), certificates);
  EXPECT_EQ(EventLoop::shared()->run([&] { return states.back(); }), "connected");
  pc.close();
  successor.close();
}

}  // namespace
}  // namespace parley::new_association_test
