#include "sdp/lookup.hpp"

#include <gtest/gtest.h>

#include "sdp/effective.hpp"

namespace parley::sdp {
namespace {

MediaDescription media(std::string mid, std::string protocol, std::vector<std::string> formats) {
  MediaDescription section;
  section.kind = "audio";
  section.mid = std::move(mid);
  section.protocol = std::move(protocol);
  section.formats = std::move(formats);
  return section;
}

Description two_sections() {
  Description description;
  description.groups = {{"LS", {"a", "b"}}, {"BUNDLE", {"a"}}, {"BUNDLE", {"b", "c"}}};
  description.media = {media("a", "UDP/TLS/RTP/SAVPF", {"96", "0"}),
                       media("b", "UDP/DTLS/SCTP", {"webrtc-datachannel"})};
  return description;
}

TEST(SdpLookup, FindsMediaByMid) {
  Description description = two_sections();
  const Description& constant = description;
  EXPECT_EQ(media_by_mid(description, "b"), &description.media[1]);
  EXPECT_EQ(media_by_mid(constant, "a"), &description.media[0]);
  EXPECT_EQ(media_by_mid(constant, "c"), nullptr);
  EXPECT_EQ(index_by_mid(description, "b"), 1U);
  EXPECT_EQ(index_by_mid(description, "c"), std::nullopt);
}

TEST(SdpLookup, ASectionWithoutMidIsNotTheOneWithAnEmptyMid) {
  Description description = two_sections();
  description.media[0].mid.reset();
  EXPECT_EQ(media_by_mid(description, ""), nullptr);
}

TEST(SdpLookup, FindsGroups) {
  const Description description = two_sections();
  EXPECT_EQ(group_of(description, "BUNDLE", "b"), &description.groups[2]);
  EXPECT_EQ(group_of(description, "BUNDLE", "x"), nullptr);
  EXPECT_EQ(group_of(description, "FID", "a"), nullptr);
  EXPECT_EQ(groups(description, "BUNDLE"), (std::vector{&description.groups[1], &description.groups[2]}));
}

TEST(SdpLookup, TellsProtocolsApart) {
  for (const char* rtp : {"UDP/TLS/RTP/SAVPF", "RTP/AVP", "RTP/SAVPF", "TCP/DTLS/RTP/SAVPF"}) {
    EXPECT_TRUE(is_rtp(media("", rtp, {"0"}))) << rtp;
    EXPECT_FALSE(is_sctp(media("", rtp, {"0"}))) << rtp;
  }
  for (const char* sctp : {"UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP"}) {
    EXPECT_TRUE(is_sctp(media("", sctp, {"5000"}))) << sctp;
    EXPECT_FALSE(is_rtp(media("", sctp, {"5000"}))) << sctp;
  }
  EXPECT_FALSE(is_rtp(media("", "udptl", {"t38"})) || is_sctp(media("", "RTPS", {"1"})) ||
               is_rtp(media("", "RTPS", {"1"})));
}

TEST(SdpLookup, PayloadTypesAreThoseOfRtpOnly) {
  const Description description = two_sections();
  EXPECT_EQ(payload_types(description.media[0]), (std::vector{PayloadType(96), PayloadType(0)}));
  EXPECT_TRUE(payload_types(media("", "DTLS/SCTP", {"50"})).empty());
}

TEST(SdpLookup, FindsRtpmapAndFmtp) {
  MediaDescription section = media("a", "RTP/AVP", {"96"});
  section.rtpmaps = {{PayloadType(96), "opus", 48000, "2"}, {PayloadType(0), "PCMU", 8000, ""}};
  section.fmtps = {{"96", "minptime=10; useinbandfec=1 ;stereo"}};
  EXPECT_EQ(rtpmap(section, PayloadType(0)), &section.rtpmaps[1]);
  EXPECT_EQ(rtpmap(section, PayloadType(1)), nullptr);
  EXPECT_EQ(channels(section.rtpmaps[0]), 2U);
  EXPECT_EQ(channels(section.rtpmaps[1]), 1U);
  EXPECT_EQ(fmtp(section, "0"), "");
  const std::string_view parameters = fmtp(section, "96");
  EXPECT_EQ(fmtp_parameter(parameters, "minptime"), "10");
  EXPECT_EQ(fmtp_parameter(parameters, "UseInbandFec"), "1");
  EXPECT_EQ(fmtp_parameter(parameters, "stereo"), "");
  EXPECT_EQ(fmtp_parameter(parameters, "min"), std::nullopt);
}

TEST(SdpLookup, TheSctpPortIsTheOneOfTheFormThatIsUsed) {
  MediaDescription section = media("a", "UDP/DTLS/SCTP", {"webrtc-datachannel"});
  EXPECT_EQ(sctp_port(section), 5000);
  section.sctp_port = 6000;
  EXPECT_EQ(sctp_port(section), 6000);
  section = media("a", "DTLS/SCTP", {"5001"});
  EXPECT_EQ(sctp_port(section), 5001);
  section.sctpmap = Sctpmap{5002, "webrtc-datachannel", 16};
  EXPECT_EQ(sctp_port(section), 5002);
}

TEST(SdpDirection, ReversesWhatIsSentAndReceived) {
  EXPECT_EQ(reversed(Direction::SendRecv), Direction::SendRecv);
  EXPECT_EQ(reversed(Direction::SendOnly), Direction::RecvOnly);
  EXPECT_EQ(reversed(Direction::RecvOnly), Direction::SendOnly);
  EXPECT_EQ(reversed(Direction::Inactive), Direction::Inactive);
}

TEST(SdpEffective, ASectionsOwnWordGoesBeforeTheSessions) {
  Description description = two_sections();
  MediaDescription& section = description.media[0];
  description.ice_ufrag = "sess";
  description.ice_pwd = "session password";
  description.ice_options = {"trickle"};
  description.fingerprints = {{"sha-256", "AA"}};
  description.setup = Setup::ActPass;
  description.tls_id = "session";
  description.direction = Direction::RecvOnly;
  description.connection = Connection{"IN", "IP4", "192.0.2.1"};
  EXPECT_EQ(effective_ice_ufrag(description, section), "sess");
  EXPECT_EQ(effective_ice_pwd(description, section), "session password");
  EXPECT_EQ(effective_ice_options(description, section), description.ice_options);
  EXPECT_EQ(effective_fingerprints(description, section), description.fingerprints);
  EXPECT_EQ(effective_setup(description, section), Setup::ActPass);
  EXPECT_EQ(effective_tls_id(description, section), "session");
  EXPECT_EQ(effective_direction(description, section), Direction::RecvOnly);
  EXPECT_EQ(effective_connection(description, section)->address, "192.0.2.1");
  section.ice_ufrag = "medi";
  section.ice_pwd = "media password";
  section.ice_options = {"ice2"};
  section.fingerprints = {{"sha-512", "BB"}};
  section.setup = Setup::Active;
  section.tls_id = "media";
  section.direction = Direction::SendRecv;
  section.connection = Connection{"IN", "IP4", "192.0.2.2"};
  EXPECT_EQ(effective_ice_ufrag(description, section), "medi");
  EXPECT_EQ(effective_ice_pwd(description, section), "media password");
  EXPECT_EQ(effective_ice_options(description, section), section.ice_options);
  EXPECT_EQ(effective_fingerprints(description, section), section.fingerprints);
  EXPECT_EQ(effective_setup(description, section), Setup::Active);
  EXPECT_EQ(effective_tls_id(description, section), "media");
  EXPECT_EQ(effective_direction(description, section), Direction::SendRecv);
  EXPECT_EQ(effective_connection(description, section)->address, "192.0.2.2");
}

TEST(SdpEffective, NobodysWordIsTheDefault) {
  const Description description = two_sections();
  EXPECT_EQ(effective_direction(description, description.media[0]), Direction::SendRecv);
  EXPECT_EQ(effective_setup(description, description.media[0]), std::nullopt);
  EXPECT_FALSE(effective_extmap_allow_mixed(description, description.media[0]));
}

TEST(SdpEffective, ExtensionsOfTheSessionAddToThoseOfTheSection) {
  Description description = two_sections();
  description.extmap_allow_mixed = true;
  description.extmaps = {{1, std::nullopt, "urn:a", ""}};
  description.media[0].extmaps = {{2, std::nullopt, "urn:b", ""}};
  EXPECT_EQ(effective_extmaps(description, description.media[0]),
            (std::vector{description.extmaps[0], description.media[0].extmaps[0]}));
  EXPECT_TRUE(effective_extmap_allow_mixed(description, description.media[1]));
}

TEST(SdpEffective, EncryptedHeadersAreTakenBySayingSoOnEitherLevel) {
  Description description = two_sections();
  EXPECT_FALSE(effective_cryptex(description, description.media[0]));
  description.media[0].cryptex = true;
  EXPECT_TRUE(effective_cryptex(description, description.media[0]));
  EXPECT_FALSE(effective_cryptex(description, description.media[1]));
  description.cryptex = true;
  EXPECT_TRUE(effective_cryptex(description, description.media[1]));
}

}  // namespace
}  // namespace parley::sdp
