// A controlling peer that goes over to another pair while the first one still works.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "ice/stun_message.hpp"
#include "unit/ice/peer.hpp"

namespace parley::ice::two_pairs_test {
namespace {

using namespace ice::testing;

/// A full, controlling agent with two addresses that both work, which decides by itself what it nominates and goes on
/// checking the other one.
class Multihomed {
 public:
  static constexpr std::uint32_t kPriorities[2] = {2130706431, 2130706175};
  Multihomed() {
    const auto any = SocketAddress::parse("127.0.0.1", 0);
    for (int& socket : sockets_) {
      socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      EXPECT_EQ(bind(socket, any->data(), any->size()), 0);
    }
  }
  ~Multihomed() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    for (const int socket : sockets_) close(socket);
  }
  [[nodiscard]] Candidate candidate(std::size_t i) const {
    return {.foundation = std::to_string(i + 1),
            .component = 1,
            .priority = kPriorities[i],
            .address = "127.0.0.1",
            .port = local_address(sockets_[i]).port(),
            .type = CandidateType::Host};
  }
  void start(const Credentials& theirs, const SocketAddress& to) {
    theirs_ = theirs;
    to_ = to;
    thread_ = std::thread([this] { run(); });
  }
  void send_data(std::size_t i, int count) const {
    Bytes bytes(100, 0x5A);
    bytes[0] = 0x80;
    for (int n = 0; n < count; ++n) sendto(sockets_[i], bytes.data(), bytes.size(), 0, to_.data(), to_.size());
  }

  Credentials ours{"peer", "peerpeerpeerpeerpeerpeer"};
  std::atomic<std::size_t> nominated{0};
  /// Answers to checks of what it nominated by then.
  std::array<std::atomic<int>, 2> answers{};

 private:
  void run() {
    TimePoint next = Clock::now();
    while (!stop_) {
      if (Clock::now() >= next) {
        next = Clock::now() + 50ms;
        for (std::size_t i = 0; i < 2; ++i) check(i);
      }
      std::array<pollfd, 2> fds{{{sockets_[0], POLLIN, 0}, {sockets_[1], POLLIN, 0}}};
      poll(fds.data(), fds.size(), 10);
      for (std::size_t i = 0; i < 2; ++i)
        if ((fds[i].revents & POLLIN) != 0) read(i);
    }
  }
  void check(std::size_t i) {
    stun::Writer check(stun::Method::Binding, stun::Class::Request, stun::make_transaction_id(9));
    check.text(stun::kUsername, theirs_.ufrag + ":" + ours.ufrag).number(stun::kPriority, kPriorities[i]);
    check.number64(stun::kIceControlling, 77);
    if (nominated == i) check.flag(stun::kUseCandidate);
    send(i, check.integrity(as_bytes(theirs_.password)).fingerprint().take(), to_.data(), to_.size());
  }
  void read(std::size_t i) {
    std::uint8_t buffer[2048];
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    auto* const sender = reinterpret_cast<sockaddr*>(&from);
    const auto length = recvfrom(sockets_[i], buffer, sizeof buffer, MSG_DONTWAIT, sender, &size);
    if (length <= 0) return;
    const auto message = stun::parse(ByteView(buffer).first(static_cast<std::size_t>(length)));
    if (!message) return;
    if (message->type == stun::Class::Success && nominated == i) ++answers[i];
    if (message->type != stun::Class::Request) return;
    // XOR-MAPPED-ADDRESS of 127.0.0.1: RFC 8489 section 14.2.
    const auto port = static_cast<std::uint16_t>(SocketAddress(sender, size).port() ^ 0x2112);
    std::string mapped{0, 1, static_cast<char>(port >> 8), static_cast<char>(port)};
    for (const int byte : {0x7F ^ 0x21, 0x00 ^ 0x12, 0x00 ^ 0xA4, 0x01 ^ 0x42}) mapped += static_cast<char>(byte);
    constexpr std::uint16_t kXorMappedAddress = 0x0020;
    send(i,
         stun::Writer(stun::Method::Binding, stun::Class::Success, message->id)
             .text(kXorMappedAddress, mapped)
             .integrity(as_bytes(ours.password))
             .fingerprint()
             .take(),
         sender, size);
  }
  void send(std::size_t i, const Bytes& message, const sockaddr* to, socklen_t size) const {
    sendto(sockets_[i], message.data(), message.size(), 0, to, size);
  }

  std::array<int, 2> sockets_{};
  Credentials theirs_;
  SocketAddress to_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

class IceTwoPairs : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(FastPath, IceTwoPairs, ::testing::Bool(),
                         [](const auto& tested) { return tested.param ? "On" : "Off"; });

/// RFC 8445 section 12.2.
TEST_P(IceTwoPairs, WhatComesByThePairThatThePeerHasGoneOverToIsHeard) {
  constexpr int kMany = 40;  // enough for the fast path
  Bell bell;
  Agent::Config config = on_loopback(GetParam());
  config.role = Role::Controlled;
  Peer victim(EventLoop::create(), bell, config);
  Multihomed peer;
  victim.loop->run([&] { victim.agent->gather(); });
  ASSERT_TRUE(victim.wait([&] { return victim.gathered; }));
  const auto to = SocketAddress::parse("127.0.0.1", victim.loop->run([&] { return victim.candidates.front().port; }));
  victim.loop->run([&] {
    victim.agent->set_remote_credentials(peer.ours);
    for (std::size_t i = 0; i < 2; ++i) victim.agent->add_remote_candidate(peer.candidate(i));
  });
  peer.start(victim.credentials, *to);
  ASSERT_TRUE(victim.wait([&] {
    const auto pair = victim.agent->selected_pair();
    return pair && pair->remote.port == peer.candidate(0).port;
  }));
  peer.send_data(0, kMany);
  EXPECT_TRUE(victim.wait([&] { return victim.packets == kMany; }));
  peer.nominated = 1;
  for (const TimePoint end = Clock::now() + 20s; peer.answers[1] < 20 && Clock::now() < end;) std::this_thread::yield();
  ASSERT_GE(peer.answers[1], 20);
  peer.send_data(1, kMany);
  EXPECT_TRUE(victim.wait([&] { return victim.packets == 2 * kMany; }));
}

}  // namespace
}  // namespace parley::ice::two_pairs_test
