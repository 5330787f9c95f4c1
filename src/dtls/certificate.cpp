#include "dtls/certificate.hpp"

#include <openssl/crypto.h>
#include <openssl/pem.h>

#include <algorithm>

#include "dtls/context.hpp"
#include "dtls/self_signed.hpp"

namespace parley::dtls {
namespace {

/// OpenSSL frees what it keeps for a thread when the thread ends, and everything in a handler at the program's end:
/// both at once where a loop's thread is still ending, and then some of it twice. So no handler; what is left the
/// system takes. While the program is loaded, for only the first initialization decides that.
[[maybe_unused]] const int kReadyBeforeAnyLoop = OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);

constexpr unsigned kLeastRsaBits = 2048;
constexpr unsigned kMostRsaBits = 8192;

/// In place of OpenSSL's own, which asks for the password of an encrypted key on the terminal.
int no_password(char*, int, int, void*) noexcept { return -1; }

OwnedBio reader(std::string_view text) { return OwnedBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

OwnedCertificate read_certificate(std::string_view pem) {
  return OwnedCertificate(PEM_read_bio_X509(reader(pem).get(), nullptr, no_password, nullptr));
}

OwnedKey read_key(std::string_view pem) {
  return OwnedKey(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_password, nullptr));
}

Unexpected<Error> refused(ErrorKind kind, const char* what) {
  return fail(kind, std::string(what) + ": " + last_openssl_error());
}

}  // namespace

void Certificate::Deleter::operator()(x509_st* certificate) const { X509_free(certificate); }
void Certificate::Deleter::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Certificate::Certificate(OwnX509 certificate, OwnKey key)
    : x509_(std::move(certificate)),
      key_(std::move(key)),
      der_(to_der(x509_.get())),
      expires_(end_of_validity(x509_.get())) {}

Result<std::shared_ptr<const Certificate>> Certificate::generate(const KeySpec& spec, std::optional<WallTime> expires) {
  if (spec.kind == KeySpec::Kind::Rsa && (spec.rsa_bits < kLeastRsaBits || spec.rsa_bits > kMostRsaBits))
    return fail(ErrorKind::NotSupportedError, "RSA keys have 2048 to 8192 bits");
  const WallTime now = std::chrono::system_clock::now();
  const WallTime until = std::clamp(expires.value_or(now + kDefaultLifetime), WallTime{}, now + kMaxLifetime);
  ERR_clear_error();
  OwnKey key(make_key(spec).release());
  if (!key) return refused(ErrorKind::OperationError, "key generation");
  // A day back: the peer's clock may be behind ours.
  OwnX509 x509(self_sign(key.get(), {std::min(now, until) - std::chrono::hours(24), until}).release());
  if (!x509) return refused(ErrorKind::OperationError, "certificate");
  return std::shared_ptr<const Certificate>(new Certificate(std::move(x509), std::move(key)));
}

Result<std::shared_ptr<const Certificate>> Certificate::from_pem(std::string_view text) {
  ERR_clear_error();
  OwnX509 x509(read_certificate(text).release());
  if (!x509) return refused(ErrorKind::SyntaxError, "certificate");
  OwnKey key(read_key(text).release());
  if (!key) return refused(ErrorKind::SyntaxError, "private key");
  if (X509_check_private_key(x509.get(), key.get()) != 1) return refused(ErrorKind::InvalidAccessError, "private key");
  const OwnedSsl trial(SSL_new(shared_context()));
  if (!trial || !use_certificate(trial.get(), x509.get(), key.get()))
    return refused(ErrorKind::NotSupportedError, "certificate");
  return std::shared_ptr<const Certificate>(new Certificate(std::move(x509), std::move(key)));
}

std::string Certificate::to_pem() const {
  // Secure memory or not, BIO_s_secmem wipes its buffer when it is freed.
  const OwnedBio out(BIO_new(BIO_s_secmem()));
  PEM_write_bio_X509(out.get(), x509_.get());
  PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace parley::dtls
