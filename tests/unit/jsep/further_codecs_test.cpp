// Codecs that an application adds.
#include "jsep/further_codecs.hpp"

#include <gmock/gmock.h>

namespace parley::jsep {
namespace {

const MediaCapabilities& defaults() { return *default_capabilities(); }
Codec depth() { return {.name = "x-depth", .clock_rate = 90000}; }

ErrorKind refusal(MediaKind kind, Codec codec) {
  const auto result = with_codec(defaults(), kind, std::move(codec));
  EXPECT_FALSE(result);
  return result ? ErrorKind::UnknownError : result.error().kind;
}

TEST(FurtherCodecs, ComeBehindThoseOfMediaWithTheUsualFeedback) {
  const auto further = with_codec(defaults(), MediaKind::Video, depth());
  ASSERT_TRUE(further);
  ASSERT_EQ(further->video.size(), defaults().video.size() + 1);
  EXPECT_EQ(further->audio, defaults().audio);
  const auto found = std::ranges::find(further->video, "x-depth", &Codec::name);
  ASSERT_NE(found, further->video.end());
  EXPECT_EQ(found->feedback, defaults().video.front().feedback);
  EXPECT_TRUE(is_media(*std::prev(found)));
  EXPECT_FALSE(is_media(*std::next(found)));
}

TEST(FurtherCodecs, AreThereOnce) {
  const auto once = with_codec(defaults(), MediaKind::Video, depth());
  const auto twice = with_codec(*once, MediaKind::Video, {.name = "X-Depth", .clock_rate = 90000});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->video, once->video);
  const auto known = with_codec(defaults(), MediaKind::Audio, {.name = "PCMU", .clock_rate = 8000, .channels = 1});
  ASSERT_TRUE(known);
  EXPECT_EQ(known->audio, defaults().audio);
}

TEST(FurtherCodecs, MayBeAKnownOneWithOtherParameters) {
  const auto further = with_codec(defaults(), MediaKind::Video,
                                  {.name = "VP9", .clock_rate = 90000, .channels = 0, .fmtp = "profile-id=1"});
  ASSERT_TRUE(further);
  EXPECT_EQ(further->video.size(), defaults().video.size() + 1);
}

TEST(FurtherCodecs, RefuseWhatNoDescriptionCanSay) {
  using enum MediaKind;
  for (const char* name : {"", "with space", "-x", "a/b", "a;b", "line\r\nbreak"})
    EXPECT_EQ(refusal(Video, {.name = name}), ErrorKind::TypeError) << name;
  EXPECT_EQ(refusal(Video, {.name = std::string(128, 'x')}), ErrorKind::TypeError);
  EXPECT_TRUE(with_codec(defaults(), Video, {.name = std::string(127, 'x')}));
  EXPECT_EQ(refusal(Video, {.name = "x", .clock_rate = 0}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(Video, {.name = "x", .channels = 1}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(Audio, {.name = "x", .clock_rate = 8000, .channels = 0}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(Video, {.name = "x", .fmtp = "a=1\r\na=sendonly"}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(Video, {.name = "x", .fmtp = std::string(1025, 'x')}), ErrorKind::TypeError);
}

TEST(FurtherCodecs, RefuseAnotherMeaningForAKnownName) {
  using enum MediaKind;
  EXPECT_EQ(refusal(Audio, {.name = "VP8", .clock_rate = 90000, .channels = 1}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(Video, {.name = "VP8", .clock_rate = 1000}), ErrorKind::TypeError);
  for (const char* name : {"rtx", "red", "ulpfec", "flexfec-03", "CN"})
    EXPECT_EQ(refusal(Video, {.name = name}), ErrorKind::NotSupportedError) << name;
  EXPECT_EQ(refusal(Audio, {.name = "telephone-event", .clock_rate = 8000, .channels = 1}),
            ErrorKind::NotSupportedError);
}

TEST(FurtherCodecs, AreFew) {
  MediaCapabilities known = defaults();
  for (std::size_t i = 0; i < kMostFurtherCodecs; ++i) {
    auto further = with_codec(known, MediaKind::Video, {.name = "x" + std::to_string(i)});
    ASSERT_TRUE(further);
    known = *std::move(further);
  }
  const auto more = with_codec(known, MediaKind::Audio, {.name = "one", .clock_rate = 8000, .channels = 1});
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::OperationError);
}

}  // namespace
}  // namespace parley::jsep
