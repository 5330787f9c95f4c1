// Sound whose packets repeat the frame before (RFC 2198): a packet that is lost is not missed.
#include <gmock/gmock.h>

#include "call.hpp"
#include "formats/red.hpp"

namespace parley::media::test::session_red_test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = {}, .rid = ""};
const Format kRed{.payload_type = PayloadType(63), .name = "red", .clock_rate = 48000, .channels = 2};
constexpr PayloadType kOpus{111};

Section red_section() {
  Section section = audio_section();
  section.receive_formats.push_back(kRed);
  section.send_formats.insert(section.send_formats.begin(), kRed);
  return section;
}

/// What Opus codes as 20 ms.
Bytes opus(std::uint8_t number) { return {0x78, number, number, number}; }

/// Left speaks to right.
struct RedCall : Call {
  explicit RedCall(const Section& section = red_section()) {
    left->session.configure({sending(section, {kEncoding})});
    right->session.configure({receiving(section)});
    connect();
    filter = [this](ByteView packet, bool rtcp) {
      if (rtcp) return false;
      const auto view = *rtp::PacketView::parse(packet);
      types.push_back(view.header().payload_type);
      payloads.emplace_back(view.payload().begin(), view.payload().end());
      return lose && lose(packets++);
    };
  }
  void speak(int frames) {
    for (int i = 0; i < frames; ++i) {
      const Bytes data = opus(static_cast<std::uint8_t>(written++));
      ASSERT_TRUE(left->session.send(kAudio, "", {.data = data, .info = {}}, now));
      run(20ms);
    }
  }
  IncomingStatistics incoming() { return right->session.statistics(now).incoming.front(); }

  std::function<bool(std::size_t)> lose;
  std::size_t packets = 0;
  int written = 0;
  std::vector<PayloadType> types;
  std::vector<Bytes> payloads;
};

void expect_frames(const Call& call, std::size_t count) {
  ASSERT_THAT(call.right->frames, SizeIs(count));
  for (std::size_t i = 0; i < count; ++i) {
    const ReceivedFrame& frame = call.right->frames[i];
    EXPECT_EQ(frame.arrived.frame.data, opus(static_cast<std::uint8_t>(i))) << i;
    EXPECT_EQ(frame.time, 20ms * i);
    EXPECT_EQ(frame.codec, "opus");
  }
}

TEST(SessionRed, EachPacketRepeatsTheFrameBefore) {
  RedCall call;
  call.speak(3);
  EXPECT_THAT(call.types, testing::Each(kRed.payload_type));
  const auto blocks = formats::read_red(call.payloads[2]);
  ASSERT_TRUE(blocks);
  ASSERT_THAT(*blocks, SizeIs(2));
  EXPECT_EQ((*blocks)[0].payload_type, kOpus.get());
  EXPECT_EQ((*blocks)[0].timestamp_offset, 960);
  EXPECT_EQ(Bytes((*blocks)[0].data.begin(), (*blocks)[0].data.end()), opus(1));
  EXPECT_EQ(Bytes((*blocks)[1].data.begin(), (*blocks)[1].data.end()), opus(2));
  expect_frames(call, 3);
  EXPECT_EQ(call.left->session.statistics(call.now).outgoing[0].counters.payload_type, kOpus);
}

TEST(SessionRed, ALostPacketIsNotMissed) {
  RedCall call;
  std::size_t heard = 0;
  call.right->forward = [&](const ReceivedPacket& packet) { heard += packet.codec == "opus" ? 1 : 0; };
  call.lose = [](std::size_t packet) { return packet % 3 == 1; };
  call.speak(300);
  expect_frames(call, 300);
  EXPECT_EQ(heard, 300U);
  const auto in = call.incoming();
  EXPECT_EQ(in.counters.packets, 200U);
  EXPECT_EQ(in.packets_lost, 100);
  EXPECT_EQ(in.counters.protecting_packets, 199U);
  EXPECT_EQ(in.counters.protecting_packets - in.counters.useless_protection, 100U);
  // Nothing was waited for longer than until the next packet.
  EXPECT_LT(in.counters.waited / static_cast<double>(in.counters.emitted), 0.001);
}

TEST(SessionRed, TwoLostPacketsInARowLeaveAGap) {
  RedCall call;
  call.lose = [](std::size_t packet) { return packet == 4 || packet == 5; };
  call.speak(30);
  ASSERT_THAT(call.right->frames, SizeIs(29));
  EXPECT_EQ(call.right->frames[3].arrived.frame.data, opus(3));
  EXPECT_EQ(call.right->frames[4].arrived.frame.data, opus(5));
  EXPECT_EQ(call.right->frames[4].time, 100ms);
}

TEST(SessionRed, WithoutPreferenceNothingIsRepeated) {
  Section section = red_section();
  std::swap(section.send_formats[0], section.send_formats[1]);
  RedCall call(section);
  call.speak(3);
  EXPECT_THAT(call.types, testing::Each(kOpus));
  EXPECT_THAT(call.payloads, ElementsAre(opus(0), opus(1), opus(2)));
  expect_frames(call, 3);
}

TEST(SessionRed, OfAnotherRateNothingIsRepeated) {
  Section section = red_section();
  section.send_formats[0].clock_rate = 8000;
  RedCall call(section);
  call.speak(3);
  EXPECT_THAT(call.types, testing::Each(kOpus));
}

TEST(SessionRed, RepetitionsOfWhatWasNeverSentAreNoHarm) {
  RedCall call;
  call.speak(2);
  // Twenty blocks, the oldest of long ago.
  Bytes payload;
  for (std::uint32_t i = 20; i > 0; --i) {
    const std::uint32_t header = std::uint32_t{0x80U | kOpus.get()} << 24 | (i * 800U) << 10 | 4U;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) payload.push_back(static_cast<std::uint8_t>(header >> shift));
  }
  payload.push_back(kOpus.get());
  for (std::uint8_t i = 0; i < 21; ++i) {
    const Bytes one = opus(i);
    payload.insert(payload.end(), one.begin(), one.end());
  }
  Bytes packet(12);
  rtp::write_header({.payload_type = kRed.payload_type, .sequence_number = 7, .timestamp = 9, .ssrc = Ssrc(77)}, {},
                    packet);
  packet.insert(packet.end(), payload.begin(), payload.end());
  call.right->session.receive_rtp(packet, call.now);
  ASSERT_THAT(call.right->frames, SizeIs(3));
  EXPECT_EQ(call.right->frames[2].arrived.frame.data, opus(20));
}

}  // namespace
}  // namespace parley::media::test::session_red_test
