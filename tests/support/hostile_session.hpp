#pragma once

#include <string>

#include "support/healthy_pair.hpp"
#include "support/hostile_peer.hpp"
#include "support/raw_sctp.hpp"

namespace parley::test {

/// A connection of the public API whose peer is a RawSctp over genuine ICE and DTLS, and a healthy pair on the same
/// loop.
struct HostileSession {
  explicit HostileSession(const RawSctp::Options& options = {}, HostilePeer::Options peer_options = {})
      : sctp(options, [this](ByteView packet) { peer.send_record(packet); }), peer(std::move(peer_options)) {
    peer.on_record([this](ByteView record) { sctp.receive(record); });
  }
  ~HostileSession() {
    victim.close();
    peer.loop().run([this] { ticking = false; });
  }
  HostileSession(const HostileSession&) = delete;
  HostileSession& operator=(const HostileSession&) = delete;

  /// True once SCTP is connected. The victim's first channel is `channel`.
  bool connect() {
    channel = victim.createDataChannel("first");
    peer.answer(victim).get(20s);
    if (!peer.wait([this] { return sctp.connected(); })) return false;
    peer.loop().run([this] { tick(); });
    return healthy.opened();
  }
  /// Runs `attack` on the hostile peer's loop.
  template <class F>
  void attack(F attack) {
    peer.loop().run([&] { attack(sctp); });
  }
  /// All that was sent reliably has arrived.
  bool arrived() {
    return peer.wait([this] { return sctp.outstanding() == 0; }, 60s);
  }
  /// Waits until `condition`, asked on the victim's loop, is true.
  template <class F>
  bool victim_will(F condition, std::chrono::milliseconds limit = 20s) {
    for (const auto end = std::chrono::steady_clock::now() + limit; std::chrono::steady_clock::now() < end;) {
      if (loop->run(condition)) return true;
      loop->delay(1ms).get();
    }
    return loop->run(condition);
  }
  void tick() {
    if (!ticking) return;
    sctp.advance(Clock::now());
    peer.loop().after(20ms, [this] { tick(); });
  }

  std::shared_ptr<EventLoop> loop = EventLoop::create();
  HealthyPair healthy{loop};
  RTCPeerConnection victim{on_loopback(loop)};
  std::shared_ptr<RTCDataChannel> channel;
  bool ticking = true;  // on the peer's loop
  RawSctp sctp;         // likewise
  HostilePeer peer;     // last: its callbacks use the others
};

}  // namespace parley::test
