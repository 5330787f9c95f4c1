#include "media/layer_choice.hpp"

#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::layer_choice_test {
namespace {

using test::Call;
using test::kVideo;
using Verdict = LayerChoice::Verdict;

constexpr TimePoint kStart{1000s};

TEST(LayerChoice, BeginsWithAKeyFrameAndStaysWithItsLayer) {
  LayerChoice choice;
  EXPECT_EQ(choice.judge("h", false, 0, kStart), Verdict::NeedsKeyFrame);
  EXPECT_EQ(choice.judge("h", true, 1000, kStart), Verdict::TakeFromNow);
  EXPECT_EQ(choice.judge("h", false, 0, kStart), Verdict::Take);
  EXPECT_EQ(choice.judge("l", true, 250, kStart), Verdict::Leave);
  EXPECT_EQ(choice.judge("l", false, 0, kStart), Verdict::Leave);
  EXPECT_EQ(choice.judge("h", true, 1000, kStart), Verdict::Take);
}

TEST(LayerChoice, GoesUpToTheLargestWithItsKeyFrame) {
  LayerChoice choice;
  EXPECT_EQ(choice.judge("l", true, 250, kStart), Verdict::TakeFromNow);
  EXPECT_EQ(choice.judge("h", false, 0, kStart), Verdict::Leave);
  EXPECT_EQ(choice.judge("h", true, 1000, kStart), Verdict::TakeFromNow);
  EXPECT_EQ(choice.judge("l", false, 0, kStart), Verdict::Leave);
}

TEST(LayerChoice, TakesAnotherOneWhenItsOwnIsSilent) {
  LayerChoice choice;
  EXPECT_EQ(choice.judge("h", true, 1000, kStart), Verdict::TakeFromNow);
  EXPECT_EQ(choice.judge("l", true, 250, kStart + 1s), Verdict::Leave);
  EXPECT_EQ(choice.judge("l", false, 0, kStart + 1001ms), Verdict::NeedsKeyFrame);
  EXPECT_EQ(choice.judge("l", true, 250, kStart + 1100ms), Verdict::TakeFromNow);
  EXPECT_EQ(choice.judge("l", false, 0, kStart + 1200ms), Verdict::Take);
}

/// What comes in layers goes out of a sender that has none as one of them.
TEST(LayerChoice, IsMadeBySendersWithoutLayers) {
  Call call;
  call.left->session.configure(
      {test::sending(test::video_section(), {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""}})});
  call.right->session.configure({test::receiving(test::video_section())});
  call.connect();
  const auto send = [&](std::string_view rid, bool key) {
    const Bytes data = test::vp8(key, rid == "h" ? 900 : 300, rid == "h" ? 1 : 2);
    const std::uint16_t width = !key ? 0 : rid == "h" ? 640 : 320;
    ASSERT_TRUE(call.left->session.send(
        kVideo, rid, {.data = data, .info = {.key_frame = key, .width = width, .height = width}}, call.now));
  };
  const auto round = [&](bool key, bool with_large) {
    send("l", key);
    if (with_large) send("h", key);
    call.run(33ms);
  };
  const auto fills = [&] {
    std::string all;
    for (const ReceivedFrame& frame : call.right->frames) all += frame.arrived.frame.data.back() == 1 ? 'h' : 'l';
    return all;
  };
  round(false, true);
  EXPECT_TRUE(call.right->frames.empty());
  EXPECT_FALSE(call.left->requests.empty()) << "there is nothing to begin with";
  round(true, true);
  for (int i = 0; i < 3; ++i) round(false, true);
  EXPECT_EQ(fills(), "lhhhh") << "the larger one from its key frame on";
  call.left->requests.clear();
  for (int i = 0; i < 40; ++i) round(false, false);
  EXPECT_FALSE(call.left->requests.empty());
  EXPECT_EQ(fills(), "lhhhh");
  round(true, false);
  round(false, false);
  EXPECT_EQ(fills(), "lhhhhll");
  // On one clock, whatever theirs are.
  for (std::size_t i = 1; i < call.right->frames.size(); ++i)
    EXPECT_GE(call.right->frames[i].time, call.right->frames[i - 1].time);
}

}  // namespace
}  // namespace parley::media::layer_choice_test
