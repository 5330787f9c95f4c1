#include <gtest/gtest.h>

#include "peer.hpp"

namespace parley::dtls::test {
namespace {

TEST(DtlsHandshake, ConnectsAndCarriesDataBothWays) {
  Pair pair;
  EXPECT_EQ(pair.client.transport->state(), State::New);
  EXPECT_EQ(pair.client.transport->role(), std::nullopt);
  ASSERT_TRUE(pair.connect());
  EXPECT_TRUE(send(pair.client, "from the client"));
  EXPECT_TRUE(send(pair.server, "from the server"));
  pair.wire.run_for(1s);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"from the client"});
  EXPECT_EQ(pair.client.received, std::vector<std::string>{"from the server"});
  EXPECT_EQ(pair.client.story, "connected data ");
  EXPECT_EQ(pair.server.story, "connected data ");
}

TEST(DtlsHandshake, TakesTwoRoundTripsAndNoTimer) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.wire.elapsed(), 4 * Wire::kDelay);
}

TEST(DtlsHandshake, TellsWhatWasNegotiated) {
  Pair pair;
  pair.start();
  EXPECT_EQ(pair.client.transport->version(), 0);
  EXPECT_EQ(pair.client.transport->cipher(), "");
  EXPECT_TRUE(pair.client.transport->remote_certificates().empty());
  ASSERT_TRUE(pair.wire.run_until([&] { return pair.both_connected(); }));
  for (Peer* peer : {&pair.client, &pair.server}) {
    EXPECT_EQ(peer->transport->version(), 0xFEFD);
    EXPECT_EQ(peer->transport->cipher(), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  }
  EXPECT_EQ(pair.client.transport->role(), Role::Client);
  EXPECT_EQ(pair.server.transport->role(), Role::Server);
  EXPECT_EQ(pair.client.transport->remote_certificates(), std::vector<Bytes>{pair.server.certificate->der()});
  EXPECT_EQ(pair.server.transport->remote_certificates(), std::vector<Bytes>{pair.client.certificate->der()});
}

TEST(DtlsHandshake, WorksForEveryMixOfKeys) {
  for (const auto& client : {ecdsa_certificate(), rsa_certificate()})
    for (const auto& server : {other_ecdsa_certificate(), rsa_certificate()}) {
      Pair pair({}, client, server);
      ASSERT_TRUE(pair.connect());
      const bool rsa = server == rsa_certificate();
      EXPECT_EQ(pair.client.transport->cipher(),
                rsa ? "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    }
}

TEST(DtlsHandshake, TwoTransportsOfOneCertificateConnect) {
  Pair pair({}, ecdsa_certificate(), ecdsa_certificate());
  EXPECT_TRUE(pair.connect());
}

TEST(DtlsHandshake, FingerprintsOfEveryHashAreGoodEnough) {
  for (const Hash hash : {Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512}) {
    Pair pair;
    pair.server.transport->start(Role::Server, {pair.client.certificate->fingerprint(hash)}, pair.wire.now());
    pair.client.transport->start(Role::Client, {pair.server.certificate->fingerprint(hash)}, pair.wire.now());
    EXPECT_TRUE(pair.wire.run_until([&] { return pair.both_connected(); })) << to_string(hash);
  }
}

TEST(DtlsHandshake, NoDatagramIsLargerThanTheMtu) {
  for (const std::size_t mtu : {300u, 576u, 1200u}) {
    Pair pair({}, rsa_certificate(), rsa_certificate(), {.mtu = mtu});
    ASSERT_TRUE(pair.connect()) << mtu;
    EXPECT_LE(pair.wire.largest(), mtu);
    EXPECT_GT(pair.wire.largest(), mtu / 2);
  }
}

TEST(DtlsHandshake, PacketsFromBeforeStartAreNotLost) {
  Pair pair;
  pair.client.transport->start(Role::Client, {pair.server.certificate->fingerprint()}, pair.wire.now());
  pair.wire.run_for(50ms);  // within the first timeout: the one ClientHello has to do
  ASSERT_EQ(pair.server.story, "");
  ASSERT_TRUE(pair.server.sent.empty());
  pair.server.transport->start(Role::Server, {pair.client.certificate->fingerprint()}, pair.wire.now());
  EXPECT_FALSE(pair.server.sent.empty());
  EXPECT_TRUE(pair.wire.run_until([&] { return pair.both_connected(); }));
}

TEST(DtlsHandshake, AFloodBeforeStartIsBoundedAndHarmless) {
  Pair pair;
  pair.client.transport->start(Role::Client, {pair.server.certificate->fingerprint()}, pair.wire.now());
  pair.wire.run_for(50ms);
  const Bytes junk(1000, 22);
  for (int i = 0; i < 1000; ++i) pair.server.transport->receive(junk, pair.wire.now());
  pair.server.transport->start(Role::Server, {pair.client.certificate->fingerprint()}, pair.wire.now());
  EXPECT_TRUE(pair.wire.run_until([&] { return pair.both_connected(); }));
}

TEST(DtlsHandshake, AClientForgetsWhatCameBeforeItsStart) {
  Pair pair;
  Peer stranger(rsa_certificate());
  stranger.output = [&](ByteView datagram) { pair.client.transport->receive(datagram, pair.wire.now()); };
  stranger.transport->start(Role::Client, {pair.client.certificate->fingerprint()}, pair.wire.now());
  EXPECT_TRUE(pair.connect());
}

TEST(DtlsHandshake, ASecondStartIsIgnored) {
  Pair pair;
  pair.start();
  pair.client.transport->start(Role::Server, {}, pair.wire.now());
  EXPECT_EQ(pair.client.transport->role(), Role::Client);
  EXPECT_TRUE(pair.wire.run_until([&] { return pair.both_connected(); }));
}

TEST(DtlsHandshake, SendsNothingBeforeItIsConnected) {
  Pair pair;
  EXPECT_FALSE(send(pair.client, "early"));
  pair.start();
  EXPECT_FALSE(send(pair.client, "early"));
  EXPECT_FALSE(send(pair.server, "early"));
}

struct Keys {
  SrtpProfile profile;
  std::size_t length;  // both keys and both salts
};

TEST(DtlsHandshake, ExportsTheSameKeysAtBothEndsForEveryProfile) {
  for (const Keys& keys : {Keys{SrtpProfile::AeadAes128Gcm, 56}, Keys{SrtpProfile::AeadAes256Gcm, 88},
                           Keys{SrtpProfile::Aes128CmSha1_80, 60}, Keys{SrtpProfile::Aes128CmSha1_32, 60}}) {
    Pair pair({}, ecdsa_certificate(), other_ecdsa_certificate(), {.srtp_profiles = {keys.profile}});
    ASSERT_TRUE(pair.connect());
    EXPECT_EQ(pair.client.transport->srtp_profile(), keys.profile);
    EXPECT_EQ(pair.server.transport->srtp_profile(), keys.profile);
    const auto client = pair.client.transport->export_keying_material("EXTRACTOR-dtls_srtp", keys.length);
    const auto server = pair.server.transport->export_keying_material("EXTRACTOR-dtls_srtp", keys.length);
    ASSERT_TRUE(client && server);
    EXPECT_EQ(client->size(), keys.length);
    EXPECT_EQ(*client, *server);
    EXPECT_NE(*client, pair.client.transport->export_keying_material("EXTRACTOR-other", keys.length).value());
  }
}

TEST(DtlsHandshake, TheServersPreferenceDecidesTheProfile) {
  Peer client(ecdsa_certificate(), {.srtp_profiles = {SrtpProfile::Aes128CmSha1_80, SrtpProfile::AeadAes128Gcm}});
  Peer server(other_ecdsa_certificate(), {.srtp_profiles = {SrtpProfile::AeadAes128Gcm, SrtpProfile::Aes128CmSha1_80}});
  Wire wire(client, server);
  server.transport->start(Role::Server, {client.certificate->fingerprint()}, wire.now());
  client.transport->start(Role::Client, {server.certificate->fingerprint()}, wire.now());
  ASSERT_TRUE(wire.run_until([&] { return client.is_connected() && server.is_connected(); }));
  EXPECT_EQ(client.transport->srtp_profile(), SrtpProfile::AeadAes128Gcm);
}

TEST(DtlsHandshake, ConnectsWithoutProfilesInCommon) {
  Peer client(ecdsa_certificate(), {.srtp_profiles = {SrtpProfile::AeadAes128Gcm}});
  Peer server(other_ecdsa_certificate());
  Wire wire(client, server);
  server.transport->start(Role::Server, {client.certificate->fingerprint()}, wire.now());
  client.transport->start(Role::Client, {server.certificate->fingerprint()}, wire.now());
  ASSERT_TRUE(wire.run_until([&] { return client.is_connected() && server.is_connected(); }));
  EXPECT_EQ(client.transport->srtp_profile(), std::nullopt);
  EXPECT_EQ(server.transport->srtp_profile(), std::nullopt);
}

TEST(DtlsHandshake, ExportsNothingUnlessConnected) {
  Pair pair;
  const auto early = pair.client.transport->export_keying_material("EXTRACTOR-dtls_srtp", 56);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::InvalidStateError);
}

}  // namespace
}  // namespace parley::dtls::test
