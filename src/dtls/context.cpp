#include "dtls/context.hpp"

namespace parley::dtls {
namespace {

constexpr int kSecurityLevel = 2;  // 112 bits: RSA-2048, SHA-224, P-224 and up
// RFC 8827 section 6.5 obliges to the first. AES-128 before AES-256: 112 bits are the level of the rest of the
// handshake.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr std::uint64_t kOptions = SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE;

HandshakeObserver& observer(const SSL* ssl) { return *static_cast<HandshakeObserver*>(SSL_get_app_data(ssl)); }

/// In place of chain building: certificates are self-signed and count by their fingerprint alone (RFC 8122
/// section 6.2).
int verify_chain(X509_STORE_CTX* store, void*) noexcept {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const bool accepted = observer(ssl).verify(X509_STORE_CTX_get0_untrusted(store));
  // Rejected is the error that becomes the bad_certificate alert, which RFC 8122 section 6.2 asks for.
  X509_STORE_CTX_set_error(store, accepted ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return accepted ? 1 : 0;
}

void watch_alerts(const SSL* ssl, int where, int value) noexcept {
  if ((where & SSL_CB_ALERT) == 0 || value >> 8 != SSL3_AL_FATAL) return;
  const auto code = static_cast<unsigned>(value) & 0xff;
  if ((where & SSL_CB_READ) != 0) {
    observer(ssl).alert_received(code);
  } else {
    observer(ssl).alert_sent(code);
  }
}

SSL_CTX* make_context() {
  Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(DTLS_method()));
  SSL_CTX* const raw = context.get();
  if (raw == nullptr) return nullptr;
  SSL_CTX_set_security_level(raw, kSecurityLevel);
  SSL_CTX_set_options(raw, kOptions);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(raw, 1);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(raw, verify_chain, nullptr);
  SSL_CTX_set_info_callback(raw, watch_alerts);
  const bool ready = SSL_CTX_set_min_proto_version(raw, DTLS1_2_VERSION) == 1 &&
                     SSL_CTX_set_cipher_list(raw, kCiphers) == 1 && SSL_CTX_set1_groups_list(raw, kGroups) == 1;
  return ready ? context.release() : nullptr;
}

}  // namespace

SSL_CTX* shared_context() {
  static SSL_CTX* const one = make_context();  // never freed: transports may outlive static objects
  return one;
}

bool use_certificate(SSL* ssl, X509* certificate, EVP_PKEY* key) {
  return SSL_use_certificate(ssl, certificate) == 1 && SSL_use_PrivateKey(ssl, key) == 1;
}

}  // namespace parley::dtls
