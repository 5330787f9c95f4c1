// Packets of one session that another one passes on.
#include <gmock/gmock.h>

#include <set>

#include "call.hpp"
#include "media/layer_selector.hpp"
#include "rtp/feedback.hpp"

namespace parley::media::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const Encoding kFirst{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};
const Encoding kSecond{.source = Ssrc(2000), .retransmission = Ssrc(2001), .rid = ""};

OutgoingPacket forwarded(const ReceivedPacket& packet) {
  return {.payload = packet.packet.payload,
          .source = packet.source,
          .number = packet.packet.sequence_number,
          .timestamp = packet.packet.timestamp,
          .marker = packet.packet.marker,
          .codec = packet.codec};
}

/// A sender, a forwarder with a session on either side, a receiver.
struct Relay {
  explicit Relay(const Section& section = video_section()) {
    in.left->session.configure({sending(section, {kFirst})});
    in.right->session.configure({receiving(section)});
    out.left->session.configure({sending(section, {kSecond})});
    out.right->session.configure({receiving(section)});
    in.connect();
    out.connect();
    in.right->forward = [this](const ReceivedPacket& packet) {
      out.now = in.now;
      EXPECT_TRUE(out.left->session.send(kVideo, "", forwarded(packet), out.now));
    };
  }
  void stream(int frames, std::size_t size = 4000) {
    for (int i = 0; i < frames; ++i, ++sent) {
      const Bytes data = vp8(sent == 0, size, static_cast<std::uint8_t>(sent));
      ASSERT_TRUE(in.left->session.send(kVideo, "", frame_of(data, sent == 0), in.now));
      in.run(33ms);
      out.run(in.now - out.now);
    }
  }
  void expect_all_frames() {
    in.run(1s);
    out.run(in.now - out.now);
    ASSERT_THAT(out.right->frames, SizeIs(static_cast<std::size_t>(sent)));
    for (int i = 0; i < sent; ++i)
      EXPECT_EQ(out.right->frames[static_cast<std::size_t>(i)].arrived.frame.data,
                vp8(i == 0, 4000, static_cast<std::uint8_t>(i)));
  }
  Call in{1}, out{2};
  int sent = 0;
};

TEST(Forwarding, PacketsArriveUnderTheSourceOfTheForwarder) {
  Relay relay;
  relay.stream(50);
  relay.expect_all_frames();
  EXPECT_EQ(relay.out.right->frames[0].source, kSecond.source);
}

/// A local track that was not enabled for a while, or another one in its place.
TEST(Forwarding, WhatIsMissingWhereTheSourceChangesIsSeen) {
  for (const bool begins_anew : {false, true}) {
    Call call;
    call.left->session.configure({sending(video_section(), {kFirst})});
    call.right->session.configure({receiving(video_section())});
    call.connect();
    const auto send = [&](std::uint16_t number, bool key) {
      Bytes payload = vp8(key, 20, static_cast<std::uint8_t>(number));
      payload.insert(payload.begin(), 0x10);
      EXPECT_TRUE(call.left->session.send(kVideo, "",
                                          OutgoingPacket{.payload = payload,
                                                         .source = Ssrc(7),
                                                         .number = number,
                                                         .timestamp = 3000U * number,
                                                         .marker = true,
                                                         .codec = "VP8",
                                                         .begins_key_frame = key},
                                          call.now));
      call.run(33ms);
    };
    send(100, true);
    send(101, false);
    call.left->session.change_source(kVideo);
    send(110, begins_anew);
    send(111, false);
    EXPECT_THAT(call.right->frames, SizeIs(begins_anew ? 4U : 2U));
  }
}

TEST(Forwarding, WhatIsRepairedBeforeIsPassedOnLater) {
  Relay relay;
  relay.in.to_right.loss = 0.05;
  relay.stream(200);
  relay.expect_all_frames();
  EXPECT_GT(relay.in.lost_packets(), 10U);
}

TEST(Forwarding, WhatIsLostBehindIsRepairedByTheForwarder) {
  Relay relay;
  relay.out.to_right.loss = 0.05;
  relay.stream(200);
  relay.expect_all_frames();
  EXPECT_GT(relay.out.lost_packets(), 10U);
  EXPECT_EQ(relay.in.lost_packets(), 0U);
}

/// One direction with packets written by hand.
struct Written : Call {
  explicit Written(const Section& section = video_section()) {
    left->session.configure({sending(section, {kSecond})});
    right->session.configure({receiving(section)});
    connect();
    filter = [this](ByteView packet, bool rtcp) {
      const auto view = rtp::PacketView::parse(packet);
      if (!rtcp && view->header().ssrc == kSecond.source) {
        numbers.push_back(view->header().sequence_number);
        timestamps.push_back(view->header().timestamp);
      }
      return false;
    };
  }
  void write(std::uint32_t source, std::uint16_t number, std::uint32_t timestamp) {
    const auto payload = std::make_shared<const Bytes>(Bytes{0x10, 0x01, 0, 0});
    ASSERT_TRUE(left->session.send(
        kVideo, "",
        OutgoingPacket{
            .payload = *payload, .owner = payload, .source = Ssrc(source), .number = number, .timestamp = timestamp},
        now));
    run(0ms);
  }
  /// The numbers from the first one on.
  [[nodiscard]] std::vector<int> distances() const {
    std::vector<int> result;
    for (const std::uint16_t number : numbers) result.push_back(static_cast<std::int16_t>(number - numbers.at(0)));
    return result;
  }
  std::vector<std::uint16_t> numbers;
  std::vector<std::uint32_t> timestamps;
};

