#include "jsep/formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sdp/lookup.hpp"
#include "unit/jsep/media_section.hpp"

namespace parley::jsep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> read(const std::string& kind, const std::string& formats, const std::string& lines) {
  return shown(formats_of(section(kind, formats, lines)));
}

TEST(FormatsOf, KnowsStaticPayloadTypes) {
  EXPECT_THAT(read("audio", "0 8 9 13 18 10 20", ""),
              ElementsAre("0 PCMU/8000", "8 PCMA/8000", "9 G722/8000", "13 CN/8000", "18 G729/8000", "10 L16/44100/2"));
  EXPECT_THAT(read("video", "34 0 32", ""), ElementsAre("34 H263/90000", "32 MPV/90000"));
  EXPECT_THAT(read("audio", "0", "a=rtpmap:0 opus/48000/2\n"), ElementsAre("0 opus/48000/2"));
}

TEST(FormatsOf, LeavesOutWhatHasNoMeaning) {
  EXPECT_THAT(read("video", "96 97 96 72",
                   "a=rtpmap:96 VP8/90000\na=rtpmap:96 VP9/90000\na=rtpmap:72 H264/90000\n"
                   "a=rtpmap:98 AV1/90000\n"),
              ElementsAre("96 VP8/90000"));
  EXPECT_THAT(read("text", "96", "a=rtpmap:96 t140/1000\n"), IsEmpty());
}

/// RFC 4588 section 8.6's first example, with today's profile.
TEST(FormatsOf, SaysWhatRtxRepairs) {
  const sdp::MediaDescription media =
      section("video", "96 97", "a=rtpmap:96 MP4V-ES/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96;rtx-time=3000\n");
  const std::vector<Format> formats = formats_of(media);
  ASSERT_EQ(formats.size(), 2u);
  EXPECT_EQ(formats[1].associated, PayloadType(96));
  EXPECT_EQ(formats[1].codec.fmtp, "rtx-time=3000");
  EXPECT_THAT(shown(formats), ElementsAre("96 MP4V-ES/90000", "97 rtx/90000 apt=96;rtx-time=3000"));
}

TEST(FormatsOf, DropsRtxOfNothing) {
  const std::string rtx = "a=rtpmap:97 rtx/90000\na=rtpmap:98 rtx/90000\n", vp8 = "a=rtpmap:96 VP8/90000\n";
  for (const std::string& parameters : {
           std::string(),
           std::string("a=fmtp:97 apt=99\n"),
           std::string("a=fmtp:97 apt=352\n"),
           std::string("a=fmtp:97 apt=97\n"),
           std::string("a=fmtp:97 apt=98\na=fmtp:98 apt=97\n"),
           std::string("a=fmtp:97 apt\na=fmtp:98 apt=\n"),
       })
    EXPECT_THAT(read("video", "96 97 98", vp8 + rtx + parameters), ElementsAre("96 VP8/90000")) << parameters;
}

/// RFC 2198 section 5.
TEST(FormatsOf, KnowsTheBlocksOfRed) {
  const std::string red = "a=rtpmap:121 red/8000\na=fmtp:121 ";
  const sdp::MediaDescription media = section("audio", "121 0 5", red + "0/5\n");
  EXPECT_THAT(formats_of(media).front().blocks, ElementsAre(PayloadType(0), PayloadType(5)));
  EXPECT_THAT(read("audio", "121 0 5", red + "0/5\n"), ElementsAre("121 red/8000 0/5", "0 PCMU/8000", "5 DVI4/8000"));
  EXPECT_THAT(read("audio", "121 0", red + "0/5\n"), ElementsAre("0 PCMU/8000"));
  EXPECT_THAT(read("audio", "121 0", red + "121/0\n"), ElementsAre("0 PCMU/8000"));
  // Video's list is about all that may be inside.
  EXPECT_THAT(read("video", "122 120", "a=rtpmap:122 red/90000\na=fmtp:122 120/126/123\na=rtpmap:120 VP8/90000\n"),
              ElementsAre("122 red/90000 120", "120 VP8/90000"));
}

TEST(FormatsOf, GivesFeedbackForAllToEveryFormat) {
  const auto formats = formats_of(section("video", "96 97",
                                          "a=rtpmap:96 VP8/90000\na=rtpmap:97 VP9/90000\na=rtcp-fb:* nack\n"
                                          "a=rtcp-fb:97 nack\na=rtcp-fb:97 nack pli\n"));
  EXPECT_THAT(formats.at(0).codec.feedback, ElementsAre("nack"));
  EXPECT_THAT(formats.at(1).codec.feedback, ElementsAre("nack", "nack pli"));
}

class Corpus : public testing::TestWithParam<sdp::CorpusFile> {};

std::string text_of(PayloadType payload_type) { return std::to_string(unsigned{payload_type.get()}); }

