#pragma once

#include <sys/time.h>

#include "base/bytes.hpp"
#include "dtls/openssl.hpp"

namespace parley::dtls {

/// The end of a BIO whose unit is the datagram: each write of OpenSSL is one, each read takes one whole (OpenSSL 3.0
/// has no such BIO of its own; its memory BIO joins datagrams).
class DatagramPort {
 public:
  explicit DatagramPort(std::size_t mtu) : mtu(mtu) {}
  virtual void write_datagram(ByteView datagram) noexcept = 0;
  /// OpenSSL has set its retransmission timer to a time of day, or cleared it (zero).
  virtual void set_timer(timeval& time) noexcept = 0;

  /// The datagram that the next read takes; empty when it has been read.
  ByteView inbox;
  const std::size_t mtu;

 protected:
  ~DatagramPort() = default;
};

/// The port has to outlive the BIO. Null without memory.
OwnedBio make_datagram_bio(DatagramPort& port);

}  // namespace parley::dtls
