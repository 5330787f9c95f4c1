#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string_view>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

TEST(Close, IsSilentAndFinal) {
  Pair pair;
  const auto channel = pair.offerer.createDataChannel("x");
  Latch open;
  channel->onopen = [&] { open.set(); };
  pair.negotiate().get(20s);
  ASSERT_TRUE(open.wait());
  std::atomic<int> events = 0;
  const auto count = [&] { ++events; };
  pair.offerer.onsignalingstatechange = count;
  pair.offerer.oniceconnectionstatechange = count;
  pair.offerer.onconnectionstatechange = count;
  channel->onclose = count;
  const auto sctp = pair.offerer.sctp();
  pair.offerer.close();
  pair.offerer.close();
  EXPECT_EQ(pair.offerer.signalingState(), RTCSignalingState::Closed);
  EXPECT_EQ(pair.offerer.connectionState(), RTCPeerConnectionState::Closed);
  EXPECT_EQ(pair.offerer.iceConnectionState(), RTCIceConnectionState::Closed);
  EXPECT_EQ(channel->readyState(), RTCDataChannelState::Closed);
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Closed);
  EXPECT_EQ(sctp->transport()->state(), RTCDtlsTransportState::Closed);
  EXPECT_EQ(sctp->transport()->iceTransport()->state(), RTCIceTransportState::Closed);
  EXPECT_THROW(channel->send("x"), InvalidStateError);
  EXPECT_THROW(pair.offerer.createOffer().get(5s), InvalidStateError);
  EXPECT_THROW(pair.offerer.setLocalDescription().get(5s), InvalidStateError);
  EXPECT_EQ(events, 0);
}

TEST(Close, TheOtherSideSeesItsChannelsClose) {
  Pair pair;
  Latch announced, closed;
  std::shared_ptr<RTCDataChannel> far;
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    far = event.channel;
    far->onclose = [&] { closed.set(); };
    announced.set();
  };
  const auto channel = pair.offerer.createDataChannel("x");
  pair.negotiate().get(20s);
  ASSERT_TRUE(announced.wait());
  pair.offerer.close();
  EXPECT_TRUE(closed.wait());
  EXPECT_EQ(far->readyState(), RTCDataChannelState::Closed);
}

TEST(Close, RejectsWhatIsStillPending) {
  auto loop = EventLoop::create();
  RTCPeerConnection pc(test::on_loopback(loop));
  const auto promise = loop->run([&] {
    const auto pending = pc.createOffer();
    pc.close();
    return pending;
  });
  EXPECT_THROW(promise.get(5s), InvalidStateError);
}

/// Hands a candidate to a peer that may be closed or gone by now.
Promise<void> trickle(std::unique_ptr<RTCPeerConnection>& to, std::optional<RTCIceCandidate> candidate) {
  try {
    if (candidate && to) co_await to->addIceCandidate(*candidate);
  } catch (const InvalidStateError&) {
  }
}

/// Runs a whole connection and closes (or destroys) one peer when the n-th event of any kind is fired, from inside its
/// handler. Returns false when there was no n-th event.
bool close_at_event(int n, bool destroy) {
  auto loop = EventLoop::create();
  auto offerer = std::make_unique<RTCPeerConnection>(test::on_loopback(loop));
  auto answerer = std::make_unique<RTCPeerConnection>(test::on_loopback(loop));
  Latch stop, finished;
  int events = 0;
  const auto tick = [&] {
    if (++events != n) return;
    if (destroy) {
      offerer.reset();
    } else {
      offerer->close();
    }
    stop.set();
  };
  offerer->onnegotiationneeded = tick;
  offerer->onsignalingstatechange = tick;
  offerer->onicegatheringstatechange = tick;
  offerer->oniceconnectionstatechange = tick;
  offerer->onconnectionstatechange = tick;
  offerer->onicecandidate = [&](const RTCPeerConnectionIceEvent& event) {
    const auto candidate = event.candidate;
    tick();
    return trickle(answerer, candidate);
  };
  answerer->onicecandidate = [&](const RTCPeerConnectionIceEvent& event) { return trickle(offerer, event.candidate); };
  answerer->ondatachannel = [](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [far = event.channel](const MessageEvent& message) { far->send(message.text()); };
  };
  const auto channel = offerer->createDataChannel("x");
  channel->onopen = [&] {
    tick();
    if (channel->readyState() == RTCDataChannelState::Open) channel->send("x");
  };
  channel->onbufferedamountlow = tick;
  channel->onmessage = [&] {
    tick();
    if (channel->readyState() == RTCDataChannelState::Open) channel->close();
  };
  channel->onclose = [&] {
    tick();
    finished.set();
    stop.set();
  };
  const auto negotiate = [&]() -> Promise<void> {
    try {
      if (offerer) co_await offerer->setLocalDescription();
      if (!offerer) co_return;
      co_await answerer->setRemoteDescription(*offerer->localDescription());
      co_await answerer->setLocalDescription();
      if (offerer) co_await offerer->setRemoteDescription(*answerer->localDescription());
    } catch (const Exception&) {  // closed meanwhile
    }
  };
  const Promise<void> negotiation = loop->run(negotiate);
  EXPECT_TRUE(stop.wait()) << "event " << n;
  negotiation.get(20s);
  loop->run([&] { offerer.reset(); });
  answerer->close();
  return !finished.is_set();
}

