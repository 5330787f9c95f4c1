// What a receiver gets of a stream whose packets have dependency descriptors.
#include <gmock/gmock.h>

#include <random>
#include <vector>

#include "descriptor_forwarder.hpp"

namespace parley::media::test::described {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Eq;
std::vector<int> up_to(std::size_t count) {
  std::vector<int> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(static_cast<int>(i));
  return result;
}

TEST(LayerSelectorByDescriptor, WhatIsForwardedWholeStaysAsItIs) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l"});
  const auto key = stream.picture({0, 3});
  const auto sent = forwarder.selector.forward(key[0].packet, forwarder.now);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->payload.data(), key[0].payload->data());
  EXPECT_EQ(sent->descriptor.data(), key[0].descriptor->data());
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
}

TEST(LayerSelectorByDescriptor, LeavesOutUpperRatesAndTellsSo) {
  Forwarder forwarder;
  Stream stream{.structure = three_rates(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 1});
  for (const std::size_t one : {0U, 3U, 2U, 4U, 1U, 3U, 2U, 4U}) forwarder.give(stream.picture({one}));
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 2, 4, 6)) << "frames keep their numbers";
  EXPECT_EQ(forwarder.numbers(), up_to(8));
  EXPECT_THAT(forwarder.active(), Each(Eq(0b011U)));
  EXPECT_EQ(forwarder.selector.current()->temporal_index, 1);
}

TEST(LayerSelectorByDescriptor, GoesUpInTimeAtASwitchWhoseReferencesAreThere) {
  Forwarder forwarder;
  Stream stream{.structure = three_rates(), .rid = "l"};
  const auto pictures = [&](std::initializer_list<std::size_t> some) {
    for (const std::size_t one : some) forwarder.give(stream.picture({one}));
  };
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  pictures({0, 3, 2});
  forwarder.selector.select(Layer{.rid = "l"});
  pictures({4});  // 3: made from what was left out
  EXPECT_THAT(forwarder.frames(), ElementsAre(0));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
  pictures({1, 3});
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 4, 5));
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  pictures({2, 4, 1, 3});
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 4, 5, 8));
  forwarder.selector.select(Layer{.rid = "l"});
  pictures({2, 4});  // 10 needs 8 only, and what comes needs nothing older
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 4, 5, 8, 10, 11));
  EXPECT_EQ(forwarder.numbers(), up_to(12));
  EXPECT_EQ(forwarder.active().back(), 0b111U) << "all is there again, which has to be said";
}

TEST(LayerSelectorByDescriptor, DoesNotGoUpWhereTheChainIsBroken) {
  Forwarder forwarder;
  Stream stream{.structure = two_rates(), .rid = "l"};
  const auto pictures = [&](std::initializer_list<std::size_t> some) {
    for (const std::size_t one : some) forwarder.give(stream.picture({one}));
  };
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  pictures({0, 2});
  const auto lost = stream.picture({1});  // 2
  forwarder.selector.select(Layer{.rid = "l"});
  pictures({2, 1, 2});  // 3, 4, 5
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 4, 5)) << "3 may need the lost one";
  forwarder.give(lost);
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 4, 5, 2)) << "it may still be of use";
}

TEST(LayerSelectorByDescriptor, WhatNobodyNeedsCanBeginAnywhere) {
  Forwarder forwarder;
  Stream stream{.structure = two_rates(), .rid = "l"};
  const auto pictures = [&](std::initializer_list<std::size_t> some) {
    for (const std::size_t one : some) forwarder.give(stream.picture({one}));
  };
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  pictures({0, 2, 1});
  forwarder.selector.select(Layer{.rid = "l"});
  pictures({2});
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 2, 3));
}

TEST(LayerSelectorByDescriptor, TheLargestFrameThatIsForwardedEndsThePicture) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 0});
  forwarder.give(stream.picture({0, 3}));
  forwarder.give(stream.picture({2, 5}));
  forwarder.give(stream.picture({1, 4}));
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 2, 4));
  EXPECT_THAT(forwarder.marked(), ElementsAre(0, 2, 4));
  EXPECT_EQ(forwarder.numbers(), up_to(6));
  EXPECT_THAT(forwarder.active(), Each(Eq(0b0011U)));
}

TEST(LayerSelectorByDescriptor, GoesDownInSizeWithTheNextPictureAndUpWithAKeyFrame) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(stream.picture({0, 3}));
  const auto begun = stream.picture({2, 5});
  forwarder.give(begun[0]);
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 0});
  for (std::size_t i = 1; i < begun.size(); ++i) forwarder.give(begun[i]);
  forwarder.give(stream.picture({1, 4}));  // 4, 5
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(stream.picture({2, 5}));  // 6, 7
  forwarder.give(stream.picture({1, 4}));  // 8, 9
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "l");
  EXPECT_EQ(forwarder.frames().back(), 8) << "the smaller size goes on meanwhile";
  forwarder.give(stream.picture({0, 3}));  // 10, 11
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 1s), std::nullopt);
  EXPECT_EQ(forwarder.frames().back(), 11);
  EXPECT_EQ(forwarder.marked().back(), 11);
  EXPECT_EQ(forwarder.active().back(), std::nullopt) << "a structure means all";
  EXPECT_EQ(forwarder.numbers(), up_to(forwarder.out.size()));
}

