#include "sdp/print.hpp"

#include <gtest/gtest.h>

#include "sdp/parse.hpp"

namespace parley::sdp {
namespace {

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '\n' ? "\r" : "").append(1, c);
  return out;
}

TEST(SdpPrint, OrdersSessionLinesAsRfc8866Section5) {
  Description description;
  description.origin = {"me", 1, 2, "IN", "IP4", "192.0.2.1"};
  description.connection = Connection{};
  description.bandwidths = {{"AS", 1}};
  description.lines = {{'X', "?"}, {'k', "prompt"}, {'z', "0 0"}, {'r', "1 2 3"},
                       {'p', "1"}, {'e', "a@b"},    {'u', "uri"}, {'i', "title"}};
  description.ice_lite = true;
  EXPECT_EQ(print(description),
            "v=0\r\no=me 1 2 IN IP4 192.0.2.1\r\ns=-\r\ni=title\r\nu=uri\r\ne=a@b\r\np=1\r\nc=IN IP4 "
            "0.0.0.0\r\nb=AS:1\r\nt=0 0\r\n"
            "r=1 2 3\r\nz=0 0\r\nk=prompt\r\nX=?\r\na=ice-lite\r\n");
}

// The shape of RFC 9429 section 7.2, with values of our own.
TEST(SdpPrint, OrdersAttributesAsTheExamplesOfRfc9429) {
  Description description;
  description.origin = {"-", 7, 1, "IN", "IP4", "0.0.0.0"};
  description.ice_options = {"trickle", "ice2"};
  description.groups = {{"BUNDLE", {"a1", "d1"}}};
  MediaDescription audio;
  audio.kind = "audio";
  audio.protocol = "UDP/TLS/RTP/SAVPF";
  audio.formats = {"96", "0"};
  audio.connection = Connection{};
  audio.mid = "a1";
  audio.direction = Direction::SendRecv;
  audio.rtpmaps = {{PayloadType(96), "opus", 48000, "2"}, {PayloadType(0), "PCMU", 8000, ""}};
  audio.fmtps = {{"96", "useinbandfec=1"}};
  audio.maxptime = 120;
  audio.extmaps = {{1, std::nullopt, "urn:ietf:params:rtp-hdrext:sdes:mid", ""}};
  audio.rtcp_feedback = {{PayloadType(96), "transport-cc"}};
  audio.msids = {{"stream", std::nullopt}};
  audio.ice_ufrag = "abcd";
  audio.ice_pwd = "0123456789012345678901";
  audio.fingerprints = {{"sha-256", "AB:CD"}};
  audio.setup = Setup::ActPass;
  audio.tls_id = "abcdefghijklmnopqrst";
  audio.rtcp_mux = audio.rtcp_mux_only = audio.rtcp_rsize = true;
  audio.candidates = {"1 1 udp 1 192.0.2.1 9 typ host"};
  audio.end_of_candidates = true;
  audio.attributes = {{"other", "thing"}};
  MediaDescription data;
  data.kind = "application";
  data.port = 0;
  data.protocol = "UDP/DTLS/SCTP";
  data.formats = {"webrtc-datachannel"};
  data.connection = Connection{};
  data.bundle_only = true;
  data.mid = "d1";
  data.sctp_port = 5000;
  data.max_message_size = 65536;
  description.media = {audio, data};
  EXPECT_EQ(print(description), with_crlf(R"(v=0
o=- 7 1 IN IP4 0.0.0.0
s=-
t=0 0
a=ice-options:trickle ice2
a=group:BUNDLE a1 d1
m=audio 9 UDP/TLS/RTP/SAVPF 96 0
c=IN IP4 0.0.0.0
a=mid:a1
a=sendrecv
a=rtpmap:96 opus/48000/2
a=rtpmap:0 PCMU/8000
a=fmtp:96 useinbandfec=1
a=maxptime:120
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=rtcp-fb:96 transport-cc
a=msid:stream
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=fingerprint:sha-256 AB:CD
a=setup:actpass
a=tls-id:abcdefghijklmnopqrst
a=rtcp-mux
a=rtcp-mux-only
a=rtcp-rsize
a=candidate:1 1 udp 1 192.0.2.1 9 typ host
a=end-of-candidates
a=other:thing
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=bundle-only
a=mid:d1
a=sctp-port:5000
a=max-message-size:65536
)"));
  EXPECT_EQ(*parse(print(description)), description);
}

TEST(SdpPrint, NoValueCanBecomeASecondLine) {
  Description description;
  description.name = "a\r\nb=c";
  description.attributes = {{"x", "1\na=ice-lite"}, {std::string("y\0z", 3)}};
  description.lines = {{'i', "\r\nm=audio 9 RTP/AVP 0"}};
  EXPECT_EQ(print(description),
            "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=ab=c\r\ni=m=audio 9 RTP/AVP 0\r\nt=0 0\r\na=x:1a=ice-lite\r\na=yz\r\n");
}

TEST(SdpPrint, ADefaultDescriptionIsValid) { EXPECT_EQ(*parse(print(Description{})), Description{}); }

}  // namespace
}  // namespace parley::sdp
