#include "dtls/self_signed.hpp"

#include <ctime>

#include "base/random.hpp"

namespace parley::dtls {
namespace {

bool set_random_serial(X509* certificate) {
  // RFC 5280 section 4.1.2.2: positive and not zero.
  const std::uint64_t serial = (system_random().u64() >> 1) | 1;
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1;
}

bool set_validity(X509* certificate, const Validity& validity) {
  const auto put = [](ASN1_TIME* field, WallTime time) {
    return ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr;
  };
  return put(X509_getm_notBefore(certificate), validity.from) && put(X509_getm_notAfter(certificate), validity.until);
}

bool set_names(X509* certificate) {
  // Every certificate has the same name, so that it does not tell who made it.
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>("WebRTC"), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

}  // namespace

OwnedKey make_key(const KeySpec& spec) {
  if (spec.kind == KeySpec::Kind::Rsa) return OwnedKey(EVP_RSA_gen(spec.rsa_bits));
  return OwnedKey(EVP_EC_gen("P-256"));
}

OwnedCertificate self_sign(EVP_PKEY* key, const Validity& validity) {
  OwnedCertificate certificate(X509_new());
  X509* const raw = certificate.get();
  const bool ready = raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 && set_random_serial(raw) &&
                     set_validity(raw, validity) && set_names(raw) && X509_set_pubkey(raw, key) == 1 &&
                     X509_sign(raw, key, EVP_sha256()) > 0;
  return ready ? std::move(certificate) : nullptr;
}

WallTime end_of_validity(const X509* certificate) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc) != 1) return WallTime::min();
  const std::chrono::year_month_day day{std::chrono::year(utc.tm_year + 1900),
                                        std::chrono::month(static_cast<unsigned>(utc.tm_mon) + 1),
                                        std::chrono::day(static_cast<unsigned>(utc.tm_mday))};
  return std::chrono::sys_days(day) + std::chrono::hours(utc.tm_hour) + std::chrono::minutes(utc.tm_min) +
         std::chrono::seconds(utc.tm_sec);
}

Bytes to_der(const X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  Bytes der(size > 0 ? static_cast<std::size_t>(size) : 0);
  unsigned char* end = der.data();
  if (!der.empty()) i2d_X509(certificate, &end);
  return der;
}

}  // namespace parley::dtls
