#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <set>

#include "jsep/codec_table.hpp"
#include "unit/jsep/media_section.hpp"

namespace parley::jsep::payload_types_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NumberCodecs, GivesDynamicAndStaticNumbers) {
  PayloadTypes in_use;
  EXPECT_THAT(shown(number_codecs(default_codecs(MediaKind::Audio), in_use)),
              ElementsAre("111 opus/48000/2 minptime=10;useinbandfec=1", "102 red/48000/2 111/111", "9 G722/8000",
                          "0 PCMU/8000", "8 PCMA/8000", "96 telephone-event/48000", "101 telephone-event/8000"));
}

TEST(NumberCodecs, RtxFollowsWhatItRepairs) {
  PayloadTypes in_use;
  EXPECT_THAT(shown(number_codecs({video_codec("rtx"), video_codec("VP8"), video_codec("AV1"), video_codec("red"),
                                   video_codec("ulpfec")},
                                  in_use)),
              ElementsAre("120 VP8/90000", "124 rtx/90000 apt=120", "99 AV1/90000", "100 rtx/90000 apt=99",
                          "122 red/90000", "119 rtx/90000 apt=122", "123 ulpfec/90000"));
  PayloadTypes other;
  EXPECT_THAT(shown(number_codecs({video_codec("VP8")}, other)), ElementsAre("120 VP8/90000"));
}

TEST(NumberCodecs, RedMayComeFirst) {
  PayloadTypes in_use;
  EXPECT_THAT(shown(number_codecs({audio_codec("red", 48000, 2), audio_codec("opus", 48000, 2)}, in_use)),
              ElementsAre("96 red/48000/2 111/111", "111 opus/48000/2"));
  EXPECT_THAT(shown(number_codecs({audio_codec("red", 48000, 2), audio_codec("PCMU", 8000, 1)}, in_use)),
              ElementsAre("0 PCMU/8000"));
}

TEST(NumberCodecs, FitsAllDefaultCodecsIntoOneSession) {
  PayloadTypes in_use;
  std::set<PayloadType> numbers;
  std::size_t count = 0;
  for (const MediaKind kind : {MediaKind::Audio, MediaKind::Video}) {
    const std::vector<Format> formats = number_codecs(default_codecs(kind), in_use);
    count += formats.size();
    for (const Format& format : formats) {
      numbers.insert(format.payload_type);
      EXPECT_TRUE(format.payload_type.get() < 64 || format.payload_type.get() > 95);
      const bool repaired =
          std::ranges::any_of(formats, [&](const Format& other) { return other.associated == format.payload_type; });
      EXPECT_EQ(repaired, kind == MediaKind::Video && (is_media(format.codec) || is_red(format.codec)));
    }
    // A second section of the kind says the same.
    EXPECT_EQ(number_codecs(default_codecs(kind), in_use), formats);
  }
  EXPECT_EQ(numbers.size(), count);
  EXPECT_EQ(count, 7u + 13 + 13 + 2 + 2);
}

TEST(PayloadTypes, KeepTheirMeaning) {
  PayloadTypes in_use;
  in_use.bind(formats_of(corpus_section("firefox-offer-audio-video-data", "audio")));
  in_use.bind(formats_of(corpus_section("firefox-offer-audio-video-data", "video")));
  EXPECT_EQ(numbers(number_codecs(default_codecs(MediaKind::Audio), in_use)), "109 102 9 0 8 96 101");
  const std::vector<Format> video =
      number_codecs({video_codec("VP8", "", {"nack"}), video_codec("H264"), video_codec("rtx")}, in_use);
  EXPECT_THAT(shown(video),
              ElementsAre("120 VP8/90000", "124 rtx/90000 apt=120", "107 H264/90000", "108 rtx/90000 apt=107"));
  EXPECT_THAT(video.front().codec.feedback, ElementsAre("nack"));
}

