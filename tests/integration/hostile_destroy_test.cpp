// Connections closed and destroyed at every moment of their lives: inside every handler, and by another thread at
// random moments, with the loop going right after.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "support/hostile_session.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// Two peers that connect, send a message there and back, and close the channel. Whoever destroys one of them in
/// between need not say so: nobody holds it longer than a call.
class Life {
 public:
  using Owner = std::shared_ptr<RTCPeerConnection>;
  /// Called on the loop for each event, with the peer that it was fired at.
  using Tick = std::function<void(const std::string& name, Owner& peer)>;

  explicit Life(Tick tick)
      : tick_(std::move(tick)),
        a(std::make_shared<RTCPeerConnection>(on_loopback(loop_))),
        b(std::make_shared<RTCPeerConnection>(on_loopback(loop_))) {
    loop_->run([this] { begin(); });
  }
  /// The peers first, and the loop at once after them.
  ~Life() {
    take(a).reset();
    take(b).reset();
    near_.reset();
    far_.reset();
    loop_.reset();
  }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  /// A peer that the caller's thread may destroy while the loop goes on.
  Owner take(Owner& peer) {
    return loop_->run([&] { return std::move(peer); });
  }

  Latch over;  // the life, or what a tick did to it
  [[nodiscard]] unsigned events() const { return events_; }

