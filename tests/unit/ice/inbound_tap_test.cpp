#include "ice/inbound_tap.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace parley::ice {
namespace {

struct IceInboundTap : ::testing::Test {
  int receiver = bound(), sender = bound();
  std::vector<std::size_t> seen;
  static int bound() {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const SocketAddress address = *SocketAddress::parse("127.0.0.1", 0);
    EXPECT_EQ(bind(fd, address.data(), address.size()), 0);
    return fd;
  }
  void SetUp() override {
    if (!inbound_tap::start(receiver)) GTEST_SKIP() << "not on this platform";
  }
  ~IceInboundTap() override {
    close(receiver);
    close(sender);
  }
  void send(std::size_t size) const {
    const SocketAddress to = local_address(receiver);
    const Bytes bytes(size, 1);
    EXPECT_EQ(sendto(sender, bytes.data(), size, 0, to.data(), to.size()), static_cast<ssize_t>(size));
  }
  [[nodiscard]] ssize_t read() const {
    Bytes buffer(70'000);
    return recv(receiver, buffer.data(), buffer.size(), MSG_DONTWAIT);
  }
  std::vector<std::size_t> peek() {
    seen.clear();
    inbound_tap::peek(receiver, [&](ByteView datagram, const SocketAddress& from) {
      EXPECT_EQ(from, local_address(sender));
      seen.push_back(datagram.size());
    });
    return seen;
  }
  using Sizes = std::vector<std::size_t>;
};

TEST_F(IceInboundTap, ShowsEachDatagramOnceAndTakesNothing) {
  for (const std::size_t size : {100U, 1U, 60'000U, 20U}) send(size);
  EXPECT_EQ(peek(), (Sizes{100, 1, 60'000, 20}));
  EXPECT_EQ(peek(), Sizes{});
  EXPECT_EQ(read(), 100);
  send(30);
  EXPECT_EQ(peek(), Sizes{30});
  for (const ssize_t size : {1, 60'000, 20, 30, -1}) EXPECT_EQ(read(), size);
  send(40);
  EXPECT_EQ(peek(), Sizes{40});
}

TEST_F(IceInboundTap, EmptyDatagramsDoNotConfuseIt) {
  for (const std::size_t size : {0U, 10U, 0U, 0U, 20U}) send(size);
  const Sizes first = peek();
  EXPECT_EQ(std::count(first.begin(), first.end(), 10U), 1);
  EXPECT_EQ(std::count(first.begin(), first.end(), 20U), 1);
  EXPECT_EQ(peek(), Sizes{});
  for (const ssize_t size : {0, 10, 0, 0, 20, -1}) EXPECT_EQ(read(), size);
}

TEST_F(IceInboundTap, WhatWasReadUnseenDoesNotMatter) {
  for (const std::size_t size : {100U, 200U}) send(size);
  EXPECT_EQ(peek(), (Sizes{100, 200}));
  for (const std::size_t size : {50U, 60U, 70U}) send(size);
  for (const ssize_t size : {100, 200, 50, 60}) EXPECT_EQ(read(), size);
  EXPECT_EQ(peek(), Sizes{70});
}

}  // namespace
}  // namespace parley::ice
