// What the network sees of packets that leave through the socket of our own.
#include "ice/direct_socket.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace parley::ice {
namespace {

using ::testing::ElementsAre;

struct Nobody final : DirectSocket::Sink {
  void on_direct_heard(Ecn mark) override { marks.push_back(mark); }
  void on_direct_packet(ByteView) override { ++packets; }
  void on_direct_stun(ByteView, const SocketAddress&) override {}
  void on_direct_writable() override {}
  bool wants_direct_packets() override { return true; }
  Counters& direct_counters() override { return counters; }
  Counters counters;
  std::vector<Ecn> marks;
  std::size_t packets = 0;
};

int bound_to(const SocketAddress& address) {
  const int descriptor = socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(bind(descriptor, address.data(), address.size()), 0);
  const int on = 1;
  if (address.family() == AF_INET6) {
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof on);
  } else {
    setsockopt(descriptor, IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
  }
  return descriptor;
}

/// The traffic class of the next packet, and its first byte.
std::pair<int, int> next(int descriptor) {
  pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ready, 1, 5000), 1);
  std::array<std::uint8_t, 2000> bytes{};
  alignas(cmsghdr) std::array<char, 128> control{};
  iovec vector{bytes.data(), bytes.size()};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  EXPECT_GT(recvmsg(descriptor, &header, 0), 0);
  int traffic_class = 0;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
      traffic_class = *reinterpret_cast<const std::uint8_t*>(CMSG_DATA(c));
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)
      std::memcpy(&traffic_class, CMSG_DATA(c), sizeof traffic_class);
  }
  return {traffic_class, bytes[0]};
}

class IceDirectSocket : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Families, IceDirectSocket, ::testing::Values("127.0.0.1", "::1"));

TEST_P(IceDirectSocket, MarksEachPacketAsItIsTold) {
  if (!DirectSocket::supported()) GTEST_SKIP() << "there is none";
  const int nice = bound_to(*SocketAddress::parse(GetParam(), 0)),
            peer = bound_to(*SocketAddress::parse(GetParam(), 0));
  {
    Reactor reactor;
    Nobody nobody;
    const auto socket = DirectSocket::open(reactor, nice, 7, DirectSocket::Purpose::Data, nobody);
    ASSERT_NE(socket, nullptr);
    socket->carry(local_address(peer));
    SendBatch batch;
    const std::pair<int, int> sent[] = {{0, 20}, {0, 21}, {46 << 2, 22}, {46 << 2, 23}, {1 << 2 | 1, 24}, {1, 25}};
    for (const auto& [traffic_class, first] : sent) {
      Bytes packet(1200, 0);
      packet[0] = static_cast<std::uint8_t>(first);
      ASSERT_TRUE(batch.push(
          packet, 1 << 20,
          {.dscp = static_cast<std::uint8_t>(traffic_class >> 2), .ecn = static_cast<Ecn>(traffic_class & 3)}));
    }
    EXPECT_EQ(batch.runs().size(), 4U);
    ASSERT_TRUE(socket->send(batch));
    for (const auto& one : sent) EXPECT_EQ(next(peer), one);
    EXPECT_EQ(nobody.counters.packets_sent, 6U);
  }
  close(nice);
  close(peer);
}

TEST_P(IceDirectSocket, TellsHowTheNetworkHasMarkedWhatArrives) {
  if (!DirectSocket::supported()) GTEST_SKIP() << "there is none";
  const int nice = bound_to(*SocketAddress::parse(GetParam(), 0)),
            peer = bound_to(*SocketAddress::parse(GetParam(), 0));
  {
    Reactor reactor;
    Nobody hears;
    const auto socket = DirectSocket::open(reactor, nice, 7, DirectSocket::Purpose::Data, hears);
    ASSERT_NE(socket, nullptr);
    socket->carry(local_address(peer));
    const SocketAddress to = local_address(nice);
    for (const int traffic_class : {0, 46 << 2 | 1, 2, 3, 34 << 2}) {
      const bool six = to.family() == AF_INET6;
      ASSERT_EQ(setsockopt(peer, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_TCLASS : IP_TOS, &traffic_class,
                           sizeof traffic_class),
                0);
      const Bytes packet(100, 0x80);
      ASSERT_EQ(sendto(peer, packet.data(), packet.size(), 0, to.data(), to.size()), 100);
    }
    bool late = false;
    const Timer patience = reactor.after(5s, [&] { late = true; });
    for (const Reactor::Inside inside(reactor); hears.packets < 5 && !late;) reactor.turn(true);
    EXPECT_THAT(hears.marks, ElementsAre(Ecn::NotCapable, Ecn::Ect1, Ecn::Ect0, Ecn::Congestion, Ecn::NotCapable));
  }
  close(nice);
  close(peer);
}

}  // namespace
}  // namespace parley::ice
