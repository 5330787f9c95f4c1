#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "dtls/association.hpp"
#include "dtls/self_signed.hpp"

namespace parley::dtls {
namespace {

constexpr int kLeastSecurityBits = 112;
/// OpenSSL 3.0 fills a datagram to its MTU without counting what an AEAD cipher adds (AES-GCM: nonce 8, tag 16).
constexpr std::size_t kSealing = 24;

struct ProfileRow {
  SrtpProfile profile;
  std::string_view openssl_name;
};
constexpr ProfileRow kProfiles[] = {
    {SrtpProfile::Aes128CmSha1_80, "SRTP_AES128_CM_SHA1_80"},
    {SrtpProfile::Aes128CmSha1_32, "SRTP_AES128_CM_SHA1_32"},
    {SrtpProfile::AeadAes128Gcm, "SRTP_AEAD_AES_128_GCM"},
    {SrtpProfile::AeadAes256Gcm, "SRTP_AEAD_AES_256_GCM"},
};

std::string openssl_names(const std::vector<SrtpProfile>& profiles) {
  std::string names;
  for (const SrtpProfile profile : profiles)
    for (const ProfileRow& row : kProfiles)
      if (row.profile == profile) names.append(names.empty() ? "" : ":").append(row.openssl_name);
  return names;
}

std::optional<SrtpProfile> negotiated_profile(SSL* ssl) {
  const SRTP_PROTECTION_PROFILE* const chosen = SSL_get_selected_srtp_profile(ssl);
  if (chosen == nullptr) return std::nullopt;
  return static_cast<SrtpProfile>(chosen->id);
}

bool strong_enough(const X509* certificate) {
  const EVP_PKEY* const key = X509_get0_pubkey(certificate);
  return key != nullptr && EVP_PKEY_get_security_bits(key) >= kLeastSecurityBits;
}

}  // namespace

Transport::Association::Association(std::shared_ptr<const Certificate> certificate, Handler& handler,
                                    const Config& config)
    : DatagramPort(std::clamp<std::size_t>(config.mtu, 256, 4096)),
      certificate_(std::move(certificate)),
      config_(config),
      handler_(&handler),
      retransmission_(config.first_timeout, config.longest_timeout) {}

void Transport::Association::keep_early(ByteView datagram) {
  std::size_t bytes = datagram.size();
  for (const Bytes& kept : early_) bytes += kept.size();
  if (early_.size() < kMaxEarlyPackets && bytes <= kMaxEarlyBytes)
    early_.emplace_back(datagram.begin(), datagram.end());
}

void Transport::Association::start(Role role, std::vector<Fingerprint> remote, TimePoint now) {
  if (state_ != State::New || in_openssl_) return;
  const Running running(*this);
  state_ = State::Connecting;
  role_ = role;
  remote_fingerprints_ = std::move(remote);
  now_ = now;
  if (!verifiable(remote_fingerprints_))
    return fail({RTCErrorDetailType::FingerprintFailure}, "no fingerprint with a known hash function");
  if (!make_ssl()) return fail(alerts_, "DTLS: " + last_openssl_error());
  give_up_at_ = now + config_.give_up;
  const std::vector<Bytes> early = std::exchange(early_, {});
  if (role == Role::Client) return handshake();  // a server does not speak first: what came early was not for us
  for (const Bytes& datagram : early) receive(datagram, now);
}

bool Transport::Association::make_ssl() {
  ERR_clear_error();
  ssl_.reset(SSL_new(shared_context()));
  OwnedBio bio = make_datagram_bio(*this);
  if (!ssl_ || !bio || !use_certificate(ssl_.get(), certificate_->x509(), certificate_->key())) return false;
  SSL* const ssl = ssl_.get();
  SSL_set0_rbio(ssl, bio.get());
  BIO_up_ref(bio.get());
  SSL_set0_wbio(ssl, bio.release());
  SSL_set_app_data(ssl, static_cast<HandshakeObserver*>(this));
  SSL_set_mtu(ssl, static_cast<long>(mtu - kSealing));
  DTLS_set_timer_cb(ssl, timer_duration);
  const std::string profiles = openssl_names(config_.srtp_profiles);
  if (!profiles.empty() && SSL_set_tlsext_use_srtp(ssl, profiles.c_str()) != 0) return false;  // 0 is success here
  if (*role_ == Role::Client) {
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
  return true;
}

unsigned Transport::Association::timer_duration(SSL* ssl, unsigned previous) noexcept {
  auto* const observer = static_cast<HandshakeObserver*>(SSL_get_app_data(ssl));
  return static_cast<Association*>(observer)->retransmission_.next_duration(previous);
}

void Transport::Association::handshake() {
  const int result = run(SSL_do_handshake);
  if (state_ != State::Connecting) return;
  if (result <= 0) return settle(result);
  connected();
}

bool Transport::Association::verify(const STACK_OF(X509) * chain) noexcept {
  for (int i = 0; i < sk_X509_num(chain); ++i) presented_.push_back(to_der(sk_X509_value(chain, i)));
  rejection_ = Rejection::WeakKey;
  if (presented_.empty() || !strong_enough(sk_X509_value(chain, 0))) return false;
  rejection_ = Rejection::Fingerprint;
  if (!matches(presented_.front(), remote_fingerprints_)) return false;
  rejection_ = Rejection::None;
  return true;
}

void Transport::Association::connected() {
  // OpenSSL has asked verify() on every way to this place. Nothing else stands between the peer and our data, so look
  // again.
  if (rejection_ != Rejection::None) return fail_with_openssl();
  SSL* const ssl = ssl_.get();
  facts_.remote_certificates = std::move(presented_);
  facts_.version = static_cast<std::uint16_t>(SSL_version(ssl));
  facts_.cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
  facts_.srtp = negotiated_profile(ssl);
  state_ = State::Connected;
  retransmission_.stop();
  give_up_at_.reset();
  idle_at_ = now_ + kIdle;
  log(LogLevel::Debug, "dtls", "connected: ", facts_.cipher);
  if (handler_ != nullptr) handler_->on_dtls_connected();
  if (handler_ != nullptr) read_records();  // records that overtook the last flight
}

void Transport::Association::fail_with_openssl() {
  const std::string reason = last_openssl_error();
  if (rejection_ == Rejection::Fingerprint)
    return fail({RTCErrorDetailType::FingerprintFailure},
                "the peer's certificate has none of the announced fingerprints");
  if (rejection_ == Rejection::WeakKey) return fail(alerts_, "the key of the peer's certificate is too weak");
  if (alerts_.receivedAlert)
    return fail(alerts_, std::string("the peer sent the DTLS alert ") +
                             SSL_alert_desc_string_long(static_cast<int>(*alerts_.receivedAlert)));
  fail(alerts_, "DTLS: " + reason);
}

void Transport::Association::fail(RTCErrorInit detail, std::string message) {
  if (state_ == State::Closed || state_ == State::Failed) return;
  become(State::Failed);
  log(LogLevel::Info, "dtls", "failed: ", message);
  if (handler_ != nullptr)
    handler_->on_dtls_failed({.kind = ErrorKind::RTCError, .message = std::move(message), .detail = detail});
}

}  // namespace parley::dtls
