#include "support/link_emulator.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <thread>

#include "support/datagram_socket.hpp"

namespace parley::test {
namespace {

class Party {
 public:
  Party() : socket_(std::move(DatagramSocket::bind(*Endpoint::from("127.0.0.1", 0)).value())) {}
  [[nodiscard]] Endpoint at() const { return socket_.local(); }
  void send(std::size_t count, std::size_t size, const Endpoint& to) {
    socket_.send(std::vector<Bytes>(count, Bytes(size, 7)), to);
  }
  /// Waits until so many packets are there, or five seconds without one.
  std::vector<std::size_t> receive(std::size_t count) {
    std::vector<std::size_t> sizes;
    std::array<pollfd, 1> fds{{{.fd = socket_.descriptor(), .events = POLLIN, .revents = 0}}};
    while (sizes.size() < count && ::poll(fds.data(), 1, 5000) == 1)
      socket_.receive([&](ByteView packet, const Endpoint& from) {
        sizes.push_back(packet.size());
        from_ = from;
      });
    return sizes;
  }
  [[nodiscard]] std::optional<Endpoint> last_sender() const { return from_; }

 private:
  DatagramSocket socket_;
  std::optional<Endpoint> from_;
};

TEST(LinkEmulator, CarriesPacketsBothWaysBetweenSidesItWasTold) {
  Party a;
  Party b;
  auto link = std::move(LinkEmulator::start({}).value());
  link->set_a(a.at());
  link->set_b(b.at());
  a.send(100, 1200, link->face_to_a());
  EXPECT_EQ(b.receive(100), std::vector<std::size_t>(100, 1200));
  EXPECT_EQ(b.last_sender(), link->face_to_b());
  b.send(1, 5, link->face_to_b());
  EXPECT_EQ(a.receive(1), std::vector<std::size_t>{5});
  EXPECT_EQ(a.last_sender(), link->face_to_a());
}

TEST(LinkEmulator, LearnsASideFromItsFirstPacket) {
  Party a;
  Party b;
  auto link = std::move(LinkEmulator::start({}).value());
  link->set_b(b.at());
  a.send(1, 3, link->face_to_a());
  ASSERT_EQ(b.receive(1).size(), 1U);
  b.send(1, 4, link->face_to_b());
  EXPECT_EQ(a.receive(1), std::vector<std::size_t>{4});
}

TEST(LinkEmulator, HoldsPacketsForTheDelay) {
  Party a;
  Party b;
  auto link = std::move(LinkEmulator::start({.a_to_b = {.delay = 50ms}}).value());
  link->set_b(b.at());
  const TimePoint before = Clock::now();
  a.send(1, 3, link->face_to_a());
  ASSERT_EQ(b.receive(1).size(), 1U);
  EXPECT_GE(Clock::now() - before, 50ms);
}

TEST(LinkEmulator, AnOutageLosesEverythingUntilItEnds) {
  Party a;
  Party b;
  auto link = std::move(LinkEmulator::start({.a_to_b = {.loss = 1}}).value());
  link->set_b(b.at());
  a.send(10, 9, link->face_to_a());
  while (link->counters().a_to_b.lost < 10) std::this_thread::yield();
  link->set_rules({}, {});
  a.send(1, 1, link->face_to_a());
  EXPECT_EQ(b.receive(1), std::vector<std::size_t>{1});
  EXPECT_EQ(link->counters().a_to_b.received, 11U);
}

TEST(LinkEmulator, SaysWhyItCannotStart) {
  const Endpoint elsewhere = *Endpoint::from("192.0.2.1", 0);
  const auto link = LinkEmulator::start({.face_to_a = elsewhere});
  ASSERT_FALSE(link);
  EXPECT_NE(link.error().message.find("192.0.2.1"), std::string::npos);
}

}  // namespace
}  // namespace parley::test
