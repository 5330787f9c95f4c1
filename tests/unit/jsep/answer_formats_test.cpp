#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jsep/codec_table.hpp"
#include "unit/jsep/media_section.hpp"

namespace parley::jsep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string answer_to(const std::string& name, MediaKind kind) {
  return numbers(answer_formats(formats_of(corpus_section(name, to_string(kind))), default_codecs(kind),
                                PreferenceOrder::Offered));
}

TEST(AnswerFormats, ToChromium) {
  // Without comfort noise.
  EXPECT_EQ(answer_to("chromium-offer-audio-video-data", MediaKind::Audio), "111 63 9 0 8 110 126");
  EXPECT_EQ(answer_to("chromium-offer-audio-video-data", MediaKind::Video),
            "96 97 102 103 104 107 108 109 114 115 116 117 39 40 45 46 98 99 100 101 118 119 120");
}

TEST(AnswerFormats, ToFirefox) {
  EXPECT_EQ(answer_to("firefox-offer-audio-video-data", MediaKind::Audio), "109 9 0 8 101");
  EXPECT_EQ(answer_to("firefox-offer-audio-video-data", MediaKind::Video), "120 124 121 125 99 100 123 122 119");
}

TEST(AnswerFormats, ToSafari) {
  EXPECT_EQ(answer_to("safari-offer-audio-video-data", MediaKind::Audio), "111 63 9 0 8 110 126");
  // Without Constrained High, which only a codec of an application may be.
  EXPECT_EQ(answer_to("safari-offer-audio-video-data", MediaKind::Video), "98 99 100 101 127 125 104");
}

TEST(AnswerFormats, ToOthersHaveMedia) {
  for (const char* name : {"pion-offer-audio-video-data", "aiortc-offer-audio-video-data",
                           "gstreamer-offer-audio-video-data", "chromium-offer-recvonly-max-bundle"})
    for (const MediaKind kind : {MediaKind::Audio, MediaKind::Video}) {
      const sdp::MediaDescription offer = corpus_section(name, to_string(kind));
      const std::vector<Format> offered = formats_of(offer);
      const std::vector<Format> answer = answer_formats(offered, default_codecs(kind), PreferenceOrder::Offered);
      ASSERT_FALSE(answer.empty()) << name;
      for (const Format& format : answer) {
        ASSERT_TRUE(find_format(offered, format.payload_type));
        EXPECT_TRUE(matches(find_format(offered, format.payload_type)->codec, format.codec));
      }
      // The offerer understands it.
      EXPECT_EQ(numbers(send_formats(answer, offered)), numbers(answer));
      EXPECT_EQ(numbers(receive_formats(offered, answer)), numbers(answer));
    }
}

/// Of real pairs nothing is lost.
TEST(AnswerFormats, OfOthersAreWhatTheOffererMaySendAndReceive) {
  for (const auto& [offer, answer] : {std::pair("chromium-offer-audio-video-data", "chromium-answer-audio-video-data"),
                                      std::pair("firefox-offer-audio-video-data", "firefox-answer-audio-video-data"),
                                      std::pair("aiortc-offer-audio-video-data", "aiortc-answer-audio-video-data"),
                                      std::pair("chromium-offer-audio-video-data", "pion-answer-chromium-media")})
    for (const char* kind : {"audio", "video"}) {
      const auto local = formats_of(corpus_section(offer, kind)), remote = formats_of(corpus_section(answer, kind));
      EXPECT_EQ(numbers(send_formats(remote, local)), numbers(remote)) << offer << kind;
      EXPECT_EQ(receive_formats(local, remote).size(), remote.size()) << offer << kind;
    }
}

std::vector<Format> offered() {
  return formats_of(section("video", "96 97 98 99 100 101",
                            "a=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"
                            "a=rtpmap:98 AV1/90000\na=rtpmap:99 rtx/90000\na=fmtp:99 apt=98\n"
                            "a=rtpmap:100 red/90000\na=rtpmap:101 ulpfec/90000\n"));
}

std::string answered(const std::vector<Codec>& local, PreferenceOrder order) {
  return numbers(answer_formats(offered(), local, order));
}

/// RFC 9429 section 5.3.1.
TEST(AnswerFormats, KeepTheOffersOrderUnlessPreferencesAreSet) {
  const std::vector<Codec> local{video_codec("red"), video_codec("AV1"), video_codec("rtx"), video_codec("VP8")};
  EXPECT_EQ(answered(local, PreferenceOrder::Offered), "96 97 98 99 100");
  EXPECT_EQ(answered(local, PreferenceOrder::Local), "100 98 99 96 97");
}

