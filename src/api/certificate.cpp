#include "parley/certificate.hpp"

#include <algorithm>
#include <cctype>

#include "dtls/certificate.hpp"

namespace parley {

RTCCertificate RTCCertificate::from_pem(const std::string& certificate_and_key) {
  auto certificate = dtls::Certificate::from_pem(certificate_and_key);
  if (!certificate) throw_exception(certificate.error());
  return RTCCertificate(*std::move(certificate));
}

std::string RTCCertificate::to_pem() const { return inner_->to_pem(); }

std::chrono::system_clock::time_point RTCCertificate::expires() const { return inner_->expires(); }

std::vector<RTCDtlsFingerprint> RTCCertificate::getFingerprints() const {
  std::vector<RTCDtlsFingerprint> fingerprints;
  for (const dtls::Hash hash : {dtls::Hash::Sha256, dtls::Hash::Sha384, dtls::Hash::Sha512}) {
    dtls::Fingerprint fingerprint = inner_->fingerprint(hash);
    // webrtc-pc section 5.5.2 asks for lower case here; the session description has upper case.
    std::transform(fingerprint.value.begin(), fingerprint.value.end(), fingerprint.value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    fingerprints.push_back({std::move(fingerprint.algorithm), std::move(fingerprint.value)});
  }
  return fingerprints;
}

bool RTCCertificate::operator==(const RTCCertificate& other) const {
  return inner_ == other.inner_ || *inner_ == *other.inner_;
}

}  // namespace parley
