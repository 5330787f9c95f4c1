#include <gtest/gtest.h>

#include <functional>

#include "sdp/attributes.hpp"
#include "sdp/parse.hpp"
#include "sdp/print.hpp"

namespace parley::sdp {
namespace {

struct MediaField {
  std::string_view line;
  std::function<bool(const MediaDescription&)> holds;
};

using M = MediaDescription;

const MediaField kMediaFields[] = {
    {"a=bundle-only", [](const M& m) { return m.bundle_only; }},
    {"a=mid:{a-1}", [](const M& m) { return m.mid == "{a-1}"; }},
    {"a=sendrecv", [](const M& m) { return m.direction == Direction::SendRecv; }},
    {"a=sendonly", [](const M& m) { return m.direction == Direction::SendOnly; }},
    {"a=recvonly", [](const M& m) { return m.direction == Direction::RecvOnly; }},
    {"a=inactive", [](const M& m) { return m.direction == Direction::Inactive; }},
    {"a=rtpmap:0 PCMU/8000",
     [](const M& m) {
       return m.rtpmaps.at(0) == Rtpmap{PayloadType(0), "PCMU", 8000, ""};
     }},
    {"a=rtpmap:111 opus/48000/2",
     [](const M& m) {
       return m.rtpmaps.at(0) == Rtpmap{PayloadType(111), "opus", 48000, "2"};
     }},
    {"a=fmtp:97 apt=96;x=y z",
     [](const M& m) {
       return m.fmtps.at(0) == Fmtp{"97", "apt=96;x=y z"};
     }},
    {"a=fmtp:webrtc-datachannel max-message-size=1000",
     [](const M& m) {
       return m.fmtps.at(0) == Fmtp{"webrtc-datachannel", "max-message-size=1000"};
     }},
    {"a=fmtp:97",
     [](const M& m) {
       return m.fmtps.at(0) == Fmtp{"97", ""};
     }},
    {"a=ptime:20", [](const M& m) { return m.ptime == 20U; }},
    {"a=maxptime:120", [](const M& m) { return m.maxptime == 120U; }},
    {"a=extmap-allow-mixed", [](const M& m) { return m.extmap_allow_mixed; }},
    {"a=cryptex", [](const M& m) { return m.cryptex; }},
    {"a=extmap:1 urn:x",
     [](const M& m) {
       return m.extmaps.at(0) == Extmap{1, std::nullopt, "urn:x", ""};
     }},
    {"a=extmap:4351/recvonly urn:x some more",
     [](const M& m) {
       return m.extmaps.at(0) == Extmap{4351, Direction::RecvOnly, "urn:x", "some more"};
     }},
    {"a=rtcp-fb:96 nack pli",
     [](const M& m) {
       return m.rtcp_feedback.at(0) == RtcpFeedback{PayloadType(96), "nack pli"};
     }},
    {"a=rtcp-fb:* ccm fir",
     [](const M& m) {
       return m.rtcp_feedback.at(0) == RtcpFeedback{std::nullopt, "ccm fir"};
     }},
    {"a=msid:- track",
     [](const M& m) {
       return m.msids.at(0) == Msid{"-", "track"};
     }},
    {"a=msid:stream",
     [](const M& m) {
       return m.msids.at(0) == Msid{"stream", std::nullopt};
     }},
    {"a=rid:hi_1-x send",
     [](const M& m) {
       return m.rids.at(0) == Rid{"hi_1-x", RidDirection::Send, {}};
     }},
    {"a=rid:1 recv pt=96,97;max-width=1280;depend",
     [](const M& m) {
       return m.rids.at(0) == Rid{"1", RidDirection::Recv, {{"pt", "96,97"}, {"max-width", "1280"}, {"depend"}}};
     }},
    {"a=simulcast:send 1,~4;2;3 recv c",
     [](const M& m) {
       return *m.simulcast == Simulcast{{{{"1"}, {"4", true}}, {{"2"}}, {{"3"}}}, {{{"c"}}}};
     }},
    {"a=simulcast:recv ~1",
     [](const M& m) {
       return *m.simulcast == Simulcast{{}, {{{"1", true}}}};
     }},
    {"a=ssrc-group:FID 1 4294967295",
     [](const M& m) {
       return m.ssrc_groups.at(0) == SsrcGroup{"FID", {Ssrc(1), Ssrc(4294967295)}};
     }},
    {"a=ssrc:7 cname:a:b c",
     [](const M& m) {
       return m.ssrcs.at(0) == SsrcAttribute{Ssrc(7), "cname", "a:b c"};
     }},
    {"a=ssrc:7 flag",
     [](const M& m) {
       return m.ssrcs.at(0) == SsrcAttribute{Ssrc(7), "flag", std::nullopt};
     }},
    {"a=sctp-port:5000", [](const M& m) { return m.sctp_port == 5000; }},
    {"a=max-message-size:18446744073709551615", [](const M& m) { return m.max_message_size == UINT64_MAX; }},
    {"a=max-message-size:0", [](const M& m) { return m.max_message_size == 0U; }},
    {"a=sctpmap:5000 webrtc-datachannel 1024",
     [](const M& m) {
       return m.sctpmap == Sctpmap{5000, "webrtc-datachannel", 1024};
     }},
    {"a=sctpmap:5001 webrtc-datachannel",
     [](const M& m) {
       return m.sctpmap == Sctpmap{5001, "webrtc-datachannel", std::nullopt};
     }},
    {"a=ice-ufrag:ab+/", [](const M& m) { return m.ice_ufrag == "ab+/"; }},
    {"a=ice-ufrag:a-_=#", [](const M& m) { return m.ice_ufrag == "a-_=#"; }},
    {"a=ice-pwd:0123456789012345678901", [](const M& m) { return m.ice_pwd == "0123456789012345678901"; }},
    {"a=ice-options:trickle ice2",
     [](const M& m) {
       return m.ice_options == std::vector<std::string>{"trickle", "ice2"};
     }},
    {"a=fingerprint:sha-256 AB:CD",
     [](const M& m) {
       return m.fingerprints.at(0) == Fingerprint{"sha-256", "AB:CD"};
     }},
    {"a=setup:actpass", [](const M& m) { return m.setup == Setup::ActPass; }},
    {"a=setup:active", [](const M& m) { return m.setup == Setup::Active; }},
    {"a=setup:passive", [](const M& m) { return m.setup == Setup::Passive; }},
    {"a=setup:holdconn", [](const M& m) { return m.setup == Setup::HoldConn; }},
    {"a=tls-id:abcdefghijklmnopqrst", [](const M& m) { return m.tls_id == "abcdefghijklmnopqrst"; }},
    {"a=rtcp:9",
     [](const M& m) {
       return m.rtcp == Rtcp{9, std::nullopt};
     }},
    {"a=rtcp:53020 IN IP6 ::1",
     [](const M& m) {
       return m.rtcp == Rtcp{53020, Connection{"IN", "IP6", "::1"}};
     }},
    {"a=rtcp-mux", [](const M& m) { return m.rtcp_mux; }},
    {"a=rtcp-mux-only", [](const M& m) { return m.rtcp_mux_only; }},
    {"a=rtcp-rsize", [](const M& m) { return m.rtcp_rsize; }},
    {"a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
     [](const M& m) { return m.candidates.at(0) == "1 1 udp 1 192.0.2.1 9 typ host"; }},
    {"a=end-of-candidates", [](const M& m) { return m.end_of_candidates; }},
};

struct SessionField {
  std::string_view line;
  std::function<bool(const Description&)> holds;
};

using D = Description;

const SessionField kSessionFields[] = {
    {"a=ice-lite", [](const D& d) { return d.ice_lite; }},
    {"a=ice-options:trickle", [](const D& d) { return d.ice_options == std::vector<std::string>{"trickle"}; }},
    {"a=identity:eyJ x=y", [](const D& d) { return d.identity == "eyJ x=y"; }},
    {"a=group:BUNDLE",
     [](const D& d) {
       return d.groups.at(0) == Group{"BUNDLE", {}};
     }},
    {"a=group:LS a1 v1",
     [](const D& d) {
       return d.groups.at(0) == Group{"LS", {"a1", "v1"}};
     }},
    {"a=msid-semantic: WMS *", [](const D& d) { return d.msid_semantic == " WMS *"; }},
    {"a=extmap-allow-mixed", [](const D& d) { return d.extmap_allow_mixed; }},
    {"a=cryptex", [](const D& d) { return d.cryptex; }},
    {"a=extmap:2 urn:y",
     [](const D& d) {
       return d.extmaps.at(0) == Extmap{2, std::nullopt, "urn:y", ""};
     }},
    {"a=sendrecv", [](const D& d) { return d.direction == Direction::SendRecv; }},
    {"a=sendonly", [](const D& d) { return d.direction == Direction::SendOnly; }},
    {"a=recvonly", [](const D& d) { return d.direction == Direction::RecvOnly; }},
    {"a=inactive", [](const D& d) { return d.direction == Direction::Inactive; }},
    {"a=ice-ufrag:abcd", [](const D& d) { return d.ice_ufrag == "abcd"; }},
    {"a=ice-pwd:0123456789012345678901", [](const D& d) { return d.ice_pwd == "0123456789012345678901"; }},
    {"a=fingerprint:sha-512 00",
     [](const D& d) {
       return d.fingerprints.at(0) == Fingerprint{"sha-512", "00"};
     }},
    {"a=setup:passive", [](const D& d) { return d.setup == Setup::Passive; }},
    {"a=tls-id:abcdefghijklmnopqrst", [](const D& d) { return d.tls_id == "abcdefghijklmnopqrst"; }},
};

constexpr std::string_view kStart = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

/// Whether the line is understood, leaves nothing unknown, and is printed as it was.
template <class Fields, class Pick>
void check(const Fields& fields, const std::string& before, Pick pick) {
  for (const auto& [line, holds] : fields) {
    const std::string text = before + std::string(line) + "\r\n";
    const auto description = parse(text);
    ASSERT_TRUE(description) << line << description.error().message;
    EXPECT_TRUE(holds(pick(*description))) << line;
    EXPECT_TRUE(pick(*description).attributes.empty()) << line;
    EXPECT_EQ(print(*description), text);
  }
}

/// Every row of the table has a case above, so that a new one cannot be forgotten.
template <class Fields, class Rows>
void expect_all_covered(const Fields& fields, const Rows& rows) {
  for (const auto& row : rows) {
    const auto is_about = [&](const auto& field) {
      return field.line.starts_with("a=" + std::string(row.name)) &&
             (field.line.size() == row.name.size() + 2 || field.line[row.name.size() + 2] == ':');
    };
    EXPECT_TRUE(std::any_of(std::begin(fields), std::end(fields), is_about)) << row.name;
  }
}

TEST(SdpField, OfMediaIsReadAndPrintedAsItWas) {
  check(kMediaFields, std::string(kStart) + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
        [](const D& d) -> const M& { return d.media.at(0); });
}

TEST(SdpField, OfASessionIsReadAndPrintedAsItWas) {
  check(kSessionFields, std::string(kStart), [](const D& d) -> const D& { return d; });
}

TEST(SdpField, EveryRowIsTested) {
  expect_all_covered(kMediaFields, media_attributes());
  expect_all_covered(kSessionFields, session_attributes());
}

TEST(SdpField, NoRowIsThereTwice) {
  std::vector<std::string_view> names;
  for (const auto& row : media_attributes()) names.push_back(row.name);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST(SdpField, TheLimitsOfCredentialsAreThoseOfTheGrammar) {
  const auto accepts = [](const std::string& line) { return parse(std::string(kStart) + line).has_value(); };
  EXPECT_TRUE(accepts("a=ice-ufrag:" + std::string(256, 'a')));
  EXPECT_FALSE(accepts("a=ice-ufrag:" + std::string(257, 'a')));
  EXPECT_FALSE(accepts("a=ice-ufrag:" + std::string(3, 'a')));
  EXPECT_TRUE(accepts("a=ice-pwd:" + std::string(22, 'a')));
  EXPECT_TRUE(accepts("a=ice-pwd:" + std::string(256, 'a')));
  EXPECT_FALSE(accepts("a=ice-pwd:" + std::string(257, 'a')));
  EXPECT_FALSE(accepts("a=ice-pwd:" + std::string(21, 'a')));
  EXPECT_TRUE(accepts("a=tls-id:" + std::string(255, 'a')));
  EXPECT_FALSE(accepts("a=tls-id:" + std::string(256, 'a')));
  EXPECT_FALSE(accepts("a=tls-id:" + std::string(19, 'a')));
}

}  // namespace
}  // namespace parley::sdp
