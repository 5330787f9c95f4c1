// What is more important than other things of the same connection: webrtc-priority.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/frames.hpp"
#include "support/marked_sockets.hpp"
#include "support/pair.hpp"

namespace parley::priority_test {
namespace {

using test::audio_frame;
using test::Latch;
using test::marked_sockets;
using test::on_loopback;
using test::Pair;
using namespace std::chrono_literals;
using enum RTCPriorityType;

constexpr int kExpedited = 46;  // RFC 8837: important sound

template <class F>
auto on_loop(F call) {
  return EventLoop::shared()->run(call).get(20s);
}

Promise<void> negotiated(Pair& pair) { co_await pair.negotiate(); }

TEST(Priority, OfAChannelIsToldToThePeer) {
  Pair pair;
  for (const auto priority : {VeryLow, Low, Medium, High})
    EXPECT_EQ(pair.offerer.createDataChannel(std::string(to_string(priority)), {.priority = priority})->priority(),
              priority);
  EXPECT_EQ(pair.offerer.createDataChannel("low")->priority(), Low);
  Latch all;
  std::vector<std::pair<std::string, RTCPriorityType>> seen;
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    seen.emplace_back(event.channel->label(), event.channel->priority());
    if (seen.size() == 5) all.set();
  };
  on_loop([&] { return negotiated(pair); });
  ASSERT_TRUE(all.wait());
  EXPECT_THAT(
      seen, testing::UnorderedElementsAre(std::pair("very-low", VeryLow), std::pair("low", Low),
                                          std::pair("medium", Medium), std::pair("high", High), std::pair("low", Low)));
}

/// Both send without end; when half of what the important one has is there, the other one has much less.
TEST(Priority, OfAChannelGivesItMoreOfTheAssociation) {
  constexpr std::size_t kAll = 8 << 20, kMessage = 16 << 10;
  std::size_t arrived_high = 0, arrived_low = 0, low_then = 0;
  Latch half, both;
  int open = 0;
  Pair pair;  // its handlers use the others
  const auto high = pair.offerer.createDataChannel("high", {.priority = High});
  const auto low = pair.offerer.createDataChannel("very-low", {.priority = VeryLow});
  for (const auto& channel : {high, low})
    channel->onopen = [&] {
      if (++open == 2) both.set();
    };
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&, important = event.channel->label() == "high"](const MessageEvent& message) {
      (important ? arrived_high : arrived_low) += message.bytes().size();
      if (!important || arrived_high < kAll / 2 || half.is_set()) return;
      low_then = arrived_low;
      half.set();
    };
  };
  on_loop([&] { return negotiated(pair); });
  ASSERT_TRUE(both.wait());
  EventLoop::shared()->run([&] {
    const std::vector<std::uint8_t> message(kMessage, 1);
    for (std::size_t sent = 0; sent < kAll; sent += kMessage)
      for (const auto& channel : {low, high}) channel->send(message);
  });
  ASSERT_TRUE(half.wait());
  EXPECT_LT(low_then, kAll / 2 / 2);  // an eighth, and what SCTP took at the beginning
}

TEST(Priority, OfAnEncodingIsAParameter) {
  RTCPeerConnection connection;
  const auto transceiver = connection.addTransceiver("video", {.sendEncodings = {{.priority = High}}});
  on_loop([&]() -> Promise<void> {
    auto parameters = transceiver->sender()->getParameters();
    EXPECT_EQ(parameters.encodings[0].priority, High);
    EXPECT_EQ(parameters.encodings[0].networkPriority, std::nullopt);
    parameters.encodings[0].priority = Medium;
    parameters.encodings[0].networkPriority = VeryLow;
    co_await transceiver->sender()->setParameters(parameters);
  });
  EXPECT_EQ(transceiver->sender()->getParameters().encodings[0].priority, Medium);
  EXPECT_EQ(transceiver->sender()->getParameters().encodings[0].networkPriority, VeryLow);
  EXPECT_EQ(connection.addTransceiver("audio")->sender()->getParameters().encodings[0].priority, Low);
}

TEST(Priority, OfASenderGivesItMoreOfTheRate) {
  Pair pair;
  std::array<std::shared_ptr<MediaStreamTrack>, 2> tracks{MediaStreamTrack::create("video"),
                                                          MediaStreamTrack::create("video")};
  pair.offerer.addTransceiver(tracks[0], {.sendEncodings = {{.priority = High}}});
  pair.offerer.addTransceiver(tracks[1], {});
  double high = 0, ratio = 0;
  Latch told;
  tracks[0]->ontargetbitrate = [&](const TargetBitrateEvent& event) {
    EXPECT_EQ(event.sender->track(), tracks[0]);
    high = event.bits_per_second;
  };
  tracks[1]->ontargetbitrate = [&](const TargetBitrateEvent& event) {
    ratio = high / event.bits_per_second;
    told.set();
  };
  on_loop([&] { return negotiated(pair); });
  on_loop([&]() -> Promise<void> {
    for (std::uint32_t i = 0; i < 1000 && !told.is_set(); ++i) {
      for (const auto& track : tracks) track->write(test::vp8_frame(RTCEncodedVideoFrameType::Key, 3000, i));
      co_await EventLoop::shared()->delay(20ms);
    }
  });
  ASSERT_TRUE(told.wait());
  EXPECT_NEAR(ratio, 4, 0.01);
}

/// Through libnice, whose sockets show it.
TEST(Priority, OfTheNetworkMarksPacketsAndNothingElseDoes) {
  RTCConfiguration configuration = on_loopback();
  configuration.network.fast_path = false;
  Pair pair(configuration, configuration);
  const auto track = MediaStreamTrack::create("audio");
  const auto sender = pair.offerer.addTrack(track);
  std::size_t arrived = 0;
  Latch first, second, third, connected;
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    event.track->onaudioframe = [&] {
      ++arrived;
      (arrived == 1 ? first : arrived == 2 ? second : third).set();
    };
  };
  on_loop([&] { return negotiated(pair); });
  ASSERT_TRUE(connected.wait());
  track->write(audio_frame(60, 1));
  ASSERT_TRUE(first.wait());
  EXPECT_EQ(marked_sockets(kExpedited), 0U);
  const auto set = [&](std::optional<RTCPriorityType> priority) -> Promise<void> {
    auto parameters = sender->getParameters();
    parameters.encodings[0].networkPriority = priority;
    co_await sender->setParameters(parameters);
  };
  on_loop([&] { return set(High); });
  track->write(audio_frame(60, 2));
  ASSERT_TRUE(second.wait());
  EXPECT_EQ(marked_sockets(kExpedited), 1U);
  on_loop([&] { return set(std::nullopt); });
  track->write(audio_frame(60, 3));
  ASSERT_TRUE(third.wait());
  EXPECT_EQ(marked_sockets(kExpedited), 0U);
}

}  // namespace
}  // namespace parley::priority_test
