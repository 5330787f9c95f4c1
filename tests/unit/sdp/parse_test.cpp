#include "sdp/parse.hpp"

#include <gtest/gtest.h>

#include "sdp/print.hpp"
#include "unit/sdp/corpus.hpp"

namespace parley::sdp {
namespace {

constexpr std::string_view kMinimal = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

Description parsed(std::string_view text) {
  auto description = parse(text);
  EXPECT_TRUE(description) << description.error().message;
  return description ? *std::move(description) : Description{};
}

Description session_with(std::string_view lines) { return parsed(std::string(kMinimal).append(lines)); }
MediaDescription media_with(std::string_view lines) {
  return session_with(std::string("m=audio 9 UDP/TLS/RTP/SAVPF 0\n").append(lines)).media.at(0);
}

TEST(SdpParse, ReadsTheSmallestDescription) {
  const Description description = parsed(kMinimal);
  EXPECT_EQ(description.origin, (Origin{"-", 1, 2, "IN", "IP4", "127.0.0.1"}));
  EXPECT_EQ(description.name, "-");
  EXPECT_EQ(description.timing, Timing{});
  EXPECT_TRUE(description.media.empty());
}

TEST(SdpParse, TakesLfForCrlfAndNeedsNoEndOfTheLastLine) {
  EXPECT_EQ(parsed("v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"), parsed(kMinimal));
  EXPECT_EQ(parsed("v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0"), parsed(kMinimal));
  EXPECT_EQ(parsed("v=0\r\r\no=- 1 2 IN IP4 127.0.0.1\r\r\ns=-\r\r\nt=0 0\r"), parsed(kMinimal));
}

TEST(SdpParse, TakesBlankLinesAndSpacesAtTheEndOfLines) {
  EXPECT_EQ(parsed("\n \nv=0 \n\no=- 1 2 IN IP4 127.0.0.1\t \ns=- \n\t\nt=0 0  \n\n\n"), parsed(kMinimal));
}

TEST(SdpParse, TakesSeveralSpacesBetweenWordsAndAfterTheColon) {
  const MediaDescription media = media_with("a=rtpmap:  96   VP8/90000\na=mid: 7\na=ice-options: \ttrickle  ice2\n");
  EXPECT_EQ(media.rtpmaps, (std::vector<Rtpmap>{{PayloadType(96), "VP8", 90000, ""}}));
  EXPECT_EQ(media.mid, "7");
  EXPECT_EQ(media.ice_options, (std::vector<std::string>{"trickle", "ice2"}));
}

TEST(SdpParse, SuppliesAMissingNameAndTime) {
  const Description description = parsed("v=0\no=- 1 2 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n");
  EXPECT_EQ(description.name, "-");
  EXPECT_EQ(description.timing, Timing{});
  EXPECT_EQ(parsed("v=0\ns=\no=- 1 2 IN IP4 127.0.0.1\n").name, "-");
}

TEST(SdpParse, TakesTheLinesOfASessionInAnyOrder) {
  const Description description = parsed(
      "v=0\na=ice-lite\nt=1 2\nb=AS:5\ns=a name\nc=IN IP6 ::1\no=me 1 2 IN IP6 ::1\nm=x 1 y z\na=mid:0\nc=IN IP4 "
      "1.2.3.4\n");
  EXPECT_TRUE(description.ice_lite);
  EXPECT_EQ(description.timing, (Timing{1, 2}));
  EXPECT_EQ(description.bandwidths, (std::vector<Bandwidth>{{"AS", 5}}));
  EXPECT_EQ(description.name, "a name");
  EXPECT_EQ(description.connection, (Connection{"IN", "IP6", "::1"}));
  EXPECT_EQ(description.origin.username, "me");
  EXPECT_EQ(description.media.at(0).connection, (Connection{"IN", "IP4", "1.2.3.4"}));
}

TEST(SdpParse, TakesAnyKindOfMedia) {
  const MediaDescription media = session_with("m=image 65535/3 udptl t38 t39\n").media.at(0);
  EXPECT_EQ(media.kind, "image");
  EXPECT_EQ(media.port, 65535);
  EXPECT_EQ(media.port_count, 3);
  EXPECT_EQ(media.protocol, "udptl");
  EXPECT_EQ(media.formats, (std::vector<std::string>{"t38", "t39"}));
}

TEST(SdpParse, KeepsUnknownAttributesInOrder) {
  const MediaDescription media = media_with("a=zeta\na=mid:0\na=alpha:1:2 3\na=zeta\na=empty:\na=\n");
  EXPECT_EQ(media.attributes, (std::vector<Attribute>{{"zeta"}, {"alpha", "1:2 3"}, {"zeta"}, {"empty", ""}, {""}}));
}

TEST(SdpParse, KeepsKnownAttributesAtAnUnknownLevel) {
  const Description description =
      session_with("a=mid:0\na=rtcp-mux\nm=audio 9 RTP/AVP 0\na=ice-lite\na=group:BUNDLE 0\n");
  EXPECT_EQ(description.attributes, (std::vector<Attribute>{{"mid", "0"}, {"rtcp-mux"}}));
  EXPECT_EQ(description.media.at(0).attributes, (std::vector<Attribute>{{"ice-lite"}, {"group", "BUNDLE 0"}}));
}

TEST(SdpParse, KeepsUnknownLinesWhereTheirTypeBelongs) {
  const Description description = session_with("X=later\nk=prompt\nr=1 2 3\nt=3 4\ni=title\nX=last\n");
  EXPECT_EQ(description.lines,
            (std::vector<Line>{
                {'i', "title"}, {'r', "1 2 3"}, {'t', "3 4"}, {'k', "prompt"}, {'X', "later"}, {'X', "last"}}));
}

TEST(SdpParse, KeepsWhatIsMalformedButOfNoConsequence) {
  const MediaDescription media = media_with(
      "a=ptime:2.5\na=simulcast: send rid=1;2\na=rid:1 sideways\na=ssrc:many "
      "cname:x\nb=AS:-1\na=rtcp-mux:yes\na=rtcp:x\n");
  EXPECT_EQ(media.attributes.size(), 6U);
  EXPECT_EQ(media.attributes.at(1), (Attribute{"simulcast", " send rid=1;2"}));
  EXPECT_EQ(media.lines, (std::vector<Line>{{'b', "AS:-1"}}));
  EXPECT_FALSE(media.ptime || media.simulcast || media.rtcp || media.rtcp_mux);
}

TEST(SdpParse, TakesARepetitionOfTheSame) {
  EXPECT_EQ(media_with("a=mid:0\na=setup:active\na=sendonly\na=mid:0\na=setup:active\na=sendonly\n"),
            media_with("a=mid:0\na=setup:active\na=sendonly\n"));
}

TEST(SdpParse, KeepsASecondConnectionAsALine) {
  const MediaDescription media = media_with("c=IN IP4 224.2.1.1/127\nc=IN IP4 224.2.1.2/127\n");
  EXPECT_EQ(media.connection->address, "224.2.1.1/127");
  EXPECT_EQ(media.lines, (std::vector<Line>{{'c', "IN IP4 224.2.1.2/127"}}));
}

TEST(SdpParse, MakesFingerprintsComparable) {
  EXPECT_EQ(media_with("a=fingerprint:SHA-256 ab:0c:EF\n").fingerprints,
            (std::vector<Fingerprint>{{"sha-256", "AB:0C:EF"}}));
}

TEST(SdpParse, SeveralIceOptionsLinesAreOneList) {
  EXPECT_EQ(media_with("a=ice-options:trickle\na=ice-options:ice2 renomination\n").ice_options,
            (std::vector<std::string>{"trickle", "ice2", "renomination"}));
}

TEST(SdpParse, ATextCutAnywhereIsRefusedAtItsLastLineIfAtAll) {
  const std::string text = corpus_text("chromium-offer-data");
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string_view cut = std::string_view(text).substr(0, size);
    const auto lines = std::ranges::count(cut, '\n') + (cut.empty() || cut.back() == '\n' ? 0 : 1);
    const auto result = parse(cut);
    if (!result) {
      EXPECT_EQ(*result.error().detail->sdpLineNumber, std::max<std::ptrdiff_t>(lines, 1)) << cut;
    }
  }
}

}  // namespace
}  // namespace parley::sdp
