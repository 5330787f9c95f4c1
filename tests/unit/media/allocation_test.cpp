// Counts what the whole program allocates with `new`.
#include <gtest/gtest.h>

#include <array>

#include "call.hpp"
#include "support/allocations.hpp"

namespace parley::media::test {
namespace {

using parley::test::allocations;

/// A session whose packets go to another one at once, without feedback.
struct Node final : Session::Handler {
  explicit Node(std::uint32_t seed) : random(seed), session(*this, random, "node", {}) {}
  void on_rtp(ByteView head, ByteView payload) override {
    std::ranges::copy(payload, std::ranges::copy(head, packet.begin()).out);
    if (to != nullptr) to->session.receive_rtp(std::span(packet).first(head.size() + payload.size()), now);
  }
  void on_rtcp(ByteView) override {}
  void on_packet(const ReceivedPacket& arrived) override {
    ++packets;
    if (forwards_to == nullptr) return;
    EXPECT_TRUE(forwards_to->session.send(kVideo, "",
                                          OutgoingPacket{.payload = arrived.packet.payload,
                                                         .source = arrived.source,
                                                         .number = arrived.packet.sequence_number,
                                                         .timestamp = arrived.packet.timestamp,
                                                         .marker = arrived.packet.marker,
                                                         .codec = arrived.codec},
                                          now));
  }
  void on_frame(ReceivedFrame&&) override { ++frames; }
  void on_begun(SectionKey) override {}
  void on_ended(SectionKey) override {}
  void on_key_frame_request(SectionKey, const std::string&) override {}
  void on_target_rate(SectionKey, double) override {}

  SeededRandom random;
  Session session;
  Node* to = nullptr;
  Node* forwards_to = nullptr;
  TimePoint now{10s};
  std::array<std::uint8_t, 2048> packet{};
  int packets = 0, frames = 0;
};

/// Once rings have gone round, what a frame costs does not depend on how many packets it has, and packets that are only
/// sent or passed on cost nothing.
TEST(MediaAllocation, PacketsCostNone) {
  Section section = video_section();  // of which nothing is paced, and no packet told of
  const Encoding encoding{.source = Ssrc(1), .retransmission = Ssrc(2), .rid = ""};
  for (auto* formats : {&section.send_formats, &section.receive_formats})
    for (Format& format : *formats) format.transport_cc = false;
  section.receive_extensions = section.send_extensions = rtp::ExtensionMap();
  Node sender(1), receiver(2), forwarder(3);
  sender.session.configure({sending(section, {encoding})});
  receiver.session.configure({receiving(section)});
  forwarder.session.configure({sending(section, {encoding})});
  for (Node* node : {&sender, &receiver, &forwarder}) node->session.connect(node->now);
  receiver.forwards_to = &forwarder;

  bool key = true;
  /// What `frames` frames of `size` bytes cost, each.
  const auto cost = [&](std::size_t size, int frames) {
    long spent = 0;
    for (int i = 0; i < frames; ++i, key = false) {
      const Bytes data = vp8(key, size, 1);
      const long before = allocations;
      EXPECT_TRUE(sender.session.send(kVideo, "", frame_of(data, key), sender.now));
      spent += allocations - before;
      for (Node* node : {&sender, &receiver, &forwarder}) node->now += 10ms;
    }
    return static_cast<double>(spent) / frames;
  };
  sender.to = &receiver;
  (void)cost(60'000, 400);
  const int packets = receiver.packets, frames = receiver.frames;
  const double large = cost(60'000, 100);
  EXPECT_GT(receiver.packets, packets + 5000);
  EXPECT_EQ(receiver.frames, frames + 100);
  EXPECT_NEAR(large, cost(600, 100), 0.5);
  EXPECT_LT(large, 8);
  sender.to = nullptr;
  EXPECT_EQ(cost(60'000, 100), 0);
}

}  // namespace
}  // namespace parley::media::test