TEST(AnswerFormats, ProtectSomething) {
  const Codec vp8 = video_codec("VP8"), rtx = video_codec("rtx"), red = video_codec("red"), fec = video_codec("ulpfec");
  EXPECT_EQ(answered({vp8}, PreferenceOrder::Offered), "96");
  EXPECT_EQ(answered({vp8, rtx}, PreferenceOrder::Local), "96 97");
  EXPECT_EQ(answered({rtx, fec, vp8}, PreferenceOrder::Local), "101 96 97");
  EXPECT_EQ(answered({rtx, red, fec}, PreferenceOrder::Offered), "");
  EXPECT_EQ(answered({video_codec("VP9"), rtx, red, fec}, PreferenceOrder::Local), "");
}

TEST(AnswerFormats, NeedMoreThanTones) {
  const auto tones = formats_of(section("audio", "101 13 0", "a=rtpmap:101 telephone-event/8000\n"));
  const Codec tone = audio_codec("telephone-event", 8000, 1), noise = audio_codec("CN", 8000, 1);
  EXPECT_THAT(answer_formats(tones, {tone, noise}, PreferenceOrder::Offered), IsEmpty());
  EXPECT_EQ(numbers(answer_formats(tones, {tone, noise, audio_codec("PCMU", 8000, 1)}, PreferenceOrder::Offered)),
            "101 13 0");
}

TEST(AnswerFormats, RedNeedsItsBlocks) {
  const auto offer = formats_of(
      section("audio", "63 111 0", "a=rtpmap:63 red/48000/2\na=fmtp:63 111/111\na=rtpmap:111 opus/48000/2\n"));
  EXPECT_THAT(shown(answer_formats(offer, default_codecs(MediaKind::Audio), PreferenceOrder::Local)),
              ElementsAre("111 opus/48000/2 minptime=10;useinbandfec=1", "63 red/48000/2 111/111", "0 PCMU/8000"));
  EXPECT_EQ(numbers(answer_formats(offer, {audio_codec("red", 48000, 2), audio_codec("PCMU", 8000, 1)},
                                   PreferenceOrder::Local)),
            "0");
}

TEST(AnswerFormats, TakeEveryLevelOfOneProfile) {
  const auto offer = formats_of(section("video", "96 97 98",
                                        "a=rtpmap:96 H264/90000\na=fmtp:96 profile-level-id=42e034\n"
                                        "a=rtpmap:97 H264/90000\na=fmtp:97 profile-level-id=42c01f\n"
                                        "a=rtpmap:98 H264/90000\na=fmtp:98 profile-level-id=zzz\n"));
  EXPECT_THAT(shown(answer_formats(offer, {h264("42e01f", "")}, PreferenceOrder::Offered)),
              ElementsAre("96 H264/90000 profile-level-id=42e01f", "97 H264/90000 profile-level-id=42c01f"));
}

TEST(SendFormats, HaveThePeersNumbersParametersAndOrder) {
  const auto local = formats_of(section("video", "96 97 98",
                                        "a=rtpmap:96 VP8/90000\na=rtpmap:97 VP9/90000\na=rtpmap:98 rtx/90000\n"
                                        "a=fmtp:98 apt=96\na=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n"));
  const auto remote = formats_of(section("video", "100 98 120 121 102",
                                         "a=rtpmap:100 VP9/90000\na=rtpmap:98 VP8/90000\na=fmtp:98 max-fr=30\n"
                                         "a=rtpmap:120 rtx/90000\na=fmtp:120 apt=100\na=rtpmap:121 rtx/90000\n"
                                         "a=fmtp:121 apt=98\na=rtpmap:102 AV1/90000\na=rtcp-fb:98 nack pli\n"));
  const auto sent = send_formats(remote, local);
  EXPECT_THAT(shown(sent), ElementsAre("100 VP9/90000", "98 VP8/90000 max-fr=30", "121 rtx/90000 apt=98"));
  EXPECT_THAT(sent.at(1).codec.feedback, ElementsAre("nack pli"));
  EXPECT_THAT(shown(receive_formats(local, remote)),
              ElementsAre("96 VP8/90000", "97 VP9/90000", "98 rtx/90000 apt=96"));
}

}  // namespace
}  // namespace parley::jsep
