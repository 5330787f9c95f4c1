#include "jsep/codec_preferences.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jsep/codec_table.hpp"
#include "unit/jsep/media_section.hpp"

namespace parley::jsep {
namespace {

using testing::ElementsAre;

const std::vector<Codec>& capabilities() { return default_codecs(MediaKind::Video); }

/// A codec as a program hands it back: without the feedback, which RTCRtpCodec does not have.
Codec given(Codec codec) {
  codec.feedback.clear();
  return codec;
}

void expect_refused(const std::vector<Codec>& preferences) {
  const auto checked = check_codec_preferences(preferences, capabilities());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::InvalidModificationError);
}

TEST(CodecDictionaryMatch, ComparesAllThatIsThere) {
  EXPECT_TRUE(codec_dictionary_match(video_codec("vp8"), video_codec("VP8")));
  EXPECT_FALSE(codec_dictionary_match(video_codec("VP8"), audio_codec("VP8", 90000, 1)));
  // With and without sdpFmtpLine, though the format would be the same.
  EXPECT_FALSE(codec_dictionary_match(video_codec("VP9"), video_codec("VP9", "profile-id=0")));
  EXPECT_TRUE(
      codec_dictionary_match(h264("42e01f"), video_codec("H264", "packetization-mode=1;profile-level-id=42E01F")));
  EXPECT_FALSE(codec_dictionary_match(audio_codec("red", 48000, 2, "111/111"), audio_codec("red", 48000, 2, "96/96")));
}

TEST(CodecDictionaryMatch, MayIgnoreAsymmetricalParameters) {
  EXPECT_FALSE(codec_dictionary_match(h264("42e01f"), h264("42e034")));
  EXPECT_TRUE(codec_dictionary_match(h264("42e01f"), h264("42e034"), Asymmetrical::Ignore));
  EXPECT_FALSE(codec_dictionary_match(h264("42e01f"), h264("640034"), Asymmetrical::Ignore));
  const Codec h265 = video_codec("H265", "level-id=93;profile-id=1");
  EXPECT_TRUE(codec_dictionary_match(h265, video_codec("H265", "level-id=180"), Asymmetrical::Ignore));
  EXPECT_FALSE(codec_dictionary_match(h265, video_codec("H265", "level-id=93;profile-id=2"), Asymmetrical::Ignore));
}

TEST(CheckCodecPreferences, ReturnsTheCapabilitiesWithoutRepetitions) {
  const Codec vp8 = capabilities().at(0), vp9 = capabilities().at(1);
  const auto checked =
      check_codec_preferences({given(vp9), given(vp8), given(vp9), video_codec("RTX")}, capabilities());
  ASSERT_TRUE(checked);
  EXPECT_THAT(*checked, ElementsAre(vp9, vp8, video_codec("rtx")));
}

TEST(CheckCodecPreferences, TakesAllCapabilitiesAndNone) {
  EXPECT_EQ(*check_codec_preferences(capabilities(), capabilities()), capabilities());
  EXPECT_TRUE(check_codec_preferences({}, capabilities())->empty());
}

TEST(CheckCodecPreferences, RefusesWhatIsNotThere) {
  Codec vp8 = video_codec("VP8");
  expect_refused({vp8, video_codec("VP7")});
  vp8.clock_rate = 2;
  expect_refused({vp8});
  expect_refused({video_codec("VP8", "something")});
  expect_refused({audio_codec("VP8", 90000, 1)});
  expect_refused({audio_codec("opus", 48000, 2, "minptime=10;useinbandfec=1")});
}

TEST(CheckCodecPreferences, RefusesProtectionWithoutMedia) {
  expect_refused({video_codec("rtx")});
  expect_refused({video_codec("rtx"), video_codec("red"), video_codec("ulpfec")});
  const std::vector<Codec> audio{audio_codec("CN", 8000, 1), audio_codec("PCMU", 8000, 1)};
  EXPECT_FALSE(check_codec_preferences({audio[0]}, audio));
}

TEST(ApplyPreferences, OrdersAndFilters) {
  const Codec vp8 = video_codec("VP8"), av1 = video_codec("AV1"), rtx = video_codec("rtx");
  const PreferredCodecs applied = apply_preferences({av1, rtx, vp8}, {vp8, rtx, video_codec("VP9"), av1});
  EXPECT_THAT(applied.codecs, ElementsAre(av1, rtx, vp8));
  EXPECT_EQ(applied.order, PreferenceOrder::Local);
  EXPECT_THAT(apply_preferences({av1, rtx, vp8}, {vp8, rtx}).codecs, ElementsAre(rtx, vp8));
  EXPECT_THAT(apply_preferences({h264("42e01f"), vp8}, {h264("42e034")}).codecs, ElementsAre(h264("42e01f")));
}

TEST(ApplyPreferences, WithoutAnyMeansAllThatIsAvailable) {
  const std::vector<Codec> available{video_codec("VP8"), video_codec("rtx")};
  for (const std::vector<Codec>& preferences :
       {std::vector<Codec>{}, {video_codec("AV1")}, {video_codec("AV1"), video_codec("rtx")}}) {
    const PreferredCodecs applied = apply_preferences(preferences, available);
    EXPECT_EQ(applied.codecs, available);
    EXPECT_EQ(applied.order, PreferenceOrder::Offered);
  }
}

/// "disable the negotiation of specific codecs (including RTX/RED/FEC) by listing all codecs except for the ones to
/// disable" (webrtc-pc section 5.4).
TEST(ApplyPreferences, WithoutRtxThereIsNone) {
  std::vector<Codec> preferences = capabilities();
  std::erase_if(preferences, is_rtx);
  PayloadTypes in_use;
  const auto formats = number_codecs(apply_preferences(preferences, capabilities()).codecs, in_use);
  EXPECT_EQ(formats.size(), preferences.size());
}

}  // namespace
}  // namespace parley::jsep
