#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dtls/datagram_bio.hpp"
#include "dtls/self_signed.hpp"
#include "wire.hpp"

namespace parley::dtls::test {

/// OpenSSL without any of our rules, to play the peers that we refuse.
class RawPeer : public Endpoint, private DatagramPort {
 public:
  enum class Side { Client, Server };
  struct Setup {
    Side side;
    /// Changes the context, which accepts everything.
    std::function<void(SSL_CTX*)> change = {};
    OwnedKey key = make_key({});
    bool shows_certificate = true;
  };

  explicit RawPeer(Setup setup);
  void start() { proceed(); }
  void receive(ByteView datagram, TimePoint now) override;
  std::optional<TimePoint> next_deadline() const override { return std::nullopt; }
  void advance(TimePoint) override {}

  SSL* ssl() { return ssl_.get(); }
  bool connected() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  const Bytes& certificate() const { return der_; }
  /// To be called after changing the SSL's state from outside.
  void proceed();

  std::vector<std::string> received;

 private:
  void write_datagram(ByteView datagram) noexcept override {
    if (output) output(datagram);
  }
  void set_timer(timeval&) noexcept override {}

  Owned<SSL_CTX, SSL_CTX_free> context_;
  OwnedSsl ssl_;
  Bytes der_;
};

}  // namespace parley::dtls::test
