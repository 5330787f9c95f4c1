#include <gtest/gtest.h>

#include "peer.hpp"
#include "raw_peer.hpp"

namespace parley::dtls::test {
namespace {

constexpr unsigned kHandshakeFailure = 40, kBadCertificate = 42, kProtocolVersion = 70;

Role other(RawPeer::Side side) { return side == RawPeer::Side::Client ? Role::Server : Role::Client; }

/// A transport against a raw peer whose fingerprint it knows.
struct Refusal {
  explicit Refusal(RawPeer::Setup setup) : role(other(setup.side)), raw(std::move(setup)), wire(raw, ours) {
    ours.transport->start(role, {fingerprint_of(raw.certificate(), Hash::Sha256)}, wire.now());
    raw.start();
    wire.run_for(10s);
  }
  Role role;
  RawPeer raw;
  Peer ours;
  Wire wire;
};

void expect_refused(const Refusal& test, unsigned alert) {
  EXPECT_EQ(test.ours.story, "failed ");
  ASSERT_TRUE(test.ours.failure && test.ours.failure->detail);
  EXPECT_EQ(test.ours.failure->kind, ErrorKind::RTCError);
  EXPECT_EQ(test.ours.failure->detail->errorDetail, RTCErrorDetailType::DtlsFailure);
  EXPECT_EQ(test.ours.failure->detail->sentAlert, alert) << test.ours.failure->message;
  EXPECT_FALSE(test.raw.connected());
}

TEST(DtlsRefusal, TheRawPeerIsGoodEnoughWithoutChanges) {
  for (const auto side : {RawPeer::Side::Client, RawPeer::Side::Server}) {
    const Refusal none({.side = side});
    EXPECT_EQ(none.ours.story, "connected ");
    EXPECT_TRUE(none.raw.connected());
  }
}

TEST(DtlsRefusal, AnythingOlderThanDtls12) {
  const auto only_dtls_1_0 = [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, DTLS1_VERSION); };
  const Refusal client({.side = RawPeer::Side::Client, .change = only_dtls_1_0});
  expect_refused(client, kProtocolVersion);
  // The server finds none of its old ciphers in our ClientHello, and is the one that says so.
  const Refusal server({.side = RawPeer::Side::Server, .change = only_dtls_1_0});
  EXPECT_EQ(server.ours.story, "failed ");
  EXPECT_EQ(server.ours.failure->detail->receivedAlert, kHandshakeFailure);
}

TEST(DtlsRefusal, AClientWithoutACertificate) {
  const Refusal anonymous({.side = RawPeer::Side::Client, .shows_certificate = false});
  expect_refused(anonymous, kHandshakeFailure);
}

TEST(DtlsRefusal, AServerWithoutACertificate) {
  const Refusal anonymous({.side = RawPeer::Side::Server,
                           .change = [](SSL_CTX* context) { SSL_CTX_set_cipher_list(context, "aNULL:@SECLEVEL=0"); },
                           .shows_certificate = false});
  EXPECT_EQ(anonymous.ours.story, "failed ");
  EXPECT_EQ(anonymous.ours.failure->detail->receivedAlert, kHandshakeFailure);
}

TEST(DtlsRefusal, ARsaKeyOf1024Bits) {
  for (const auto side : {RawPeer::Side::Client, RawPeer::Side::Server}) {
    const Refusal weak({.side = side, .key = OwnedKey(EVP_RSA_gen(1024))});
    expect_refused(weak, kBadCertificate);
    EXPECT_NE(weak.ours.failure->message.find("weak"), std::string::npos) << weak.ours.failure->message;
  }
}

TEST(DtlsRefusal, CiphersWithoutAuthenticatedEncryptionOrForwardSecrecy) {
  for (const char* ciphers :
       {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"}) {
    const Refusal bad({.side = RawPeer::Side::Client,
                       .change = [=](SSL_CTX* context) { SSL_CTX_set_cipher_list(context, ciphers); }});
    expect_refused(bad, kHandshakeFailure);
  }
}

TEST(DtlsRefusal, AcceptsEveryOneOfOurCiphersAlone) {
  for (const char* cipher :
       {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES256-GCM-SHA384"})
    for (const auto side : {RawPeer::Side::Client, RawPeer::Side::Server}) {
      const Refusal none({.side = side, .change = [=](SSL_CTX* context) { SSL_CTX_set_cipher_list(context, cipher); }});
      EXPECT_EQ(none.ours.story, "connected ") << cipher;
    }
}

TEST(DtlsRefusal, AcceptsEveryOneOfOurGroupsAlone) {
  for (const char* group : {"X25519", "P-256", "P-384"}) {
    const std::string groups = std::string(group) + ":P-256";  // of which P-256 is for the certificate
    const Refusal none({.side = RawPeer::Side::Server,
                        .change = [&](SSL_CTX* context) { SSL_CTX_set1_groups_list(context, groups.c_str()); }});
    EXPECT_EQ(none.ours.story, "connected ") << group;
  }
}

/// Both ends of a handshake in which one end was told a wrong fingerprint.
void expect_mismatch(Pair& pair, Peer& deceived, Peer& stranger) {
  for (Peer* peer : {&pair.client, &pair.server}) peer->on_connected = [peer] { send(*peer, "not for strangers"); };
  ASSERT_TRUE(pair.wire.run_until([&] { return deceived.failure && stranger.failure; }, 5s));
  EXPECT_EQ(deceived.failure_type(), RTCErrorDetailType::FingerprintFailure);
  EXPECT_EQ(deceived.failure->kind, ErrorKind::RTCError);
  EXPECT_EQ(stranger.failure_type(), RTCErrorDetailType::DtlsFailure);
  EXPECT_EQ(stranger.failure->detail->receivedAlert, kBadCertificate);
  EXPECT_EQ(deceived.story, "failed ");
  EXPECT_EQ(stranger.story, "failed ");
  EXPECT_EQ(deceived.transport->state(), State::Failed);
  EXPECT_TRUE(deceived.transport->remote_certificates().empty());
  EXPECT_TRUE(pair.client.received.empty() && pair.server.received.empty());
  EXPECT_FALSE(send(deceived, "more"));
}

TEST(DtlsRefusal, AServerWithAnotherFingerprint) {
  Pair pair;
  pair.server.transport->start(Role::Server, {pair.client.certificate->fingerprint()}, pair.wire.now());
  pair.client.transport->start(Role::Client, {rsa_certificate()->fingerprint()}, pair.wire.now());
  expect_mismatch(pair, pair.client, pair.server);
}

TEST(DtlsRefusal, AClientWithAnotherFingerprint) {
  Pair pair;
  pair.server.transport->start(Role::Server, {rsa_certificate()->fingerprint()}, pair.wire.now());
  pair.client.transport->start(Role::Client, {pair.server.certificate->fingerprint()}, pair.wire.now());
  expect_mismatch(pair, pair.server, pair.client);
}

TEST(DtlsRefusal, AServerWithAnotherStrongerFingerprint) {
  Pair pair;
  pair.server.transport->start(Role::Server, {pair.client.certificate->fingerprint()}, pair.wire.now());
  pair.client.transport->start(
      Role::Client, {pair.server.certificate->fingerprint(Hash::Sha256), rsa_certificate()->fingerprint(Hash::Sha512)},
      pair.wire.now());
  expect_mismatch(pair, pair.client, pair.server);
}

TEST(DtlsRefusal, FailsAtOnceWithoutAKnownFingerprint) {
  for (const Role role : {Role::Client, Role::Server})
    for (const auto& list : {std::vector<Fingerprint>{}, {{"sha-1", "AB:CD"}}, {{"sha3-256", "AB:CD"}}}) {
      Peer peer;
      peer.transport->start(role, list, TimePoint{});
      EXPECT_EQ(peer.story, "failed ");
      EXPECT_EQ(peer.failure_type(), RTCErrorDetailType::FingerprintFailure);
      EXPECT_TRUE(peer.sent.empty());
      EXPECT_EQ(peer.transport->next_deadline(), std::nullopt);
    }
}

TEST(DtlsRefusal, RenegotiationAndThePeersFatalAlertIsAFailure) {
  Refusal test({.side = RawPeer::Side::Client});
  ASSERT_TRUE(test.raw.connected());
  SSL_renegotiate(test.raw.ssl());
  test.raw.proceed();  // a ClientHello; the answer is a warning, upon which OpenSSL gives up with a fatal alert
  test.wire.run_for(10s);
  EXPECT_EQ(test.ours.story, "connected failed ");
  EXPECT_EQ(test.ours.failure_type(), RTCErrorDetailType::DtlsFailure);
  EXPECT_EQ(test.ours.failure->detail->receivedAlert, kHandshakeFailure);
  EXPECT_EQ(test.ours.transport->state(), State::Failed);
}

TEST(DtlsRefusal, RenegotiationAskedForByTheServer) {
  Refusal test({.side = RawPeer::Side::Server});
  ASSERT_TRUE(test.raw.connected());
  const std::size_t before = test.ours.sent.size();
  SSL_renegotiate(test.raw.ssl());
  SSL_do_handshake(test.raw.ssl());
  test.wire.run_for(10s);
  ASSERT_GT(test.ours.sent.size(), before);
  EXPECT_EQ(test.ours.sent[before][0], 21);  // an alert, not a ClientHello
}

}  // namespace
}  // namespace parley::dtls::test
