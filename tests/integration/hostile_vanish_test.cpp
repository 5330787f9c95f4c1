// Peers that stop answering, in every state of a connection's life. Half a minute of patience is part of the contract,
// so all cases wait at the same time.
#include <gtest/gtest.h>

#include <array>

#include "support/healthy_pair.hpp"
#include "support/meddler.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// A connection through a meddler, and what the offerer, who is left alone, sees.
struct Abandoned {
  explicit Abandoned(const std::shared_ptr<EventLoop>& l)
      : loop(l), offerer(on_loopback(l)), answerer(on_loopback(l)), channel(offerer.createDataChannel("x")) {
    offerer.onconnectionstatechange = [this] {
      const RTCPeerConnectionState state = offerer.connectionState();
      states.push_back(state);
      if (state == RTCPeerConnectionState::Failed) failed.set();
    };
    channel->onopen = [this] { open.set(); };
    channel->onerror = [this](const RTCErrorEvent& event) {
      error = event.error.errorDetail();
      channel_error.set();
    };
    channel->onclose = [this] { closed.set(); };
  }
  void negotiate() {
    negotiate_through(meddler, offerer, answerer)
        .then([this] { offerer.sctp()->transport()->onerror = [this] { dtls_error = true; }; })
        .get(20s);
  }
  bool went_through(RTCPeerConnectionState state) {
    return loop->run([&] { return std::count(states.begin(), states.end(), state) > 0; });
  }

  std::shared_ptr<EventLoop> loop;
  RTCPeerConnection offerer, answerer;
  std::shared_ptr<RTCDataChannel> channel;
  std::vector<RTCPeerConnectionState> states;  // on the loop
  Latch open, failed, channel_error, closed;
  std::atomic<bool> dtls_error = false, triggered = false;
  std::optional<RTCErrorDetailType> error;
  Meddler meddler;  // last: its rules use the others
};

/// Everything passes until `last` does, nothing after it.
Meddler::Rule until(Abandoned& c, bool (*last)(ByteView)) {
  return [&c, last](Meddler::Way, ByteView datagram, const Meddler::Emit& emit) {
    if (c.triggered) return;
    if (last(datagram)) {
      c.triggered = true;
      return;
    }
    emit(datagram);
  };
}

TEST(HostileVanishing, EndsInFailedInEveryState) {
  const auto loop = EventLoop::create();
  HealthyPair healthy(loop);
  ASSERT_TRUE(healthy.opened());
  const std::size_t before = allocated_bytes();
  {
    // Never reached; gone at the first DTLS record; deaf to DTLS but not to ICE; deaf to what DTLS carries.
    Abandoned connecting(loop), handshaking(loop), no_dtls(loop), no_sctp(loop);
    // Gone when connected: with nothing to do, with 4 MiB to send, with a channel to close.
    Abandoned idle(loop), transferring(loop), closing(loop);
    connecting.meddler.cut();
    handshaking.meddler.set_rule(until(handshaking, is_dtls));
    no_dtls.meddler.set_rule([](Meddler::Way, ByteView datagram, const Meddler::Emit& emit) {
      if (!is_dtls(datagram)) emit(datagram);
    });
    no_sctp.meddler.set_rule([](Meddler::Way, ByteView datagram, const Meddler::Emit& emit) {
      if (!begins_with(kApplicationData, datagram)) emit(datagram);
    });
    const std::array all{&connecting, &handshaking, &no_dtls, &no_sctp, &idle, &transferring, &closing};
    for (Abandoned* one : all) one->negotiate();
    for (Abandoned* one : {&idle, &transferring, &closing}) ASSERT_TRUE(one->open.wait());

    idle.meddler.cut();
    transferring.meddler.cut();
    const std::vector<std::uint8_t> piece(256 << 10);
    std::vector<Promise<void>> writes;
    loop->run([&] {
      for (int i = 0; i < 16; ++i) transferring.channel->send(std::span(piece));
      writes.push_back(transferring.channel->write(std::as_bytes(std::span(piece))));
    });
    closing.meddler.cut();
    closing.channel->close();
    const auto cut_at = std::chrono::steady_clock::now();

    // RFC 7675: consent is lost after half a minute; the first doubts come earlier.
    for (Abandoned* one : all) {
      if (one == &no_sctp) continue;
      EXPECT_TRUE(one->failed.wait(60s));
      EXPECT_LT(std::chrono::steady_clock::now() - cut_at, 55s);
    }
    for (Abandoned* one : {&idle, &transferring, &closing})
      EXPECT_TRUE(one->went_through(RTCPeerConnectionState::Disconnected));
    EXPECT_TRUE(no_dtls.dtls_error);
    EXPECT_EQ(connecting.offerer.iceConnectionState(), RTCIceConnectionState::Failed);
    EXPECT_EQ(no_dtls.offerer.sctp()->transport()->state(), RTCDtlsTransportState::Failed);
    // A peer without SCTP: the path is there, so the connection is, but its association and its channels are not.
    EXPECT_TRUE(no_sctp.closed.wait(60s));
    EXPECT_EQ(no_sctp.error, RTCErrorDetailType::SctpFailure);
    EXPECT_EQ(no_sctp.offerer.sctp()->state(), RTCSctpTransportState::Closed);
    EXPECT_EQ(no_sctp.offerer.connectionState(), RTCPeerConnectionState::Connected);

    EXPECT_EQ(closing.channel->readyState(), RTCDataChannelState::Closing);
    EXPECT_TRUE(healthy.alive());
    EXPECT_LT(healthy.worst(), HealthyPair::kBearable);
    for (Abandoned* one : all) {
      const auto begin = std::chrono::steady_clock::now();
      one->offerer.close();
      one->answerer.close();
      EXPECT_LT(std::chrono::steady_clock::now() - begin, HealthyPair::kBearable);
      EXPECT_EQ(one->channel->readyState(), RTCDataChannelState::Closed);
    }
    EXPECT_THROW(writes[0].get(10s), InvalidStateError);
  }
  // An ICE agent says goodbye to servers for up to 5 s.
  for (int i = 0; i < 5000 && allocated_bytes() > before + (1 << 20); ++i) loop->delay(2ms).get();
  EXPECT_LT(allocated_bytes(), before + (1 << 20));
  EXPECT_TRUE(healthy.alive());
}

}  // namespace
}  // namespace parley