TEST(Forwarding, DistancesOfNumbersStayAndNoneIsUsedTwice) {
  Written call;
  for (const int number : {65534, 65535, 1, 0, 1, 65530, 4}) call.write(7, static_cast<std::uint16_t>(number), 1000);
  call.run(100ms);  // of the pacer
  EXPECT_THAT(call.distances(), ElementsAre(0, 1, 3, 2, 6)) << "a repeated number and one from before the beginning";
}

TEST(Forwarding, AnotherSourceGoesOnWhereTheLastOneStopped) {
  Written call;
  call.write(7, 100, 5000);
  call.write(7, 102, 8000);
  call.run(100ms);
  call.write(8, 60000, 777);
  call.write(8, 59999, 777);  // would take the place of what source 7 has sent, or may still send
  call.write(8, 60001, 3777);
  EXPECT_THAT(call.distances(), ElementsAre(0, 2, 3, 4));
  EXPECT_EQ(call.timestamps[1] - call.timestamps[0], 3000U);
  EXPECT_EQ(call.timestamps[2] - call.timestamps[1], 9000U) << "100 ms later";
  EXPECT_EQ(call.timestamps[3] - call.timestamps[2], 3000U);
}

/// Frames behind packets and packets behind frames: time goes on as it passes.
TEST(Forwarding, WhoWritesPacketsMayWriteFramesAsWell) {
  Written call;
  const Bytes data = vp8(true, 100, 1);
  const auto write_frame = [&] { ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(data, true), call.now)); };
  call.write(7, 100, 5000);
  call.run(100ms);
  write_frame();
  call.run(100ms);
  call.write(7, 107, 1'000'000);
  call.write(7, 108, 1'000'900);
  call.write(7, 106, 999'000);  // has been overtaken
  call.run(100ms);
  write_frame();
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 1; i < call.timestamps.size(); ++i) steps.push_back(call.timestamps[i] - call.timestamps[i - 1]);
  EXPECT_THAT(steps, ElementsAre(9000U, 9000U, 900U, 9000U)) << "what is before a frame comes too late";
}

