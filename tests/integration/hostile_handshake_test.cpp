// Peers whose certificate, key or role is not what the session description says.
#include <gtest/gtest.h>

#include "support/hostile_session.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// How a connection to `peer` ends; nothing may be delivered on the way.
struct Attempt {
  explicit Attempt(HostilePeer::Options options) : session({}, std::move(options)) {
    session.victim.onconnectionstatechange = [this] {
      const RTCPeerConnectionState state = session.victim.connectionState();
      if (state == RTCPeerConnectionState::Failed || state == RTCPeerConnectionState::Connected) decided.set();
    };
    session.victim.ondatachannel = [this] { delivered = true; };
    session.channel = session.victim.createDataChannel("x");
    session.channel->onopen = [this] { delivered = true; };
    session.channel->onmessage = [this] { delivered = true; };
    session.peer.on_connected([this] {
      // It is connected as far as it knows, and says what it came to say.
      session.sctp.message(1, 53, Bytes(10));
      session.peer.send_record(Bytes(100, 1));
    });
  }
  void negotiate() {
    session.peer.answer(session.victim)
        .then([this] {
          session.victim.sctp()->transport()->onerror = [this](const RTCErrorEvent& event) {
            error = event.error.errorDetail();
          };
        })
        .get(20s);
  }
  HostileSession session;
  Latch decided;
  std::atomic<bool> delivered = false;
  std::optional<RTCErrorDetailType> error;
};

void expect_failure(Attempt& attempt, RTCErrorDetailType why, std::chrono::milliseconds limit = 20s) {
  attempt.negotiate();
  EXPECT_TRUE(attempt.decided.wait(limit));
  EXPECT_EQ(attempt.session.victim.connectionState(), RTCPeerConnectionState::Failed);
  EXPECT_EQ(attempt.session.loop->run([&] { return attempt.error; }), why);
  EXPECT_NE(attempt.session.channel->readyState(), RTCDataChannelState::Open);
  EXPECT_FALSE(attempt.delivered);
  EXPECT_TRUE(attempt.session.healthy.alive());
}

std::string other_fingerprint() { return to_string((*dtls::Certificate::generate())->fingerprint(dtls::Hash::Sha256)); }

TEST(HostileHandshake, AnotherCertificatesFingerprintFailsTheConnectionInBothRoles) {
  Attempt client({.setup = "active", .fingerprint = other_fingerprint()});
  expect_failure(client, RTCErrorDetailType::FingerprintFailure);
  Attempt server({.setup = "passive", .fingerprint = other_fingerprint(), .role = dtls::Role::Server});
  expect_failure(server, RTCErrorDetailType::FingerprintFailure);
}

TEST(HostileHandshake, AFingerprintOfAnUnknownHashIsRefusedBeforeTheHandshake) {
  Attempt attempt({.fingerprint = "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33"});
  EXPECT_THROW(attempt.negotiate(), OperationError);
  EXPECT_EQ(attempt.session.victim.signalingState(), RTCSignalingState::HaveLocalOffer);
  EXPECT_FALSE(attempt.delivered);
}

TEST(HostileHandshake, AnRsaCertificateIsAccepted) {
  Attempt attempt({.certificate = *dtls::Certificate::generate({.kind = dtls::KeySpec::Kind::Rsa, .rsa_bits = 2048})});
  attempt.negotiate();
  EXPECT_TRUE(attempt.decided.wait());
  EXPECT_EQ(attempt.session.victim.connectionState(), RTCPeerConnectionState::Connected);
}

/// Both wait, or both speak first: nothing answers, and the handshake's own patience ends it.
TEST(HostileHandshake, TheWrongRoleFailsTheConnection) {
  Attempt both_passive({.setup = "active", .role = dtls::Role::Server});
  Attempt both_active({.setup = "passive", .role = dtls::Role::Client});
  both_passive.negotiate();
  both_active.negotiate();
  for (Attempt* attempt : {&both_passive, &both_active}) {
    EXPECT_TRUE(attempt->decided.wait(45s));
    EXPECT_EQ(attempt->session.victim.connectionState(), RTCPeerConnectionState::Failed);
    EXPECT_EQ(attempt->session.loop->run([&] { return attempt->error; }), RTCErrorDetailType::DtlsFailure);
    EXPECT_FALSE(attempt->delivered);
  }
}

}  // namespace
}  // namespace parley
