// What time sound has as RTP counts it.
#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test {
namespace {

using testing::Each;
using testing::ElementsAre;

struct SoundCall : Call {
  SoundCall() {
    left->session.configure({sending(audio_section(), {{.source = Ssrc(7), .retransmission = Ssrc(8), .rid = ""}})});
    right->session.configure({receiving(audio_section())});
    filter = [this](ByteView packet, bool rtcp) {
      if (!rtcp) timestamps.push_back(rtp::PacketView::parse(packet)->header().timestamp);
      return false;
    };
    connect();
  }
  void send(std::optional<std::chrono::microseconds> timestamp = std::nullopt) {
    const Bytes data(60, 0x78);  // 20 ms of Opus
    ASSERT_TRUE(left->session.send(kAudio, "", {.data = data, .info = {}, .timestamp = timestamp}, now));
  }
  [[nodiscard]] std::vector<std::uint32_t> steps() const {
    std::vector<std::uint32_t> all;
    for (std::size_t i = 1; i < timestamps.size(); ++i) all.push_back(timestamps[i] - timestamps[i - 1]);
    return all;
  }
  std::vector<std::uint32_t> timestamps;
};

/// Timers are late now and then. What is heard is not.
TEST(SoundTime, GoesOnWhereTheLastPieceEndedIfNothingIsSaidOfIt) {
  SoundCall call;
  for (const auto wait : {19ms, 23ms, 18ms, 60ms, 3ms, 2ms, 15ms, 20ms}) {
    call.send();
    call.run(wait);
  }
  EXPECT_THAT(call.steps(), Each(960U));
}

TEST(SoundTime, KnowsAPauseNevertheless) {
  SoundCall call;
  call.send();
  call.run(20ms);
  call.send();
  call.run(520ms);
  call.send();
  call.run(20ms);
  call.send();
  ASSERT_EQ(call.steps().size(), 3U);
  EXPECT_THAT(call.steps(), ElementsAre(960U, testing::AllOf(testing::Ge(24'900U), testing::Le(25'000U)), 960U));
}

/// Half a minute of speech, written as fast as it was made.
TEST(SoundTime, KeepsItsDistancesHoweverFarAheadItIsWritten) {
  SoundCall said, unsaid;
  for (int i = 0; i < 1500; ++i) {
    said.send(i * 20ms);
    unsaid.send();
  }
  EXPECT_THAT(said.steps(), testing::AllOf(testing::SizeIs(1499), Each(960U)));
  EXPECT_THAT(unsaid.steps(), testing::AllOf(testing::SizeIs(1499), Each(960U)));
}

TEST(SoundTime, BeginsAnewAfterAJump) {
  SoundCall call;
  call.send(0ms);
  call.run(20ms);
  call.send(1h);
  call.run(20ms);
  call.send(1h + 20ms);
  ASSERT_EQ(call.steps().size(), 2U);
  EXPECT_LE(call.steps()[0], 1000U);
  EXPECT_EQ(call.steps()[1], 960U);
}

}  // namespace
}  // namespace parley::media::test