TEST(PayloadTypes, OfOursAreInNoConflictWithASectionThatFirefoxAddsLater) {
  PayloadTypes in_use;
  std::vector<Format> ours;
  for (const MediaKind kind : {MediaKind::Audio, MediaKind::Video})
    std::ranges::move(number_codecs(default_codecs(kind), in_use), std::back_inserter(ours));
  for (const char* kind : {"audio", "video"})
    for (const Format& theirs : formats_of(corpus_section("firefox-offer-audio-video-data", kind))) {
      // Opus has two names: everybody else's is free there.
      const Format* same_number = find_format(ours, theirs.payload_type);
      if (theirs.codec.name == "opus") {
        EXPECT_FALSE(same_number) << shown({theirs}).front();
      } else {
        ASSERT_TRUE(same_number) << shown({theirs}).front();
        EXPECT_TRUE(matches(same_number->codec, theirs.codec)) << shown({theirs}).front();
      }
    }
}

/// It does not look at the numbers that are in use, either.
TEST(PayloadTypes, OfOurSoundAreInNoConflictWithVideoThatPionAddsLater) {
  PayloadTypes in_use;
  const std::vector<Format> ours = number_codecs(default_codecs(MediaKind::Audio), in_use);
  const std::vector<Format> known = formats_of(corpus_section("pion-offer-audio-video-data", "audio"));
  std::size_t answered = 0;
  for (const Format& one : ours)
    if (std::ranges::any_of(known, [&](const Format& theirs) { return matches(theirs.codec, one.codec); })) {
      ++answered;
      EXPECT_FALSE(find_format(formats_of(corpus_section("pion-offer-audio-video-data", "video")), one.payload_type))
          << shown({one}).front();
    }
  EXPECT_EQ(answered, 4u);
}

TEST(PayloadTypes, WithTwoMeaningsAreNotUsed) {
  PayloadTypes in_use;
  in_use.bind({.payload_type = PayloadType(96), .codec = video_codec("VP8")});
  in_use.bind({.payload_type = PayloadType(96), .codec = audio_codec("opus", 48000, 2)});
  in_use.bind({.payload_type = PayloadType(0), .codec = video_codec("AV1")});
  EXPECT_EQ(numbers(number_codecs({video_codec("VP8")}, in_use)), "120");
  EXPECT_EQ(numbers(number_codecs({audio_codec("opus", 48000, 2), audio_codec("PCMU", 8000, 1)}, in_use)), "111 102");
}

TEST(PayloadTypes, TellSimilarCodecsApart) {
  PayloadTypes in_use;
  const std::vector<Codec> codecs{h264("42e01f"), h264("42e034")};
  EXPECT_EQ(numbers(number_codecs(codecs, in_use)), "126 96");
  EXPECT_EQ(numbers(number_codecs({codecs[1], codecs[0]}, in_use)), "96 126");
  EXPECT_EQ(numbers(number_codecs({h264("42e01e")}, in_use)), "126");
}

TEST(PayloadTypes, RunOut) {
  PayloadTypes in_use;
  std::vector<Codec> codecs;
  for (int i = 0; i < 100; ++i) codecs.push_back(video_codec("x" + std::to_string(i)));
  const std::vector<Format> formats = number_codecs(codecs, in_use);
  ASSERT_EQ(formats.size(), 32u + 29);
  EXPECT_EQ(formats.at(11).payload_type, PayloadType(118));
  EXPECT_EQ(formats.at(12).payload_type, PayloadType(35));
  EXPECT_EQ(formats.at(40).payload_type, PayloadType(63));
  // At last those that others take for other codecs.
  EXPECT_EQ(formats.at(41).payload_type, PayloadType(97));
  EXPECT_EQ(formats.back().payload_type, PayloadType(127));
  EXPECT_THAT(number_codecs({video_codec("VP8")}, in_use), IsEmpty());
  EXPECT_EQ(numbers(number_codecs({video_codec("VP8"), audio_codec("PCMU", 8000, 1)}, in_use)), "0");
}

}  // namespace
}  // namespace parley::jsep::payload_types_test
