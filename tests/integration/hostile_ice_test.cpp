// A peer that knows the ICE password and asks for a connection from everywhere.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ice/direct_socket.hpp"
#include "ice/stun_message.hpp"
#include "support/candidate_rewrite.hpp"
#include "support/hostile_session.hpp"
#include "support/meddler.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// A connectivity check of RFC 8445 section 7.2.2, as the victim's peer would send it.
Bytes check(const std::string& username, const std::string& password, std::uint32_t priority) {
  using namespace ice::stun;
  constexpr std::uint16_t kPriority = 0x0024, kIceControlled = 0x8029;
  return Writer(Method::Binding, Class::Request, make_transaction_id(7))
      .text(kUsername, username)
      .number(kPriority, priority)
      .text(kIceControlled, "12345678")
      .integrity(as_bytes(password))
      .fingerprint()
      .take();
}

void send_from_a_new_port(ByteView datagram, const Endpoint& to) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  [[maybe_unused]] const auto sent = sendto(socket, datagram.data(), datagram.size(), 0, to.raw(), to.raw_size());
  ::close(socket);
}

TEST(HostileIce, ChecksFromThousandsOfPortsDoNotMakeThousandsOfPeers) {
  HostileSession session;
  ASSERT_TRUE(session.connect());
  const std::string sdp = session.victim.localDescription()->sdp();
  const Endpoint port = *host_endpoint("candidate:" + attribute(sdp, "candidate"));
  const std::string username = attribute(sdp, "ice-ufrag") + ":" + session.peer.credentials().ufrag;
  const std::string password = attribute(sdp, "ice-pwd");
  const std::size_t before = allocated_bytes();
  constexpr int kPorts = kSanitized ? 2000 : 10'000;
  for (int i = 0; i < kPorts; ++i) {
    send_from_a_new_port(check(username, password, 1'000'000U + static_cast<unsigned>(i)), port);
    if (i % 50 == 0) session.loop->run([] {});  // so that they arrive
  }
  EXPECT_LT(allocated_bytes(), before + (8 << 20));
  EXPECT_EQ(session.victim.connectionState(), RTCPeerConnectionState::Connected);
  Latch message;
  session.channel->onmessage = [&] { message.set(); };
  session.attack([](RawSctp& sctp) { sctp.message(1, 53, Bytes(10)); });
  EXPECT_TRUE(message.wait());
  EXPECT_TRUE(session.healthy.alive());
  EXPECT_LT(session.healthy.worst(), HealthyPair::kBearable);
}

TEST(HostileIce, ChecksBeforeTheAnswerAreBounded) {
  const auto loop = EventLoop::create();
  HealthyPair healthy(loop);
  RTCPeerConnection victim(on_loopback(loop));
  const auto channel = victim.createDataChannel("x");
  victim.setLocalDescription().get(20s);
  gathered(victim).get(20s);
  const std::string sdp = victim.localDescription()->sdp();
  const Endpoint port = *host_endpoint("candidate:" + attribute(sdp, "candidate"));
  const std::size_t before = allocated_bytes();
  constexpr int kPorts = kSanitized ? 2000 : 10'000;
  for (int i = 0; i < kPorts; ++i) {
    send_from_a_new_port(
        check(attribute(sdp, "ice-ufrag") + ":" + std::to_string(i), attribute(sdp, "ice-pwd"), 1'000'000), port);
    if (i % 50 == 0) loop->run([] {});
  }
  // 150 bytes for each would be 1.5 MB. What waited in the socket when it was shut is still read.
  EXPECT_LT(allocated_bytes(), before + (ice::DirectSocket::supported() ? 3 << 18 : 2 << 20));
  EXPECT_TRUE(healthy.alive());
  EXPECT_LT(healthy.worst(), HealthyPair::kBearable);
  // The answer comes at last.
  Latch open;
  channel->onopen = [&] { open.set(); };
  RTCPeerConnection answerer(on_loopback(loop));
  answerer.setRemoteDescription(*victim.localDescription()).get(20s);
  answerer.setLocalDescription().get(20s);
  gathered(answerer).get(20s);
  victim.setRemoteDescription(*answerer.localDescription()).get(20s);
  EXPECT_TRUE(open.wait());
  victim.close();
}

}  // namespace
}  // namespace parley