/// What the section says about its formats, without repetitions and differences that mean nothing.
std::set<std::string> lines_of(const sdp::MediaDescription& media) {
  const auto listed = [&](const std::string& number) {
    return std::ranges::find(media.formats, number) != media.formats.end();
  };
  std::set<std::string> lines;
  for (const sdp::Rtpmap& map : media.rtpmaps)
    if (listed(text_of(map.payload_type)))
      lines.insert(text_of(map.payload_type) + " " + map.encoding + "/" + std::to_string(map.clock_rate) +
                   (map.parameters == "1" || map.parameters.empty() ? "" : "/" + map.parameters));
  for (const sdp::Fmtp& fmtp : media.fmtps)
    if (listed(fmtp.format) && !fmtp.parameters.empty()) lines.insert(fmtp.format + " fmtp " + fmtp.parameters);
  for (const sdp::RtcpFeedback& feedback : media.rtcp_feedback)
    for (const std::string& format : media.formats)
      if (!feedback.payload_type || text_of(*feedback.payload_type) == format)
        lines.insert(format + " fb " + feedback.value);
  return lines;
}

/// Whatever is usable comes back as it was.
TEST_P(Corpus, SectionsAreReadAndWritten) {
  for (const sdp::MediaDescription& before : described(GetParam().text).media) {
    if (before.kind != "audio" && before.kind != "video") continue;
    sdp::MediaDescription after = before;
    put_formats(after, formats_of(before));
    EXPECT_EQ(formats_of(after), formats_of(before));
    if (before.port == 0 && !before.bundle_only) continue;  // rejected, with a remnant of formats
    EXPECT_EQ(after.formats, before.formats);
    std::set<std::string> expected = lines_of(before);
    for (const Format& format : formats_of(before))  // static ones are written out
      if (!sdp::rtpmap(before, format.payload_type)) expected.insert(shown({format}).front());
    EXPECT_EQ(lines_of(after), expected);
  }
}

TEST_P(Corpus, IsConsistent) {
  const auto checked = check_payload_types(described(GetParam().text));
  EXPECT_TRUE(checked) << checked.error().message;
}

INSTANTIATE_TEST_SUITE_P(Files, Corpus, testing::ValuesIn(sdp::corpus()), [](const auto& info) {
  std::string name = info.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

std::string bundled(const std::string& first, const std::string& second, const std::string& group) {
  const std::string m = " 9 UDP/TLS/RTP/SAVPF ";
  return group + "m=video" + m + "96 97\na=mid:0\n" + first + "m=video" + m + "96 97\na=mid:1\n" + second;
}

/// RFC 9143 section 9.1.1.
TEST(PayloadTypesOfABundle, MeanOneCodec) {
  const std::string bundle = "a=group:BUNDLE 0 1\n", vp8 = "a=rtpmap:96 VP8/90000\n", vp9 = "a=rtpmap:96 VP9/90000\n",
                    rtx = "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n", fast = "a=fmtp:96 max-fr=60\n";
  EXPECT_TRUE(check_payload_types(session(bundled(vp8, vp8 + fast + "a=rtcp-fb:96 nack\n", bundle))));
  EXPECT_TRUE(check_payload_types(session(bundled(vp8, vp9, ""))));
  const auto refused = check_payload_types(session(bundled(vp8, vp9, bundle)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::InvalidAccessError);
  EXPECT_FALSE(check_payload_types(session(bundled(vp8 + rtx, vp8 + "a=rtpmap:97 AV1/90000\n", bundle))));
  // A rejected section takes no part.
  std::string rejected = bundled(vp8, vp9, bundle);
  rejected.replace(rejected.rfind("video 9"), 7, "video 0");
  EXPECT_TRUE(check_payload_types(session(rejected)));
}

TEST(HostileFormats, AreBounded) {
  std::string formats, lines;
  for (int i = 0; i < 2000; ++i) {
    const std::string number = std::to_string(i % 128);
    if (i < 128) formats += (i ? " " : "") + number;
    lines += "a=rtpmap:" + std::to_string(i % 128) + " rtx/90000\na=fmtp:" + std::to_string(i % 128) +
             " apt=" + std::to_string((i + 1) % 128) + "\na=rtcp-fb:* nack " + number + "\n";
  }
  EXPECT_THAT(read("video", formats, lines), IsEmpty());

  const std::string long_text(100'000, '/');
  EXPECT_THAT(read("audio", "0 96", "a=rtpmap:96 red/8000\na=fmtp:96 " + long_text + "\n"), ElementsAre("0 PCMU/8000"));
  std::string list;
  for (int i = 0; i < 500; ++i) list += "0/";
  const auto red = formats_of(section("audio", "0 96", "a=rtpmap:96 red/8000\na=fmtp:96 " + list + "0\n"));
  EXPECT_THAT(red.back().blocks, IsEmpty());
  std::string feedback;
  for (int i = 0; i < 500; ++i) feedback += "a=rtcp-fb:0 x" + std::to_string(i) + "\n";
  EXPECT_LE(formats_of(section("audio", "0", feedback)).at(0).codec.feedback.size(), 32u);
}

}  // namespace
}  // namespace parley::jsep
