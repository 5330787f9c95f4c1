#include "dtls/fingerprint.hpp"

#include <gtest/gtest.h>

namespace parley::dtls {
namespace {

// "abc", the test vector of FIPS 180-2; a certificate is only bytes here.
const ByteView kAbc = as_bytes("abc");
constexpr std::string_view kSha224 =
    "23:09:7D:22:34:05:D8:22:86:42:A4:77:BD:A2:55:B3:2A:AD:BC:E4:BD:A0:B3:F7:E3:6C:9D:A7";
constexpr std::string_view kSha256 =
    "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";

Fingerprint wrong(Hash hash) { return fingerprint_of(as_bytes("abd"), hash); }

TEST(DtlsFingerprint, IsTheHashInUpperCasePairs) {
  EXPECT_EQ(fingerprint_of(kAbc, Hash::Sha224), (Fingerprint{"sha-224", std::string(kSha224)}));
  EXPECT_EQ(fingerprint_of(kAbc, Hash::Sha256), (Fingerprint{"sha-256", std::string(kSha256)}));
  EXPECT_EQ(fingerprint_of(kAbc, Hash::Sha384).value.size(), 48u * 3 - 1);
  EXPECT_EQ(fingerprint_of(kAbc, Hash::Sha512).value.size(), 64u * 3 - 1);
  EXPECT_EQ(to_string(fingerprint_of(kAbc, Hash::Sha256)), "sha-256 " + std::string(kSha256));
}

TEST(DtlsFingerprint, ParsesEitherCaseIntoOneForm) {
  const auto parsed = parse_fingerprint(
      "SHA-256 ba:78:16:bf:8f:01:cf:ea:41:41:40:de:5d:ae:22:23:b0:03:61:a3:96:17:7a:9c:b4:10:ff:61:f2:00:15:ad");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, fingerprint_of(kAbc, Hash::Sha256));
}

TEST(DtlsFingerprint, KeepsAnUnknownAlgorithm) {
  const auto parsed = parse_fingerprint("sha3-256", "AB:CD");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->algorithm, "sha3-256");
}

TEST(DtlsFingerprint, RefusesWhatIsNotPairsOfDigits) {
  for (const std::string_view value :
       {"", "A", "AB:", ":AB", "AB:C", "AB-CD", "ABCD", "AG", "AB::CD", "AB:CD ", " AB"}) {
    const auto parsed = parse_fingerprint("x", value);
    ASSERT_FALSE(parsed) << value;
    EXPECT_EQ(parsed.error().kind, ErrorKind::SyntaxError);
  }
  EXPECT_TRUE(parse_fingerprint("x", "AB:CD"));
}

TEST(DtlsFingerprint, RefusesAnAlgorithmThatIsNoToken) {
  for (const std::string_view name : {"", "sha 256", "sha:256", "sha\r\n256", "\x80"})
    EXPECT_FALSE(parse_fingerprint(name, "AB:CD")) << name;
  EXPECT_FALSE(parse_fingerprint("sha-256"));
}

TEST(DtlsFingerprint, RefusesAKnownAlgorithmWithTheWrongLength) {
  EXPECT_FALSE(parse_fingerprint("sha-256", kSha224));
  EXPECT_FALSE(parse_fingerprint("sha-224", kSha256));
  EXPECT_TRUE(parse_fingerprint("sha-224", kSha224));
}

TEST(DtlsFingerprint, OneEqualValueOfTheStrongestIsEnough) {
  const std::vector<Fingerprint> list = {wrong(Hash::Sha256), fingerprint_of(kAbc, Hash::Sha256), wrong(Hash::Sha256)};
  EXPECT_TRUE(matches(kAbc, list));
  EXPECT_FALSE(matches(kAbc, std::vector{wrong(Hash::Sha256)}));
}

TEST(DtlsFingerprint, AWeakerValueDoesNotSaveAWrongStrongerOne) {
  EXPECT_FALSE(matches(kAbc, std::vector{fingerprint_of(kAbc, Hash::Sha256), wrong(Hash::Sha512)}));
  EXPECT_FALSE(matches(kAbc, std::vector{wrong(Hash::Sha384), fingerprint_of(kAbc, Hash::Sha256)}));
  EXPECT_TRUE(matches(kAbc, std::vector{wrong(Hash::Sha256), fingerprint_of(kAbc, Hash::Sha512)}));
}

TEST(DtlsFingerprint, NothingMatchesAListWithoutAKnownAlgorithm) {
  EXPECT_FALSE(matches(kAbc, {}));
  EXPECT_FALSE(verifiable({}));
  // SHA-1 and MD5 of "abc".
  const std::vector<Fingerprint> old = {{"sha-1", "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D"},
                                        {"md5", "90:01:50:98:3C:D2:4F:B0:D6:96:3F:7D:28:E1:7F:72"}};
  EXPECT_FALSE(matches(kAbc, old));
  EXPECT_FALSE(verifiable(old));
}

TEST(DtlsFingerprint, UnknownAlgorithmsBesideAKnownOneAreIgnored) {
  EXPECT_TRUE(matches(kAbc, std::vector{Fingerprint{"sha3-512", "AB:CD"}, fingerprint_of(kAbc, Hash::Sha256)}));
}

TEST(DtlsFingerprint, EveryHashFindsItsCertificateWhateverTheCase) {
  for (const Hash hash : {Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512}) {
    Fingerprint one = fingerprint_of(kAbc, hash);
    EXPECT_TRUE(matches(kAbc, std::vector{one})) << one.algorithm;
    for (char& c : one.value) c = static_cast<char>(std::tolower(c));
    one.algorithm[0] = 'S';
    EXPECT_TRUE(matches(kAbc, std::vector{one})) << one.algorithm;
    one.value.pop_back();
    EXPECT_FALSE(matches(kAbc, std::vector{one})) << one.algorithm;
  }
}

}  // namespace
}  // namespace parley::dtls
