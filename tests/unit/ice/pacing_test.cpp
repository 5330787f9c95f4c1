// When connectivity checks leave, and what they ask for.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "ice/stun_message.hpp"
#include "unit/ice/peer.hpp"
#include "unit/ice/servers.hpp"

namespace parley::ice {
namespace {

using namespace testing;

/// A place where somebody might be, and the first datagram that came there.
struct Place {
  Place() : socket(SOCK_DGRAM) {
    const int on = 1;
    setsockopt(socket.fd(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  }
  void receive() {
    std::array<std::uint8_t, 1500> bytes{};
    std::array<char, 128> control{};
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto length = recvmsg(socket.fd(), &message, MSG_DONTWAIT);
    const cmsghdr* stamp = CMSG_FIRSTHDR(&message);
    if (length <= 0 || first || stamp == nullptr) return;
    timespec at{};
    std::memcpy(&at, CMSG_DATA(stamp), sizeof at);
    first = std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
    check = stun::parse(ByteView(bytes.data(), static_cast<std::size_t>(length)));
  }
  LoopbackSocket socket;
  std::optional<std::chrono::nanoseconds> first;  // by the kernel's clock, which no busy machine delays
  std::optional<stun::Message> check;
};

/// A controlling agent that is told of many candidates at once, behind which nobody answers.
TEST(IceChecking, IsPacedByFiveMillisecondsAndNominatesNothingThatIsNotProven) {
  std::array<Place, 30> places;
  Bell bell;
  Peer peer(EventLoop::create(), bell, Pair::with_role(on_loopback(), Role::Controlling));
  peer.loop->run([&] {
    peer.agent->gather();
    peer.agent->set_remote_credentials({.ufrag = "abcd", .password = "of-twenty-two-characters"});
    for (std::size_t i = 0; i < places.size(); ++i)
      peer.agent->add_remote_candidate(*parse_candidate("candidate:" + std::to_string(i) + " 1 udp " +
                                                        std::to_string(2'000'000'000 - i) + " 127.0.0.1 " +
                                                        std::to_string(places[i].socket.port()) + " typ host"));
  });
  std::vector<pollfd> polled;
  for (const Place& place : places) polled.push_back({place.socket.fd(), POLLIN, 0});
  const auto found = [&] {
    return std::ranges::all_of(places, [](const Place& place) { return place.first.has_value(); });
  };
  for (const TimePoint end = Clock::now() + 20s; !found() && Clock::now() < end;) {
    poll(polled.data(), polled.size(), 100);
    for (Place& place : places) place.receive();
  }
  ASSERT_TRUE(found());

  std::vector<std::chrono::nanoseconds> times, gaps;
  for (const Place& place : places) {
    times.push_back(*place.first);
    ASSERT_TRUE(place.check);
    EXPECT_TRUE(place.check->controlling);
    EXPECT_FALSE(place.check->use_candidate);  // regular nomination
  }
  std::ranges::sort(times);
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(times[i] - times[i - 1]);
  std::ranges::sort(gaps);
  // One at a time, each after a Ta of 5 ms; libnice's usual 20 would not do.
  EXPECT_GE(gaps[gaps.size() / 2], 4ms);
  EXPECT_LT(gaps[gaps.size() / 2], 15ms);
  EXPECT_GE(times.back() - times.front(), (times.size() - 1) * 4ms);
}

}  // namespace
}  // namespace parley::ice
