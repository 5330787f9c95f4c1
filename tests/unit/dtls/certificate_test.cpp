#include "dtls/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "dtls/self_signed.hpp"
#include "peer.hpp"

namespace parley::dtls {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

/// The whole second that a certificate can hold.
WallTime floor_to_second(WallTime time) { return std::chrono::floor<std::chrono::seconds>(time); }

std::string key_pem(EVP_PKEY* key, const EVP_CIPHER* cipher = nullptr) {
  const OwnedBio out(BIO_new(BIO_s_mem()));
  char password[] = "secret";
  PEM_write_bio_PKCS8PrivateKey(out.get(), key, cipher, cipher ? password : nullptr, cipher ? 6 : 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string certificate_pem(X509* certificate) {
  const OwnedBio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

OwnedCertificate parse(const Bytes& der) {
  const unsigned char* data = der.data();
  return OwnedCertificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
}

TEST(DtlsCertificate, IsSelfSignedEcdsaP256WithSha256ByDefault) {
  const auto certificate = parse(test::ecdsa_certificate()->der());
  ASSERT_TRUE(certificate);
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  EXPECT_EQ(X509_verify(certificate.get(), key), 1);
  char group[32] = "";
  EVP_PKEY_get_group_name(key, group, sizeof group, nullptr);
  EXPECT_STREQ(group, "prime256v1");
  EXPECT_EQ(X509_get_signature_nid(certificate.get()), NID_ecdsa_with_SHA256);
  EXPECT_EQ(X509_get_version(certificate.get()), X509_VERSION_3);
}

TEST(DtlsCertificate, IsRsaOfTheAskedLength) {
  const auto certificate = parse(test::rsa_certificate()->der());
  ASSERT_TRUE(certificate);
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  EXPECT_EQ(X509_verify(certificate.get(), key), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(key), 2048);
  EXPECT_EQ(X509_get_signature_nid(certificate.get()), NID_sha256WithRSAEncryption);
}

TEST(DtlsCertificate, RefusesRsaLengthsOutsideTheRange) {
  for (const unsigned bits : {0u, 1024u, 2047u, 8193u}) {
    const auto made = Certificate::generate({.kind = KeySpec::Kind::Rsa, .rsa_bits = bits});
    ASSERT_FALSE(made) << bits;
    EXPECT_EQ(made.error().kind, ErrorKind::NotSupportedError);
  }
}

TEST(DtlsCertificate, LivesThirtyDaysUnlessTold) {
  const WallTime before = system_clock::now();
  const auto certificate = Certificate::generate().value();
  EXPECT_GE(certificate->expires(), floor_to_second(before + hours(24 * 30)));
  EXPECT_LE(certificate->expires(), system_clock::now() + hours(24 * 30));
  EXPECT_FALSE(certificate->expired(before));
}

TEST(DtlsCertificate, ExpiresWhenToldAndAtMostAfterAYear) {
  const WallTime now = system_clock::now();
  EXPECT_EQ(Certificate::generate({}, now + hours(5)).value()->expires(), floor_to_second(now + hours(5)));
  const auto longest = Certificate::generate({}, now + hours(24 * 4000)).value();
  EXPECT_GE(longest->expires(), floor_to_second(now + hours(24 * 365)));
  EXPECT_LE(longest->expires(), system_clock::now() + hours(24 * 365));
}

TEST(DtlsCertificate, MayBeExpiredFromTheStart) {
  const WallTime now = system_clock::now();
  const auto certificate = Certificate::generate({}, now - hours(100)).value();
  EXPECT_EQ(certificate->expires(), floor_to_second(now - hours(100)));
  EXPECT_TRUE(certificate->expired(now));
  EXPECT_FALSE(certificate->expired(now - hours(101)));
  EXPECT_TRUE(certificate->expired(certificate->expires()));
  for (const WallTime extreme : {WallTime::min(), WallTime::max()}) EXPECT_TRUE(Certificate::generate({}, extreme));
}

TEST(DtlsCertificate, SurvivesPem) {
  for (const auto& original : {test::ecdsa_certificate(), test::rsa_certificate()}) {
    const auto copy = Certificate::from_pem(original->to_pem());
    ASSERT_TRUE(copy) << copy.error().message;
    EXPECT_TRUE(**copy == *original);
    EXPECT_EQ((*copy)->expires(), original->expires());
    EXPECT_EQ((*copy)->fingerprint(), original->fingerprint());
    EXPECT_EQ((*copy)->to_pem(), original->to_pem());
  }
}

TEST(DtlsCertificate, IsReadWithTheKeyInFront) {
  const std::string pem = test::ecdsa_certificate()->to_pem();
  const std::size_t key = pem.find("-----BEGIN PRIVATE");
  ASSERT_NE(key, std::string::npos);
  EXPECT_TRUE(Certificate::from_pem(pem.substr(key) + pem.substr(0, key)));
}

TEST(DtlsCertificate, EqualsOnlyItself) {
  EXPECT_TRUE(*test::ecdsa_certificate() == *test::ecdsa_certificate());
  EXPECT_FALSE(*test::ecdsa_certificate() == *test::other_ecdsa_certificate());
  EXPECT_NE(test::ecdsa_certificate()->fingerprint(), test::other_ecdsa_certificate()->fingerprint());
}

TEST(DtlsCertificate, FromPemRefusesHalvesAndGarbage) {
  const std::string pem = test::ecdsa_certificate()->to_pem();
  const std::size_t key = pem.find("-----BEGIN PRIVATE");
  for (const std::string& text : {std::string(), std::string("garbage"), pem.substr(0, key), pem.substr(key)}) {
    const auto read = Certificate::from_pem(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::SyntaxError);
  }
}

TEST(DtlsCertificate, FromPemRefusesTheKeyOfAnother) {
  const std::string pem = test::ecdsa_certificate()->to_pem(), other = test::other_ecdsa_certificate()->to_pem();
  const auto read = Certificate::from_pem(pem.substr(0, pem.find("-----BEGIN PRIVATE")) +
                                          other.substr(other.find("-----BEGIN PRIVATE")));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::InvalidAccessError);
}

TEST(DtlsCertificate, FromPemRefusesAnEncryptedKeyWithoutAskingForItsPassword) {
  const OwnedKey key = make_key({});
  const WallTime now = system_clock::now();
  const auto certificate = self_sign(key.get(), {now, now + hours(1)});
  const std::string first = certificate_pem(certificate.get());
  EXPECT_FALSE(Certificate::from_pem(first + key_pem(key.get(), EVP_aes_128_cbc())));
  EXPECT_TRUE(Certificate::from_pem(first + key_pem(key.get())));
}

TEST(DtlsCertificate, FromPemRefusesAWeakKey) {
  const OwnedKey key(EVP_RSA_gen(1024));
  const WallTime now = system_clock::now();
  const auto certificate = self_sign(key.get(), {now, now + hours(1)});
  const auto read = Certificate::from_pem(certificate_pem(certificate.get()) + key_pem(key.get()));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::NotSupportedError);
}

}  // namespace
}  // namespace parley::dtls
