// Counts what the whole program allocates, C++ and OpenSSL alike.
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <cstdlib>

#include "peer.hpp"
#include "support/allocations.hpp"

namespace {

using parley::test::allocations;

bool watching = false;

/// Before OpenSSL's first allocation, hence before the library's own static objects, which use it.
__attribute__((constructor(101))) void watch() {
  watching = CRYPTO_set_mem_functions(
                 [](std::size_t size, const char*, int) {
                   ++allocations;
                   return std::malloc(size);
                 },
                 [](void* old, std::size_t size, const char*, int) {
                   ++allocations;
                   return std::realloc(old, size);
                 },
                 [](void* memory, const char*, int) { std::free(memory); }) == 1;
}

}  // namespace

namespace parley::dtls::test {
namespace {

/// Hands each datagram to the other end at once, through a buffer that does not grow.
struct Straight : Transport::Handler {
  explicit Straight(const std::shared_ptr<const Certificate>& certificate) : transport(certificate, *this) {}
  void on_dtls_packet(ByteView datagram) override {
    size = datagram.size();
    std::copy(datagram.begin(), datagram.end(), buffer.begin());
  }
  void on_dtls_connected() override {}
  void on_dtls_data(ByteView data) override { received += data.size(); }
  void on_dtls_closed() override {}
  void on_dtls_failed(const Error&) override {}

  std::array<std::uint8_t, 20000> buffer{};
  std::size_t size = 0, received = 0;
  Transport transport;
};

void pass(Straight& from, Straight& to) {
  const std::size_t size = std::exchange(from.size, 0);
  if (size > 0) to.transport.receive(std::span(from.buffer).first(size), TimePoint{});
}

TEST(DtlsAllocation, ApplicationDataCostsNone) {
  ASSERT_TRUE(watching);
  const auto& certificate = ecdsa_certificate();
  Straight client(certificate), server(certificate);
  server.transport.start(Role::Server, {certificate->fingerprint()}, TimePoint{});
  client.transport.start(Role::Client, {certificate->fingerprint()}, TimePoint{});
  for (int i = 0; i < 4; ++i) {
    pass(client, server);
    pass(server, client);
  }
  ASSERT_EQ(client.transport.state(), State::Connected);
  ASSERT_EQ(server.transport.state(), State::Connected);

  const Bytes data(1200, 7), largest(Transport::kMaxData, 7);
  const long before = allocations;
  ASSERT_GT(before, 0);
  for (int i = 0; i < 100; ++i) {
    client.transport.send(i % 10 ? data : largest);
    pass(client, server);
    server.transport.send(data);
    pass(server, client);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(server.received, 90 * data.size() + 10 * largest.size());
}

}  // namespace
}  // namespace parley::dtls::test