TEST(LayerSelectorByDescriptor, SizesThatHaveNothingInCommonChangeAtKeyFrames) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes_apart(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(stream.picture({0, 2}));
  forwarder.give(stream.picture({1, 3}));
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 1, 3)) << "the smaller one is needed at the beginning only";
  EXPECT_THAT(forwarder.active(), Each(Eq(0b10U)));
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 0});
  forwarder.give(stream.picture({1, 3}));
  EXPECT_EQ(forwarder.frames().back(), 5) << "the smaller one has no beginning";
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "l");
  forwarder.give(stream.picture({0, 2}));
  forwarder.give(stream.picture({1, 3}));
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 1, 3, 5, 6, 8));
  EXPECT_EQ(forwarder.active().back(), 0b01U);
  EXPECT_THAT(forwarder.marked(), ElementsAre(1, 3, 5, 6, 8));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 1s), std::nullopt);
}

TEST(LayerSelectorByDescriptor, WhatTheSenderHasSwitchedOffIsNotWaitedFor) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l"});
  stream.active = 0b0011;
  forwarder.give(stream.picture({0}));
  forwarder.give(stream.picture({2}));
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 1));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
  EXPECT_THAT(forwarder.active(), Each(Eq(0b0011U)));
}

TEST(LayerSelectorByDescriptor, AnotherEncodingGoesOnWithItsNumbersAndTemplates) {
  Forwarder forwarder;
  Stream slow{.structure = three_rates(), .rid = "l", .frame = 0xFFFF},
      fast{.structure = two_sizes(), .rid = "h", .source = Ssrc(2000), .frame = 500};
  forwarder.selector.select(Layer{.rid = "l"});
  for (const std::size_t one : {0U, 3U}) forwarder.give(slow.picture({one}));
  forwarder.selector.select(Layer{.rid = "h"});
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "h");
  const auto key = fast.picture({0, 3});
  forwarder.give(key);
  forwarder.give(fast.picture({2, 5}));
  std::vector<int> frames, templates;
  for (const Out& one : forwarder.out) {
    ASSERT_TRUE(one.told) << "the receiver understands all of them";
    if (!one.told->last_packet) continue;
    frames.push_back(one.told->frame_number);
    templates.push_back(one.told->template_id);
  }
  EXPECT_THAT(frames, ElementsAre(0xFFFF, 0, 1, 2, 3, 4));
  EXPECT_THAT(templates, ElementsAre(0, 3, 5, 8, 7, 10)) << "those of the second begin behind the first";
  EXPECT_EQ(forwarder.out[4].told->structure->first_template, 5);
  EXPECT_EQ(forwarder.numbers(), up_to(12));
}

TEST(LayerSelectorByDescriptor, WhatIsRepairedLaterComesIntoItsPlace) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 0});
  forwarder.give(stream.picture({0, 3}));
  const auto lost = stream.picture({2, 5});
  forwarder.give(stream.picture({1, 4}));
  EXPECT_TRUE(forwarder.give(lost[1]));
  EXPECT_TRUE(forwarder.give(lost[2])) << "its number cannot be left out any more";
  EXPECT_TRUE(forwarder.give(lost[0]));
  EXPECT_FALSE(forwarder.give(lost[0])) << "twice";
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 6, 7, 3, 4, 2));
  EXPECT_EQ(forwarder.out[4].content, 2);
  EXPECT_TRUE(forwarder.out[4].marker);
  EXPECT_EQ(forwarder.out[5].content, -1);
}

/// The structure that a frame refers to is behind: it is forwarded, as nobody knows what it is.
TEST(LayerSelectorByDescriptor, AStructureMayComeLate) {
  Forwarder forwarder;
  Stream stream{.structure = two_sizes(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 0});
  forwarder.give(stream.picture({0, 3}));
  stream.structure.first_template = 20;
  const auto key = stream.picture({0, 3});
  for (std::size_t i = 1; i < key.size(); ++i) forwarder.give(key[i]);
  EXPECT_EQ(forwarder.out.size(), 5U);
  EXPECT_TRUE(forwarder.give(key[0]));
  EXPECT_EQ(forwarder.out.back().told->structure->first_template, 20);
  forwarder.give(stream.picture({2, 5}));
  EXPECT_EQ(forwarder.frames().back(), 4);
  EXPECT_EQ(forwarder.marked().back(), 4);
}

