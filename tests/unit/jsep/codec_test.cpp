#include "jsep/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jsep/codec_table.hpp"
#include "unit/jsep/media_section.hpp"

namespace parley::jsep {
namespace {

using testing::ElementsAre;

TEST(Codec, HasTheKindThatItsChannelsSay) {
  EXPECT_EQ(mime_type(video_codec("VP8")), "video/VP8");
  EXPECT_EQ(mime_type(audio_codec("opus", 48000, 2)), "audio/opus");
}

TEST(Codec, ComparesNameClockRateAndChannels) {
  EXPECT_TRUE(matches(video_codec("VP8"), video_codec("vp8", "max-fs=12288;max-fr=60")));
  EXPECT_FALSE(matches(video_codec("VP8"), video_codec("VP9")));
  EXPECT_FALSE(matches(audio_codec("red", 48000, 2), audio_codec("red", 8000, 1)));
  EXPECT_FALSE(matches(audio_codec("L16", 44100, 2), audio_codec("L16", 44100, 1)));
  EXPECT_FALSE(matches(audio_codec("red", 90000, 1), video_codec("red")));
  EXPECT_FALSE(matches(audio_codec("telephone-event", 8000, 1), audio_codec("telephone-event", 48000, 1)));
}

TEST(Codec, IgnoresWhatIsOnlyDeclared) {
  EXPECT_TRUE(matches(audio_codec("opus", 48000, 2, "minptime=10;useinbandfec=1"),
                      audio_codec("OPUS", 48000, 2, "stereo=1;maxplaybackrate=16000")));
  EXPECT_TRUE(matches(audio_codec("telephone-event", 8000, 1, "0-15"), audio_codec("telephone-event", 8000, 1)));
  EXPECT_TRUE(matches(video_codec("AV1", "level-idx=5;profile=0;tier=0"), video_codec("AV1", "level-idx=13;tier=1")));
}

TEST(Codec, ComparesSymmetricalParametersWithTheirDefaults) {
  EXPECT_TRUE(matches(video_codec("VP9"), video_codec("VP9", "profile-id=0")));
  EXPECT_FALSE(matches(video_codec("VP9"), video_codec("VP9", "profile-id=2")));
  EXPECT_FALSE(matches(video_codec("AV1", "profile=1"), video_codec("AV1")));
  EXPECT_TRUE(matches(video_codec("H265"), video_codec("H265", "profile-id=1;tier-flag=0;tx-mode=srst;level-id=180")));
  EXPECT_FALSE(matches(video_codec("H265", "profile-id=2"), video_codec("H265", "level-id=93")));
  EXPECT_FALSE(matches(video_codec("H265", "tier-flag=1"), video_codec("H265")));
  EXPECT_FALSE(matches(video_codec("H265", "tx-mode=MRST"), video_codec("H265")));
}

TEST(H264, PacketizationModeIsPartOfTheFormat) {
  EXPECT_TRUE(matches(h264("42e01f", ""), h264("42e01f", "; packetization-mode = 0")));
  EXPECT_FALSE(matches(h264("42e01f", ""), h264("42e01f", ";packetization-mode=1")));
}

/// RFC 6184 table 5: one profile in several spellings, whatever the level.
TEST(H264, ProfilesOfOneNameMatch) {
  const std::vector<std::vector<const char*>> classes{
      {"42e01f", "42C00A", "424034", "4d801f", "4de01f", "58c01f", "58f01f"},  // Constrained Baseline
      {"42001f", "42a00b", "58801f", "42b00b"},                                // Baseline
      {"4d001f", "4D4028", "4d500b"},                                          // Main
      {"58001f", "582033"},                                                    // Extended
      {"64001f", "640034"},                                                    // High
      {"640c1f", "640C34"},                                                    // Constrained High
      {"6e001f"},                                                              // High 10
      {"f4001f"},                                                              // High 4:4:4 Predictive
  };
  for (std::size_t i = 0; i < classes.size(); ++i)
    for (std::size_t j = 0; j < classes.size(); ++j)
      for (const char* a : classes[i])
        for (const char* b : classes[j]) EXPECT_EQ(matches(h264(a), h264(b)), i == j) << a << " " << b;
}

TEST(H264, WithoutProfileIsConstrainedBaselineAndNonsenseIsNothing) {
  EXPECT_TRUE(matches(video_codec("H264"), h264("42e01f", "")));
  EXPECT_FALSE(matches(video_codec("H264"), h264("42001f", "")));
  for (const char* text : {"", "42e0", "42e01f00", "0x42e0", "-2e01f", "42e01g"}) {
    EXPECT_FALSE(matches(h264(text), h264("42e01f"))) << text;
    // So that two sections that say the same do not contradict each other.
    EXPECT_TRUE(matches(h264(text), h264(text))) << text;
  }
}

Codec answered(const Codec& local, const Codec& remote) {
  Codec answer = negotiated(local, remote);
  EXPECT_TRUE(matches(answer, remote) && matches(answer, local)) << answer.fmtp;
  return answer;
}

/// RFC 6184 section 8.2.2.
TEST(H264, AnswerLowersTheLevelUnlessBothAllowAsymmetry) {
  const std::string mode = ";packetization-mode=1", both = mode + ";level-asymmetry-allowed=1";
  EXPECT_EQ(answered(h264("42e01f", mode), h264("42e034", mode)).fmtp, "profile-level-id=42e01f" + mode);
  EXPECT_EQ(answered(h264("42e034", both), h264("42e01f", mode)).fmtp, "profile-level-id=42e01f" + both);
  EXPECT_EQ(answered(h264("42e034", both), h264("42e01f", both)).fmtp, "profile-level-id=42e034" + both);
  EXPECT_EQ(answered(h264("42e01f", both), h264("42e034", both)).fmtp, "profile-level-id=42e01f" + both);
}

TEST(H264, AnswerKeepsTheSpellingOfTheProfile) {
  EXPECT_EQ(answered(h264("42e01f", ""), h264("4d801e", "")).fmtp, "profile-level-id=4d801e");
  EXPECT_EQ(answered(h264("42e01f", ""), video_codec("H264")).fmtp, "profile-level-id=42e01f");
  EXPECT_EQ(answered(h264("42c028", ""), video_codec("H264")).fmtp, "profile-level-id=42c01f");
}

/// Level 1b is above 1 and below 1.1, and a flag before the High profile.
TEST(H264, KnowsLevel1b) {
  EXPECT_EQ(answered(h264("42e01f", ""), h264("42f00b", "")).fmtp, "profile-level-id=42f00b");
  EXPECT_EQ(answered(h264("42f00b", ""), h264("42e00b", "")).fmtp, "profile-level-id=42f00b");
  EXPECT_EQ(answered(h264("42e00a", ""), h264("42f00b", "")).fmtp, "profile-level-id=42e00a");
  EXPECT_EQ(answered(h264("640009", ""), h264("64000b", "")).fmtp, "profile-level-id=640009");
  EXPECT_EQ(answered(h264("64000a", ""), h264("640009", "")).fmtp, "profile-level-id=64000a");
}

TEST(H265, AnswerHasTheLowerLevel) {
  EXPECT_EQ(answered(video_codec("H265", "level-id=180"), video_codec("H265", "profile-id=1;level-id=120")).fmtp,
            "level-id=120;profile-id=1");
  EXPECT_EQ(answered(video_codec("H265", "level-id=180"), video_codec("H265")).fmtp, "level-id=93");
  EXPECT_EQ(answered(video_codec("H265"), video_codec("H265", "level-id=60")).fmtp, "level-id=60");
  EXPECT_EQ(answered(video_codec("H265"), video_codec("H265")).fmtp, "");
}

TEST(Codec, AnswerDeclaresWhatWeReceive) {
  EXPECT_EQ(answered(audio_codec("opus", 48000, 2, "useinbandfec=1"), audio_codec("OPUS", 48000, 2, "stereo=1")),
            audio_codec("OPUS", 48000, 2, "useinbandfec=1"));
  EXPECT_EQ(answered(video_codec("VP9"), video_codec("VP9", "profile-id=0;max-fs=3600")).fmtp, "profile-id=0");
  EXPECT_EQ(answered(video_codec("AV1", "level-idx=5;tier=0"), video_codec("AV1", "profile=0;level-idx=9")).fmtp,
            "level-idx=5;tier=0;profile=0");
}

TEST(Codec, AnswerHasTheFeedbackOfBothInTheOffersOrder) {
  EXPECT_THAT(negotiated(video_codec("VP8", "", {"nack pli", "transport-cc", "nack"}),
                         video_codec("VP8", "", {"goog-remb", "nack", "nack sli", "nack pli"}))
                  .feedback,
              ElementsAre("nack", "nack pli"));
}

TEST(Codec, SameParametersInAnyOrder) {
  EXPECT_TRUE(has_same_parameters(video_codec("H264", "packetization-mode=0;profile-level-id=42E01F"),
                                  video_codec("H264", "Profile-Level-Id=42e01f")));
  EXPECT_FALSE(has_same_parameters(h264("42e01f"), h264("42e034")));
  EXPECT_FALSE(has_same_parameters(audio_codec("opus", 48000, 2), audio_codec("opus", 48000, 2, "stereo=1")));
  EXPECT_FALSE(has_same_parameters(audio_codec("telephone-event", 8000, 1, "0-15"),
                                   audio_codec("telephone-event", 8000, 1, "0-16")));
}

TEST(Codec, SomeProtectAndSomeAreMedia) {
  for (const char* name : {"rtx", "RED", "ulpfec", "flexfec", "flexfec-03", "CN"}) {
    EXPECT_TRUE(is_resiliency(video_codec(name))) << name;
    EXPECT_FALSE(is_media(video_codec(name))) << name;
  }
  EXPECT_FALSE(is_resiliency(audio_codec("telephone-event", 8000, 1)));
  EXPECT_FALSE(is_media(audio_codec("telephone-event", 8000, 1)));
  EXPECT_TRUE(is_media(video_codec("VP8")));
}

TEST(CodecTable, HasDifferentCodecsOfItsKindAndOneRtx) {
  for (const MediaKind kind : {MediaKind::Audio, MediaKind::Video}) {
    const std::vector<Codec>& codecs = default_codecs(kind);
    EXPECT_TRUE(is_media(codecs.front()));
    EXPECT_LE(std::ranges::count_if(codecs, is_rtx), 1);
    for (std::size_t i = 0; i < codecs.size(); ++i) {
      EXPECT_EQ(kind_of(codecs[i]), kind);
      // Only what would have distinct payload types (webrtc-pc section 5.2, RTCRtpCapabilities).
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(matches(codecs[i], codecs[j])) << codecs[i].fmtp;
    }
  }
}

/// RFC 7874 section 3 and RFC 7742 section 5.
TEST(CodecTable, HasWhatIsMandatory) {
  const auto has = [](MediaKind kind, const Codec& codec) {
    return std::ranges::any_of(default_codecs(kind), [&](const Codec& other) { return matches(other, codec); });
  };
  EXPECT_TRUE(has(MediaKind::Audio, audio_codec("opus", 48000, 2)));
  EXPECT_TRUE(has(MediaKind::Audio, audio_codec("PCMU", 8000, 1)));
  EXPECT_TRUE(has(MediaKind::Audio, audio_codec("PCMA", 8000, 1)));
  EXPECT_TRUE(has(MediaKind::Audio, audio_codec("telephone-event", 8000, 1)));
  EXPECT_TRUE(has(MediaKind::Video, video_codec("VP8")));
  EXPECT_TRUE(has(MediaKind::Video, h264("42e01f")));
}

}  // namespace
}  // namespace parley::jsep
