#include "media/temporal_trust.hpp"

#include <gtest/gtest.h>

namespace parley::media {
namespace {

using formats::PayloadInfo;
using formats::SwitchUp;
using enum TemporalTrust::Verdict;

PayloadInfo picture(std::uint16_t id, std::uint8_t index, std::uint8_t base_index, SwitchUp switch_up = SwitchUp::No) {
  return {.begins_frame = true,
          .picture_id = id,
          .place = formats::TemporalPlace{.index = index, .base_index = base_index, .switch_up = switch_up}};
}
PayloadInfo key_picture(std::uint16_t id, std::uint8_t base_index) {
  PayloadInfo info = picture(id, 0, base_index);
  info.key_frame = true;
  return info;
}

/// A key picture and one of each layer, which say where higher layers can begin.
TemporalTrust begun() {
  TemporalTrust trust;
  trust.given(key_picture(0x7FFE, 255));
  trust.given(picture(0x7FFF, 2, 255, SwitchUp::ThisPicture));
  trust.given(picture(0, 1, 255, SwitchUp::ThisPicture));
  trust.given(picture(1, 2, 255));
  return trust;
}

TEST(TemporalTrust, IsWholeAsLongAsNothingIsLost) {
  const TemporalTrust trust = begun();
  EXPECT_TRUE(trust.is_whole());
  EXPECT_FALSE(trust.may_continue());
}

TEST(TemporalTrust, TheLowestLayerGoesOnIfNoneOfItsPicturesIsLost) {
  TemporalTrust trust = begun();
  trust.lost();
  EXPECT_TRUE(trust.may_continue());
  EXPECT_EQ(trust.judge(picture(5, 0, 0)), Decodable) << "the counts begin again";
  EXPECT_EQ(trust.judge(picture(5, 0, 1)), Broken);
  EXPECT_EQ(trust.judge(picture(5, 0, 255)), Broken);
  EXPECT_EQ(trust.judge(key_picture(5, 1)), Decodable);
}

TEST(TemporalTrust, HigherLayersComeBackOneByOne) {
  TemporalTrust trust = begun();
  trust.lost();
  EXPECT_EQ(trust.judge(picture(3, 1, 255)), PassOver);
  EXPECT_EQ(trust.judge(picture(3, 2, 255, SwitchUp::ThisPicture)), Decodable);
  trust.given(picture(3, 2, 255, SwitchUp::ThisPicture));
  EXPECT_EQ(trust.judge(picture(4, 2, 255)), PassOver) << "it may need the middle one";
  EXPECT_FALSE(trust.is_whole());
  trust.given(picture(4, 1, 255, SwitchUp::ThisPicture));
  EXPECT_TRUE(trust.is_whole());
  EXPECT_EQ(trust.judge(picture(5, 2, 255)), Decodable);
}

TEST(TemporalTrust, OfVp9APictureMaySayThatWhatIsAboveItBeginsAnew) {
  TemporalTrust trust;
  trust.given(key_picture(0, 0));
  trust.given(picture(1, 2, 0, SwitchUp::NextPicture));
  trust.lost();
  EXPECT_EQ(trust.judge(picture(3, 2, 0, SwitchUp::NextPicture)), PassOver) << "that is about later ones";
  trust.given(picture(4, 0, 1, SwitchUp::NextPicture));
  EXPECT_TRUE(trust.is_whole());
}

TEST(TemporalTrust, OfAPictureOfAnotherOneOfTheLowestLayerThatOneIsLost) {
  TemporalTrust trust = begun();
  trust.lost();
  EXPECT_EQ(trust.judge(picture(3, 1, 0, SwitchUp::ThisPicture)), Broken);
  EXPECT_EQ(trust.judge(picture(3, 2, 254, SwitchUp::ThisPicture)), Broken);
}

/// The count of the lowest layer has eight bits.
TEST(TemporalTrust, DoesNotGoOnAfterALongGap) {
  TemporalTrust trust = begun();
  trust.lost();
  EXPECT_EQ(trust.judge(picture(1 + 127, 0, 0)), Decodable);
  EXPECT_EQ(trust.judge(picture(1 + 128, 0, 0)), Broken);
  EXPECT_EQ(trust.judge(picture(1, 0, 0)), Broken);
  EXPECT_EQ(trust.judge(picture(0, 0, 0)), Broken);
}

TEST(TemporalTrust, ASecondLossTakesWhatHadComeBack) {
  TemporalTrust trust = begun();
  trust.lost();
  trust.given(picture(3, 2, 255, SwitchUp::ThisPicture));
  trust.lost();
  trust.given(picture(5, 1, 255, SwitchUp::ThisPicture));
  EXPECT_FALSE(trust.is_whole());
  EXPECT_EQ(trust.judge(picture(6, 2, 255)), PassOver);
}

/// The first of the highest layer was lost, so it is only known by what is passed over.
TEST(TemporalTrust, IsNotWholeWithoutLayersThatWerePassedOver) {
  TemporalTrust trust;
  PayloadInfo key = key_picture(0, 0);
  key.place->switch_up = SwitchUp::NextPicture;
  trust.given(key);
  trust.lost();
  EXPECT_EQ(trust.judge(picture(2, 2, 0)), PassOver);
  trust.passed_over(picture(2, 2, 0));
  trust.given(picture(3, 0, 1));
  EXPECT_FALSE(trust.is_whole());
  EXPECT_EQ(trust.judge(picture(4, 2, 1)), PassOver);
}

TEST(TemporalTrust, StreamsThatSayNothingAreNotGoneOnWith) {
  TemporalTrust silent, plain, changed = begun();
  silent.given(key_picture(0, 0));
  silent.given(picture(1, 1, 0));
  silent.lost();
  EXPECT_FALSE(silent.may_continue());
  plain.given({.begins_frame = true, .key_frame = true, .picture_id = 1});
  plain.lost();
  EXPECT_FALSE(plain.may_continue());
  EXPECT_TRUE(plain.is_whole());
  changed.given({.begins_frame = true, .picture_id = 2});  // no layers any more
  changed.lost();
  EXPECT_FALSE(changed.may_continue());
  EXPECT_EQ(begun().judge({.begins_frame = true, .picture_id = 2}), Broken);
}

}  // namespace
}  // namespace parley::media
