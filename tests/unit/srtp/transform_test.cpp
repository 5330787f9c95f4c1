// libsrtp2 and we speak to each other.
#include "srtp/transform.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

using Make = Result<std::unique_ptr<Transform>> (*)(Profile, const MasterKey&, const MasterKey&);

struct Case {
  Make sender, receiver;
  Profile profile;
};
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Profile profile : kProfiles) {
    all.push_back({make_openssl_transform, make_libsrtp_transform, profile});
    all.push_back({make_libsrtp_transform, make_openssl_transform, profile});
  }
  return all;
}

class SrtpTransform : public testing::TestWithParam<Case> {
 protected:
  static std::unique_ptr<Transform> make(Make make, std::uint8_t local, std::uint8_t remote) {
    const Profile profile = GetParam().profile;
    return std::move(make(profile, counting_key(profile, local), counting_key(profile, remote))).value();
  }
  Bytes sealed(Kind kind, Bytes packet) {
    const std::size_t length = packet.size();
    packet.resize(length + Session::kMaxTrailer);
    packet.resize(sender_->protect(kind, packet, length).value().size());
    return packet;
  }
  Opened opened(Kind kind, Bytes packet) {
    const Outcome outcome = receiver_->unprotect(kind, packet);
    if (!outcome) return outcome.error();
    packet.resize(outcome->size());
    return packet;
  }

  std::unique_ptr<Transform> sender_ = make(GetParam().sender, 1, 101), receiver_ = make(GetParam().receiver, 101, 1);
};

INSTANTIATE_TEST_SUITE_P(Both, SrtpTransform, testing::ValuesIn(cases()), [](const auto& info) {
  return std::string(info.param.sender == Make(make_openssl_transform) ? "From" : "To") + "Ours" +
         std::to_string(static_cast<int>(info.param.profile));
});

TEST_P(SrtpTransform, PacketsOfEveryLengthPass) {
  for (std::uint16_t i = 0; i < 200; ++i) {
    const Bytes packet = rtp_packet(i, 7, i);
    EXPECT_EQ(opened(Kind::Rtp, sealed(Kind::Rtp, packet)), Opened(packet));
    Bytes report = rtcp_packet();
    report.resize(8 + i, 3);
    EXPECT_EQ(opened(Kind::Rtcp, sealed(Kind::Rtcp, report)), Opened(report));
  }
}

TEST_P(SrtpTransform, HeaderExtensionsAndSourcesPass) {
  const Bytes packet = from_hex("92600001 00000000 11223344 00000001 00000002 bede0001 10aa0000 51515151");
  EXPECT_EQ(opened(Kind::Rtp, sealed(Kind::Rtp, packet)), Opened(packet));
}

TEST_P(SrtpTransform, SequenceNumbersStartAgain) {
  for (std::uint32_t i = 50000; i < 3 * 65536; i += 777) {
    const Bytes packet = rtp_packet(static_cast<std::uint16_t>(i));
    EXPECT_EQ(opened(Kind::Rtp, sealed(Kind::Rtp, packet)), Opened(packet)) << i;
  }
}

TEST_P(SrtpTransform, UnderOneNumberOnlyTheSamePacketIsSent) {
  const Bytes packet = from_hex("90600001 00000000 11223344 bede0001 10aa0000 51515151");
  Bytes other_extension = packet, other_payload = packet;
  other_extension[17] ^= 1;
  other_payload.back() ^= 1;
  const Bytes first = sealed(Kind::Rtp, packet);
  sealed(Kind::Rtp, rtp_packet(2));
  for (Bytes other : {other_extension, other_payload}) {
    const std::size_t length = other.size();
    other.resize(length + Session::kMaxTrailer);
    EXPECT_EQ(sender_->protect(Kind::Rtp, other, length).error(), Refusal::Reused);
  }
  EXPECT_EQ(sealed(Kind::Rtp, packet), first);
  EXPECT_EQ(sealed(Kind::Rtp, rtp_packet(1 + Session::kReplayWindow)).size(), first.size() - packet.size() + 112);
}

TEST_P(SrtpTransform, BothRefuseTheSame) {
  const Bytes packet = sealed(Kind::Rtp, rtp_packet(1)), report = sealed(Kind::Rtcp, rtcp_packet());
  Bytes forged = packet, forged_report = report;
  forged.back() ^= 1;
  forged_report.back() ^= 1;
  EXPECT_EQ(opened(Kind::Rtp, forged), Opened(Refusal::Forged));
  EXPECT_EQ(opened(Kind::Rtcp, forged_report), Opened(Refusal::Forged));
  EXPECT_EQ(opened(Kind::Rtp, packet), Opened(rtp_packet(1)));
  EXPECT_EQ(opened(Kind::Rtp, packet), Opened(Refusal::Replayed));
  EXPECT_EQ(opened(Kind::Rtcp, report), Opened(rtcp_packet()));
  EXPECT_EQ(opened(Kind::Rtcp, report), Opened(Refusal::Replayed));
  EXPECT_TRUE(
      std::holds_alternative<Bytes>(opened(Kind::Rtp, sealed(Kind::Rtp, rtp_packet(1 + Session::kReplayWindow)))));
  EXPECT_EQ(opened(Kind::Rtp, packet), Opened(Refusal::TooOld));
}

}  // namespace
}  // namespace parley::srtp::test
