#include <gtest/gtest.h>

#include "sdp/parse.hpp"

namespace parley::sdp {
namespace {

struct Refused {
  std::string_view text;
  int line;
  /// Part of the message.
  std::string_view why;
};

void expect_refused(std::string_view text, int line, std::string_view why) {
  const auto result = parse(text);
  ASSERT_FALSE(result) << text;
  EXPECT_EQ(result.error().kind, ErrorKind::RTCError);
  ASSERT_TRUE(result.error().detail);
  EXPECT_EQ(result.error().detail->errorDetail, RTCErrorDetailType::SdpSyntaxError);
  EXPECT_EQ(result.error().detail->sdpLineNumber, line) << text << '\n' << result.error().message;
  EXPECT_NE(result.error().message.find(why), std::string::npos) << text << '\n' << result.error().message;
}

constexpr Refused kSessions[] = {
    {"", 1, "v=0"},
    {"\n\n", 2, "v=0"},
    {"hello", 1, "v=0"},
    {"v=1\no=- 1 1 IN IP4 0.0.0.0\n", 1, "v=0"},
    {"v=00\n", 1, "v=0"},
    {"\r\no=- 1 1 IN IP4 0.0.0.0\nv=0\n", 2, "v=0"},
    {"{\"type\":\"offer\"}", 1, "v=0"},
    {"v=0\n", 1, "no o="},
    {"v=0\ns=-\nt=0 0\n\n", 4, "no o="},
    {"v=0\ns=-\nm=audio 9 RTP/AVP 0\no=- 1 1 IN IP4 0.0.0.0\n", 3, "no o="},
    {"v=0\no=- 1 1 IN IP4\n", 2, "RFC 8866 section 5.2"},
    {"v=0\no=- 1 1 IN IP4 0.0.0.0 more\n", 2, "RFC 8866 section 5.2"},
    {"v=0\no=- one 1 IN IP4 0.0.0.0\n", 2, "RFC 8866 section 5.2"},
    {"v=0\no=- 1 -1 IN IP4 0.0.0.0\n", 2, "RFC 8866 section 5.2"},
    {"v=0\no=- 18446744073709551616 1 IN IP4 0.0.0.0\n", 2, "RFC 8866 section 5.2"},
    {"v=0\no=- 1 1 IN IP4 0.0.0.0\no=- 1 1 IN IP4 0.0.0.0\n", 3, "o= appears twice"},
};

TEST(SdpRefusal, OfASessionNamesTheLine) {
  for (const auto& [text, line, why] : kSessions) expect_refused(text, line, why);
}

// Each follows four good lines.
constexpr Refused kAfterTheStart[] = {
    {"v=0", 5, "first line only"},
    {"s=again", 5, "s= appears twice"},
    {"c=IN IP4", 5, "RFC 8866 section 5.7"},
    {"c=IN IP4 1.2.3.4 5", 5, "RFC 8866 section 5.7"},
    {"a", 5, "<type>=<value>"},
    {"=x", 5, "<type>=<value>"},
    {"a =x", 5, "<type>=<value>"},
    {" a=x", 5, "<type>=<value>"},
    {"\xc3\xa4=x", 5, "<type>=<value>"},
    {"a=mid\r:0", 5, "control character"},
    {"a=ice-ufrag:abc", 5, "a=ice-ufrag"},
    {"a=ice-ufrag:abc d", 5, "RFC 8839 section 5.4"},
    {"a=ice-pwd:tooshort", 5, "a=ice-pwd"},
    {"a=fingerprint:sha-256", 5, "RFC 8122 section 5"},
    {"a=fingerprint:sha-256 A", 5, "RFC 8122 section 5"},
    {"a=fingerprint:sha-256 AB:C", 5, "RFC 8122 section 5"},
    {"a=fingerprint:sha-256 AB:", 5, "RFC 8122 section 5"},
    {"a=fingerprint:sha-256 AB-CD", 5, "RFC 8122 section 5"},
    {"a=fingerprint:sha-256 AB:GG", 5, "RFC 8122 section 5"},
    {"a=fingerprint:sha-256 AB:CD EF", 5, "RFC 8122 section 5"},
    {"a=setup", 5, "RFC 4145 section 4"},
    {"a=setup:both", 5, "RFC 4145 section 4"},
    {"a=setup:ACTIVE", 5, "RFC 4145 section 4"},
    {"a=tls-id:short", 5, "RFC 8842 section 4"},
    {"a=group:", 5, "RFC 5888 section 5"},
    {"a=extmap:0 urn:x", 5, "RFC 8285 section 8"},
    {"a=extmap:1", 5, "RFC 8285 section 8"},
    {"a=extmap:1/never urn:x", 5, "RFC 8285 section 8"},
    {"a=extmap:1/ urn:x", 5, "RFC 8285 section 8"},
    {"a=extmap:65536 urn:x", 5, "RFC 8285 section 8"},
    {"a=sendonly\na=recvonly", 6, "a=recvonly contradicts"},
    {"a=ice-ufrag:abcd\na=ice-ufrag:abce", 6, "a=ice-ufrag contradicts"},
    {"a=setup:active\na=setup:passive", 6, "a=setup contradicts"},
    {"m=audio", 5, "RFC 8866 section 5.14"},
    {"m=audio 9 RTP/AVP", 5, "RFC 8866 section 5.14"},
    {"m=audio port RTP/AVP 0", 5, "RFC 8866 section 5.14"},
    {"m=audio 65536 RTP/AVP 0", 5, "RFC 8866 section 5.14"},
    {"m=audio -1 RTP/AVP 0", 5, "RFC 8866 section 5.14"},
    {"m=audio 9/0 RTP/AVP 0", 5, "RFC 8866 section 5.14"},
    {"m=audio 9/ RTP/AVP 0", 5, "RFC 8866 section 5.14"},
    {"m=audio 9/2/3 RTP/AVP 0", 5, "RFC 8866 section 5.14"},
    {"m=audio 9 RTP/AVP 128", 5, "RFC 8866 section 5.14"},
    {"m=audio 9 UDP/TLS/RTP/SAVPF opus", 5, "RFC 8866 section 5.14"},
};

TEST(SdpRefusal, OfALineNamesTheLine) {
  constexpr std::string_view kStart = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
  for (const auto& [text, line, why] : kAfterTheStart)
    expect_refused(std::string(kStart).append(text).append("\r\na=x\r\n"), line, why);
}

TEST(SdpRefusal, OfATimeNamesTheLine) {
  for (const std::string_view time : {"t=0", "t=0 0 0", "t=now later", "t=-1 0"})
    expect_refused(std::string("v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\n").append(time), 4, "RFC 8866 section 5.9");
}

// Each follows an m= line, which is the fifth.
constexpr Refused kInMedia[] = {
    {"v=0", 6, "first line only"},
    {"c=nowhere", 6, "RFC 8866 section 5.7"},
    {"a=mid", 6, "RFC 5888 section 4"},
    {"a=mid:", 6, "RFC 5888 section 4"},
    {"a=mid:a b", 6, "RFC 5888 section 4"},
    {"a=mid:a\na=mid:b", 7, "a=mid contradicts"},
    {"a=inactive\na=sendrecv", 7, "a=sendrecv contradicts"},
    {"a=rtpmap:96", 6, "RFC 8866 section 6.6"},
    {"a=rtpmap:96 VP8", 6, "RFC 8866 section 6.6"},
    {"a=rtpmap:96 VP8/0", 6, "RFC 8866 section 6.6"},
    {"a=rtpmap:96 /90000", 6, "RFC 8866 section 6.6"},
    {"a=rtpmap:96 VP8/90000 x", 6, "RFC 8866 section 6.6"},
    {"a=rtpmap:128 VP8/90000", 6, "RFC 8866 section 6.6"},
    {"a=rtpmap:x VP8/90000", 6, "RFC 8866 section 6.6"},
    {"a=fmtp:", 6, "RFC 8866 section 6.15"},
    {"a=rtcp-fb:96", 6, "RFC 4585 section 4.2"},
    {"a=rtcp-fb:all nack", 6, "RFC 4585 section 4.2"},
    {"a=msid:", 6, "RFC 8830 section 2"},
    {"a=msid:a b c", 6, "RFC 8830 section 2"},
    {"a=extmap:one urn:x", 6, "RFC 8285 section 8"},
    {"a=sctp-port:65536", 6, "RFC 8841 section 5"},
    {"a=sctp-port:5000 5001", 6, "RFC 8841 section 5"},
    {"a=max-message-size:-1", 6, "RFC 8841 section 6"},
    {"a=max-message-size:18446744073709551616", 6, "RFC 8841 section 6"},
    {"a=sctpmap:5000", 6, "draft-ietf-mmusic-sctp-sdp-05"},
    {"a=sctpmap:5000 webrtc-datachannel many", 6, "draft-ietf-mmusic-sctp-sdp-05"},
    {"a=ice-pwd:0123456789012345678901\n\na=ice-pwd:0123456789012345678902", 8, "a=ice-pwd contradicts"},
};

TEST(SdpRefusal, InsideMediaNamesTheLine) {
  constexpr std::string_view kStart = "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\nm=audio 9 RTP/AVP 0\n";
  for (const auto& [text, line, why] : kInMedia)
    expect_refused(std::string(kStart).append(text).append("\na=x\n"), line, why);
}

TEST(SdpRefusal, NeverQuotesAPassword) {
  const auto result = parse("v=0\no=- 1 1 IN IP4 0.0.0.0\na=ice-pwd:sesame\n");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message.find("sesame"), std::string::npos);
}

TEST(SdpRefusal, OfATextWithANulNamesTheLine) {
  expect_refused(std::string_view("v=0\no=- 1 1 IN IP4 0.0.0.0\na=x\0y\n", 38), 3, "control character");
}

TEST(SdpRefusal, OfTooMuchNamesTheLimit) {
  const std::string start = "v=0\no=- 1 1 IN IP4 0.0.0.0\n";
  const auto repeated = [&](std::string_view line, std::size_t count) {
    std::string text = start;
    while (count-- > 0) text += line;
    return text;
  };
  expect_refused(repeated("a=x\n", kMaxLines - 1), static_cast<int>(kMaxLines) + 1, "lines");
  EXPECT_TRUE(parse(repeated("a=x\n", kMaxLines - 2)));
  expect_refused(repeated("m=x 1 y z\n", kMaxMedia + 1), static_cast<int>(kMaxMedia) + 3, "media sections");
  EXPECT_TRUE(parse(repeated("m=x 1 y z\n", kMaxMedia)));
  expect_refused(start + "a=" + std::string(kMaxBytes - start.size() - 1, 'x'), 1, "bytes");
  EXPECT_TRUE(parse(start + "a=" + std::string(kMaxBytes - start.size() - 2, 'x')));
}

}  // namespace
}  // namespace parley::sdp
