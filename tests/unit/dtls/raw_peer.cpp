#include "raw_peer.hpp"

namespace parley::dtls::test {

RawPeer::RawPeer(Setup setup) : DatagramPort(1200), context_(SSL_CTX_new(DTLS_method())) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, DTLS1_VERSION);
  SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  const WallTime now = std::chrono::system_clock::now();
  const OwnedCertificate certificate =
      self_sign(setup.key.get(), {now - std::chrono::hours(1), now + std::chrono::hours(1)});
  der_ = to_der(certificate.get());
  if (setup.shows_certificate) {
    SSL_CTX_use_certificate(context, certificate.get());
    SSL_CTX_use_PrivateKey(context, setup.key.get());
  }
  if (setup.change) setup.change(context);
  ssl_.reset(SSL_new(context));
  BIO* const bio = make_datagram_bio(*this).release();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mtu(ssl_.get(), 1200);
  if (setup.side == Side::Client) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

void RawPeer::receive(ByteView datagram, TimePoint) {
  inbox = datagram;
  proceed();
  inbox = {};
}

void RawPeer::proceed() {
  ERR_clear_error();
  char data[16384];
  for (int size; (size = SSL_read(ssl_.get(), data, sizeof data)) > 0;)
    received.emplace_back(data, static_cast<std::size_t>(size));
  ERR_clear_error();
}

}  // namespace parley::dtls::test
