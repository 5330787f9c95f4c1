#include "dtls/datagram_bio.hpp"

#include <openssl/bio.h>

#include <algorithm>
#include <cstring>

namespace parley::dtls {
namespace {

DatagramPort& port(BIO* bio) { return *static_cast<DatagramPort*>(BIO_get_data(bio)); }

int write(BIO* bio, const char* data, int size) noexcept {
  port(bio).write_datagram(as_bytes({data, static_cast<std::size_t>(size)}));
  return size;  // a datagram that the network loses has been sent
}

int read(BIO* bio, char* out, int room) noexcept {
  ByteView& inbox = port(bio).inbox;
  BIO_clear_retry_flags(bio);
  if (inbox.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t size = std::min(inbox.size(), static_cast<std::size_t>(room));  // the rest is lost, as on a socket
  std::memcpy(out, inbox.data(), size);
  inbox = {};
  return static_cast<int>(size);
}

long control(BIO* bio, int command, long, void* argument) noexcept {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return static_cast<long>(port(bio).mtu);
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      port(bio).set_timer(*static_cast<timeval*>(argument));
      return 0;
    default:
      return 0;  // among them the overhead below us, which the mtu does not include, and pending bytes: never
  }
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram");
  if (method == nullptr) return nullptr;
  BIO_meth_set_write(method, write);
  BIO_meth_set_read(method, read);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace

OwnedBio make_datagram_bio(DatagramPort& port) {
  static BIO_METHOD* const method = make_method();  // one for the process; lives as long
  OwnedBio bio(method != nullptr ? BIO_new(method) : nullptr);
  if (!bio) return nullptr;
  BIO_set_data(bio.get(), &port);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace parley::dtls