 private:
  template <class Slot>
  void watch(const char* name, Slot& slot, Owner& peer) {
    slot = [this, name, &peer] { happened(name, peer); };
  }
  void happened(const char* name, Owner& peer) {
    ++events_;
    tick_(name, peer);
  }
  void watch_all(Owner& peer, Owner& other) {
    RTCPeerConnection& pc = *peer;
    watch("negotiationneeded", pc.onnegotiationneeded, peer);
    watch("signalingstatechange", pc.onsignalingstatechange, peer);
    watch("icegatheringstatechange", pc.onicegatheringstatechange, peer);
    watch("iceconnectionstatechange", pc.oniceconnectionstatechange, peer);
    watch("connectionstatechange", pc.onconnectionstatechange, peer);
    pc.onicecandidate = [this, &peer, to = std::weak_ptr(other)](const RTCPeerConnectionIceEvent& event) {
      const auto candidate = event.candidate;
      happened("icecandidate", peer);
      if (const auto there = to.lock(); there && candidate)
        there->addIceCandidate(*candidate).catch_error([](const std::exception_ptr&) {});
    };
  }
  void watch_transports(Owner& peer) {
    const auto sctp = peer ? peer->sctp() : nullptr;
    if (!sctp) return;
    watch("sctp statechange", sctp->onstatechange, peer);
    watch("dtls statechange", sctp->transport()->onstatechange, peer);
    const auto ice = sctp->transport()->iceTransport();
    watch("ice statechange", ice->onstatechange, peer);
    watch("ice gatheringstatechange", ice->ongatheringstatechange, peer);
    watch("selectedcandidatepairchange", ice->onselectedcandidatepairchange, peer);
  }
  void watch_channel(const std::shared_ptr<RTCDataChannel>& channel, Owner& peer) {
    watch("closing", channel->onclosing, peer);
    watch("bufferedamountlow", channel->onbufferedamountlow, peer);
    channel->onclose = [this, &peer] {
      happened("close", peer);
      if (++closed_ == 2) over.set();
    };
  }
  void begin() {
    watch_all(a, b);
    watch_all(b, a);
    a->onnegotiationneeded = [this] {
      negotiate().catch_error([](const std::exception_ptr&) {});  // one of them is gone
      happened("negotiationneeded", a);
    };
    b->ondatachannel = [this](const RTCDataChannelEvent& event) {
      far_ = event.channel;
      watch_channel(far_, b);
      far_->onmessage = [this, channel = far_](const MessageEvent& message) {
        if (channel->readyState() == RTCDataChannelState::Open) channel->send(message.bytes());
        happened("message", b);
      };
      happened("datachannel", b);
    };
    near_ = a->createDataChannel("x");
    watch_channel(near_, a);
    near_->onopen = [this, channel = near_] {
      channel->send(std::vector<std::uint8_t>(10'000));
      happened("open", a);
    };
    near_->onmessage = [this, channel = near_] {
      channel->close();
      happened("message", a);
    };
  }
  /// One call on a peer that may be gone, which is not held while the call's promise is pending.
  template <class F>
  static auto on(const std::weak_ptr<RTCPeerConnection>& peer, F call) {
    const auto there = peer.lock();
    if (!there) throw AbortError("the peer is gone");
    return call(*there);
  }
  Promise<void> negotiate() {
    const std::weak_ptr<RTCPeerConnection> first = a, second = b;
    const auto set_local = [](RTCPeerConnection& pc) { return pc.setLocalDescription(); };
    const auto local = [](RTCPeerConnection& pc) { return *pc.localDescription(); };
    co_await on(first, set_local);
    const RTCSessionDescription offer = on(first, local);
    co_await on(second, [&](RTCPeerConnection& pc) { return pc.setRemoteDescription(offer); });
    co_await on(second, set_local);
    watch_transports(b);
    const RTCSessionDescription answer = on(second, local);
    co_await on(first, [&](RTCPeerConnection& pc) { return pc.setRemoteDescription(answer); });
    watch_transports(a);
  }

  std::shared_ptr<EventLoop> loop_ = EventLoop::create();
  Tick tick_;
  std::atomic<unsigned> events_ = 0;
  int closed_ = 0;
  std::shared_ptr<RTCDataChannel> near_, far_;

 public:
  Owner a, b;
};

/// Lives in which the n-th event, whichever it is, ends the peer that it is fired at.
void end_inside_every_handler(const std::function<void(Life::Owner&)>& end) {
  std::set<std::string> inside;
  bool happened = true;
  unsigned n = 0;
  while (happened && n < 200) {
    ++n;
    happened = false;
    unsigned count = 0;
    Latch* over = nullptr;
    Latch ready;
    Life life([&](const std::string& name, Life::Owner& peer) {
      if (++count != n || !peer) return;
      happened = true;
      inside.insert(name);
      end(peer);
      ready.set();
    });
    over = &life.over;
    // Either the n-th event came, or the life ended before it.
    for (int i = 0; i < 20'000 && !ready.is_set() && !over->is_set(); ++i) EventLoop::shared()->delay(1ms).get();
    ASSERT_TRUE(ready.is_set() || over->is_set()) << "event " << n;
    // `life` ends here: the other peer and the loop go at once.
  }
  EXPECT_LT(n, 200U);
  for (const char* name : {"negotiationneeded", "signalingstatechange", "icegatheringstatechange",
                           "iceconnectionstatechange", "connectionstatechange", "icecandidate", "datachannel", "open",
                           "message", "bufferedamountlow", "closing", "close", "sctp statechange", "dtls statechange",
                           "ice statechange", "ice gatheringstatechange", "selectedcandidatepairchange"})
    EXPECT_TRUE(inside.contains(name)) << name;
}

TEST(HostileDestruction, IsLegalInsideEveryHandlerOfEitherPeer) {
  end_inside_every_handler([](Life::Owner& peer) { peer.reset(); });
}

TEST(HostileDestruction, AsIsClosing) {
  end_inside_every_handler([](Life::Owner& peer) { peer->close(); });
}

TEST(HostileDestruction, IsLegalInsideTheErrorHandlers) {
  {
    HostileSession session;
    std::optional<RTCPeerConnection> victim(std::in_place, on_loopback(session.loop));
    ASSERT_TRUE(session.connect());
    // A channel's error: the peer opens what is open.
    Latch gone;
    session.channel->onerror = [&] {
      session.victim.close();
      gone.set();
    };
    session.attack([](RawSctp& sctp) { sctp.message(1, 50, dcep_open(1)); });
    EXPECT_TRUE(gone.wait());
  }
  for (const bool dtls : {true, false}) {
    // DTLS's error: a fingerprint that is not the peer's. A candidate's error: a server that is not there.
    const auto loop = EventLoop::create();
    RTCConfiguration configuration = on_loopback(loop);
    if (!dtls) configuration.iceServers = {{.urls = "stun:127.0.0.1:1"}};
    auto victim = std::make_unique<RTCPeerConnection>(configuration);
    const auto channel = victim->createDataChannel("x");
    Latch gone;
    const auto destroy = [&] {
      victim.reset();
      gone.set();
    };
    if (!dtls) {
      victim->onicecandidateerror = destroy;
      victim->setLocalDescription().get(20s);
      EXPECT_TRUE(gone.wait());
      continue;
    }
    HostilePeer peer({.fingerprint = to_string((*dtls::Certificate::generate())->fingerprint(dtls::Hash::Sha256))});
    peer.answer(*victim).then([&] { victim->sctp()->transport()->onerror = destroy; }).get(20s);
    EXPECT_TRUE(gone.wait());
  }
}

TEST(HostileDestruction, ByAnotherThreadIsLegalAtRandomMoments) {
  std::minstd_rand0 random(20);
  for (int i = 0; i < (kSanitized ? 40 : 100); ++i) {
    const auto moment = static_cast<unsigned>(random() % 60);
    Life life([](const std::string&, const Life::Owner&) {});
    // A number of events, and then a number of instructions.
    while (life.events() < moment && !life.over.is_set()) std::this_thread::yield();
    for (auto spin = random() % 20'000; spin > 0; --spin) (void)life.events();
    life.take(random() % 2 == 0 ? life.a : life.b).reset();
  }
}

}  // namespace
}  // namespace parley