TEST(Close, IsLegalInsideEveryHandler) {
  int n = 1;
  while (close_at_event(n, false) && n < 60) ++n;
  EXPECT_GT(n, 8);  // there were that many moments
  EXPECT_LT(n, 60);
}

TEST(Close, DestructionIsLegalInsideEveryHandler) {
  int n = 1;
  while (close_at_event(n, true) && n < 60) ++n;
  EXPECT_GT(n, 8);
  EXPECT_LT(n, 60);
}

TEST(Close, DestructionFromAnotherThreadIsLegalAtAnyTime) {
  for (int i = 0; i < 20; ++i) {
    std::optional<Pair> pair;
    pair.emplace();
    const auto channel = pair->offerer.createDataChannel("x");
    auto negotiation = pair->negotiate().catch_error([](const std::exception_ptr&) {});
    for (int spin = 0; spin < i * 3; ++spin) (void)pair->offerer.connectionState();
    pair->offerer.close();
    pair->answerer.close();
    negotiation.get(20s);  // the coroutine uses the pair until it is done
  }
}

/// What a program may call, each with a connection in a state that allows it, and what follows its promise.
struct Call {
  const char* name;
  Promise<void> (*begin)(RTCPeerConnection& pc);
};
template <class T>
Promise<void> anything(const Promise<T>& promise) {
  return promise.then([](const T&) {});
}
constexpr Call kCalls[] = {
    {"createAnswer", [](RTCPeerConnection& pc) { return anything(pc.createAnswer()); }},
    {"setLocalDescription", [](RTCPeerConnection& pc) { return pc.setLocalDescription(); }},
    {"addIceCandidate", [](RTCPeerConnection& pc) { return pc.addIceCandidate(); }},
    {"getStats", [](RTCPeerConnection& pc) { return anything(pc.getStats()); }},
    {"rollback", [](RTCPeerConnection& pc) { return pc.setRemoteDescription({RTCSdpType::Rollback}); }},
    {"setRemoteDescription",
     [](RTCPeerConnection& pc) {
       return pc.setRemoteDescription({RTCSdpType::Offer, pc.remoteDescription()->sdp()});
     }},
    {"refused", [](RTCPeerConnection& pc) { return anything(pc.createOffer()); }},
    {"write", [](RTCPeerConnection& pc) { return pc.createDataChannel("x")->write("x"); }},  // waits until the close
};

TEST(Close, IsLegalInWhatFollowsEveryPromise) {
  RTCPeerConnection other(test::on_loopback());
  const auto channel = other.createDataChannel("x");
  const auto offer = other.createOffer().get(10s);
  const auto loop = EventLoop::shared();
  for (const Call& call : kCalls)
    for (const bool destroy : {false, true})
      for (const bool coroutine : {false, true}) {
        SCOPED_TRACE(testing::Message() << call.name << " destroy " << destroy << " coroutine " << coroutine);
        auto pc = std::make_unique<RTCPeerConnection>(test::on_loopback());
        const auto end = [&] {
          if (destroy) {
            pc.reset();
          } else {
            pc->close();
          }
        };
        const auto awaited = [&]() -> Promise<void> {
          try {
            co_await call.begin(*pc);
          } catch (const Exception&) {
          }
          end();
        };
        pc->setRemoteDescription(offer).get(10s);
        const auto ended = loop->run([&] {
          const auto promise =
              coroutine ? awaited() : call.begin(*pc).then(end, [&](const std::exception_ptr&) { end(); });
          // Further operations wait in the chain behind it, and one of them ends the connection under the others.
          for (int i = 0; i < 3; ++i) pc->getStats().then([] {}, [](const std::exception_ptr&) {});
          for (int i = 0; i < 3; ++i) pc->addIceCandidate().catch_error([](const std::exception_ptr&) {});
          if (std::string_view(call.name) == "write") pc->close();
          return promise;
        });
        EXPECT_NO_THROW(ended.get(10s));
        loop->run([&] { pc.reset(); });
      }
}

}  // namespace
}  // namespace parley
