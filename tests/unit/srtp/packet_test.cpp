#include "srtp/packet.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

TEST(SrtpPacket, TheHeaderEndsBehindSourcesAndExtension) {
  EXPECT_EQ(header_length(Kind::Rtp, rtp_packet(1)), 12u);
  const Bytes sources = from_hex("82600001 00000000 11223344 00000001 00000002 ff");
  EXPECT_EQ(header_length(Kind::Rtp, sources), 20u);
  const Bytes extension = from_hex("91600001 00000000 11223344 00000001 bede0002 10aa0000 00000000 ff");
  EXPECT_EQ(header_length(Kind::Rtp, extension), 28u);
  EXPECT_EQ(header_length(Kind::Rtcp, rtcp_packet()), 8u);
}

TEST(SrtpPacket, AHeaderThatIsCutOffIsNone) {
  const Bytes whole = from_hex("91600001 00000000 11223344 00000001 bede0002 10aa0000 00000000");
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(header_length(Kind::Rtp, ByteView(whole).first(length)), std::nullopt) << length;
  EXPECT_EQ(header_length(Kind::Rtp, whole), whole.size());
  EXPECT_EQ(header_length(Kind::Rtcp, ByteView(whole).first(7)), std::nullopt);
}

TEST(SrtpPacket, OnlyVersionTwoHasAHeader) {
  for (const std::uint8_t first : std::to_array<std::uint8_t>({0x00, 0x40, 0xc0})) {
    Bytes rtp = rtp_packet(1), rtcp = rtcp_packet();
    rtp[0] = rtcp[0] = first;
    EXPECT_EQ(header_length(Kind::Rtp, rtp), std::nullopt);
    EXPECT_EQ(header_length(Kind::Rtcp, rtcp), std::nullopt);
  }
}

TEST(SrtpPacket, TheSourceIsReadFromItsPlace) {
  EXPECT_EQ(ssrc(Kind::Rtp, rtp_packet(1, 0xa1b2c3d4)), Ssrc(0xa1b2c3d4));
  EXPECT_EQ(ssrc(Kind::Rtcp, rtcp_packet(0xa1b2c3d4)), Ssrc(0xa1b2c3d4));
}

}  // namespace
}  // namespace parley::srtp::test