TEST(LayerSelectorByDescriptor, AForgottenStructureIsWaitedForWithAKeyFrame) {
  Forwarder forwarder;
  Stream stream{.structure = two_rates(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(stream.picture({0}));
  // Says that other templates hold from here on, but nothing begins.
  stream.structure = three_rates();
  auto odd = stream.picture({0});
  rtp::DependencyDescriptor told{.first_packet = true,
                                 .template_id = 1,
                                 .frame_number = stream.frame++,
                                 .structure = stream.structure,
                                 .frame = stream.structure.templates[1]};
  told.frame.uses = {Required, Required, Required};
  forwarder.give(stream.packet(told, true));
  EXPECT_EQ(forwarder.out.size(), 2U);
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "l");
  forwarder.give(stream.picture({0}));
  EXPECT_EQ(forwarder.out.size(), 4U);
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 1s), std::nullopt);
}

/// Senders should not do that, but what is selected is followed nevertheless.
TEST(LayerSelectorByDescriptor, PicturesMayHaveOneTime) {
  Forwarder forwarder;
  Stream rates{.structure = two_rates(), .rid = "l"};
  const auto picture = [&](Stream& stream, std::initializer_list<std::size_t> templates) {
    stream.timestamp -= 3000;
    return stream.picture(templates);
  };
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(picture(rates, {0}));
  forwarder.give(picture(rates, {2}));
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  const auto late = picture(rates, {1});
  forwarder.give(picture(rates, {2}));
  forwarder.give(picture(rates, {1}));
  forwarder.give(late);
  EXPECT_THAT(forwarder.frames(), ElementsAre(0, 1, 4, 2));

  Forwarder second;
  Stream sizes{.structure = two_sizes(), .rid = "l"};
  second.selector.select(Layer{.rid = "l"});
  second.give(picture(sizes, {0, 3}));
  const auto begun = picture(sizes, {1, 4});
  second.give(begun[0]);
  second.selector.select(Layer{.rid = "l", .spatial_index = 0});
  for (std::size_t i = 1; i < begun.size(); ++i) second.give(begun[i]);
  second.give(picture(sizes, {1, 4}));
  EXPECT_THAT(second.frames(), ElementsAre(0, 1, 2, 3, 4)) << "what was begun is finished";
}

/// VP8's descriptor tells of layers itself; that of dependencies decides, and picture ids stay without gaps.
TEST(LayerSelectorByDescriptor, DecidesForOtherCodecsToo) {
  Forwarder forwarder;
  Stream stream{.structure = two_rates(), .rid = "l"};
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  std::vector<int> ids;
  for (int i = 0; i < 6; ++i) {
    auto packets = stream.picture({i == 0 ? 0U : i % 2 == 1 ? 2U : 1U});
    const Bytes payload{0x90, 0x80, static_cast<std::uint8_t>(0x80), static_cast<std::uint8_t>(i), 1};
    packets[0].packet.packet.payload = payload;
    packets[0].packet.packet.owner = nullptr;
    packets[0].packet.packet.codec = "VP8";
    if (const auto sent = forwarder.selector.forward(packets[0].packet, forwarder.now)) ids.push_back(sent->payload[3]);
  }
  EXPECT_THAT(ids, ElementsAre(0, 1, 2));
}

TEST(LayerSelectorByDescriptor, SurvivesAnyDescriptors) {
  Forwarder forwarder;
  std::mt19937 random(3);
  Stream streams[] = {{.structure = two_sizes(), .rid = "l"},
                      {.structure = three_rates(), .rid = "h", .source = Ssrc(2000)},
                      {.structure = two_sizes_apart(), .rid = "l", .source = Ssrc(3000)}};
  for (int i = 0; i < 20000; ++i) {
    if (i % 7 == 0)
      forwarder.selector.select(Layer{.rid = random() % 4 == 0 ? "h" : "l",
                                      .spatial_index = static_cast<std::uint8_t>(random() % 3),
                                      .temporal_index = static_cast<std::uint8_t>(random() % 4)});
    Stream& stream = streams[random() % 3];
    if (random() % 16 == 0) stream.frame = static_cast<std::uint16_t>(stream.frame + random() % 70000);
    const std::size_t which = random() % 4 == 0 ? 0 : random() % stream.structure.templates.size();
    if (random() % 10 == 0) stream.active = random() & ((1U << stream.structure.decode_targets) - 1);
    for (Made& one : stream.picture({which})) {
      Bytes changed(one.packet.packet.descriptor.begin(), one.packet.packet.descriptor.end());
      if (random() % 4 == 0) changed[random() % changed.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
      if (random() % 50 == 0) changed.resize(random() % changed.size());
      one.packet.packet.descriptor = changed;
      forwarder.give(one);
    }
    forwarder.now += 1ms;
  }
  EXPECT_GT(forwarder.out.size(), 1000U);
}

}  // namespace
}  // namespace parley::media::test::described