TEST(Forwarding, APacketThatComesLateDoesNotTurnTimeBack) {
  Written call;
  call.write(7, 100, 5000);
  call.write(7, 102, 23'000);
  call.write(7, 101, 14'000);
  call.run(100ms);
  call.write(8, 1, 0);
  ASSERT_THAT(call.timestamps, SizeIs(4));
  EXPECT_EQ(call.timestamps[3] - call.timestamps[1], 9000U) << "100 ms after the newest";
}

/// What comes after a jump by half of all numbers would seem old to everybody behind.
TEST(Forwarding, ASourceThatJumpsDoesNotSilenceWhatComesAfterIt) {
  Written call;
  call.write(7, 100, 1000);
  call.write(7, 101, 1000);
  call.write(7, 101 + 0x7FFF, 1000);
  call.write(7, 102 + 0x7FFF, 1000);
  call.run(100ms);
  call.write(8, 5, 777);
  call.run(100ms);
  EXPECT_THAT(call.distances(), ElementsAre(0, 1, 2, 3, 4));
}

/// A viewer looks elsewhere for minutes, while its source uses more than half of all numbers: what comes then is not
/// old.
TEST(Forwarding, WhatComesAfterALongPauseIsSent) {
  Written call;
  call.write(7, 100, 1000);
  call.write(7, 101, 1000);
  Encoding paused = kSecond;
  paused.active = false;
  call.left->session.configure({sending(video_section(), {paused})});
  std::uint16_t number = 102;
  for (int i = 0; i < 40; ++i, number += 1000) {
    call.write(7, number, 1000 + number);
    call.run(3s);
  }
  call.left->session.configure({sending(video_section(), {kSecond})});
  for (int i = 0; i < 3; ++i) call.write(7, static_cast<std::uint16_t>(number + i), 1000 + number);
  call.run(100ms);
  EXPECT_THAT(call.distances(), ElementsAre(0, 1, 3, 4, 5)) << "something is missing, and the receiver should know";
}

/// The same without a pause: it counts anew, or the program has chosen what to pass on.
TEST(Forwarding, ASourceThatGoesOnWithAnyNumberIsHeard) {
  for (const int jump : {0x8001, 0x9000, 0xF000, 0x10000 - 2000}) {
    Written call;
    call.write(7, 100, 1000);
    call.write(7, 101, 4000);
    call.write(7, static_cast<std::uint16_t>(101 + jump), 7000);
    call.write(7, static_cast<std::uint16_t>(103 + jump), 10'000);
    call.write(7, static_cast<std::uint16_t>(102 + jump), 7000);
    call.write(7, static_cast<std::uint16_t>(101 + jump - 1500), 5000);  // so late it is of no use
    call.run(100ms);
    EXPECT_THAT(call.distances(), ElementsAre(0, 1, 3, 5, 4)) << jump;
  }
}

TEST(Forwarding, APacketThatIsTooLongIsRefused) {
  Written call;
  const Bytes payload(1501, 1);
  EXPECT_EQ(call.left->session.send(kVideo, "", OutgoingPacket{.payload = payload}, call.now).error().kind,
            ErrorKind::InvalidAccessError);
  EXPECT_EQ(
      call.left->session.send(kVideo, "", OutgoingPacket{.payload = payload, .codec = "AV1"}, call.now).error().kind,
      ErrorKind::InvalidAccessError);
}

/// A picture in two sizes, of which the receiver gets one after the other.
TEST(Forwarding, TheReceiverDoesNotNoticeThatLayersChange) {
  const Encoding low{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = "l"};
  const Encoding high{.source = Ssrc(1100), .retransmission = Ssrc(1101), .rid = "h"};
  Call in{1}, out{2};
  in.left->session.configure({sending(video_section(), {low, high})});
  in.right->session.configure({receiving(video_section())});
  out.left->session.configure({sending(video_section(), {kSecond})});
  out.right->session.configure({receiving(video_section())});
  in.connect();
  out.connect();
  in.to_right.loss = out.to_right.loss = 0.02;
  LayerSelector selector;
  in.right->forward = [&](const ReceivedPacket& packet) {
    out.now = in.now;
    const auto selected = selector.forward({.packet = forwarded(packet),
                                            .rid = packet.rid,
                                            .begins_key_frame = packet.info.begins_frame && packet.info.key_frame},
                                           in.now);
    EXPECT_TRUE(!selected || out.left->session.send(kVideo, "", *selected, out.now));
    if (const auto rid = selector.key_frame_request(in.now)) in.right->session.request_key_frame(kVideo, *rid, in.now);
  };
  std::size_t asked = 0, key_frames[2]{};
  for (int i = 0; i < 300; ++i) {
    if (i % 50 == 0) selector.select(Layer{.rid = i % 100 == 0 ? "l" : "h"});
    std::set<std::string> wanted;
    for (; asked < in.left->requests.size(); ++asked) wanted.insert(in.left->requests[asked].second);
    for (const bool larger : {false, true}) {
      const std::string rid = larger ? "h" : "l";
      const bool key = i == 0 || wanted.contains(rid);
      key_frames[larger] += key ? 1 : 0;
      const Bytes data = vp8(key, larger ? 6000 : 2000, static_cast<std::uint8_t>(i));
      ASSERT_TRUE(in.left->session.send(kVideo, rid, frame_of(data, key), in.now));
    }
    in.run(33ms);
    out.run(in.now - out.now);
  }
  in.run(1s);
  out.run(in.now - out.now);
  const auto& frames = out.right->frames;
  EXPECT_GE(frames.size(), 290U);
  std::size_t changes = 0;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    const auto& before = frames[i - 1].arrived;
    const auto& frame = frames[i].arrived;
    EXPECT_EQ(*frame.frame.info.picture_id, (*before.frame.info.picture_id + 1) & 0x7FFF);
    EXPECT_TRUE(rtp::is_later(frame.timestamp, before.timestamp));
    if (frame.frame.data.size() == before.frame.data.size()) continue;
    ++changes;
    EXPECT_TRUE(frame.frame.info.key_frame);
  }
  EXPECT_EQ(changes, 5U);
  // Nothing is missing but what was lost on the way.
  EXPECT_LE(out.right->session.statistics(out.now).incoming[0].packets_lost, static_cast<int>(out.lost_packets()));
  EXPECT_LT(key_frames[0], 10U) << "only the one that is wanted is asked for";
  EXPECT_LT(key_frames[1], 10U);
}

/// What a forwarder leaves out counts as lost for its receiver, and as never sent for itself.
TEST(Forwarding, StatisticsAreThoseOfWhatWasPassedOn) {
  Relay relay;
  std::uint64_t seen = 0, passed = 0;
  std::set<std::uint32_t> frames;
  const auto pass = relay.in.right->forward;
  relay.in.right->forward = [&](const ReceivedPacket& packet) {
    if (++seen % 10 == 5) return;
    ++passed;
    frames.insert(packet.packet.timestamp);
    pass(packet);
  };
  relay.stream(100);
  relay.out.run(2s);
  const auto out = relay.out.left->session.statistics(relay.out.now).outgoing;
  const auto in = relay.out.right->session.statistics(relay.out.now).incoming;
  ASSERT_TRUE(out.size() == 1 && in.size() == 1);
  EXPECT_EQ(out[0].counters.packets, passed);
  EXPECT_EQ(out[0].packets_received, passed);
  EXPECT_EQ(out[0].counters.frames, frames.size());
  EXPECT_EQ(in[0].counters.packets, passed);
  EXPECT_GT(in[0].packets_lost, 30);
}

}  // namespace
}  // namespace parley::media::test
