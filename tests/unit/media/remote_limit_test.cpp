// A peer that understands neither transport-wide numbers nor RFC 8888 is told what it may send: REMB.
#include <gtest/gtest.h>

#include "scenarios.hpp"

namespace parley::media::test {
namespace {

enum class Told { OfPackets, OfLimit, OfLimitWithoutTimes };

Section section_told(Told told) {
  Section section = video_section();
  if (told != Told::OfPackets) {
    rtp::ExtensionMap map;
    map.set(1, rtp::ExtensionKind::Mid);
    if (told == Told::OfLimit) map.set(2, rtp::ExtensionKind::SendTime);
    section.receive_extensions = section.send_extensions = map;
  }
  for (auto* formats : {&section.send_formats, &section.receive_formats})
    for (Format& format : *formats) {
      format.transport_cc = told == Told::OfPackets;
      format.remote_limit = true;
    }
  return section;
}

struct LimitedCall : AdaptiveCall {
  LimitedCall(double rate, Told told) : AdaptiveCall(rate, 1, section_told(told)) {
    filter = [this](ByteView packet, bool rtcp) {
      rtp::RtcpReader reader(packet);
      for (auto one = reader.next(); rtcp && one; one = reader.next())
        if (one->type == 206 && one->count == rtp::feedback_format::kApplication)
          if (auto limit = rtp::parse_remote_limit(*one)) limits.push_back(*std::move(limit));
      return false;
    };
    connect();
  }
  void stream(int seconds) {
    for (int i = 0; i < 30 * seconds; ++i) {
      send_frame();
      longest = std::max(longest, queueing());
    }
  }
  std::vector<rtp::RemoteLimit> limits;
  Duration longest{};
};

TEST(RemoteLimit, LeadsAPeerToWhatTheLinkCarries) {
  for (const double rate : {1e6, 3e6}) {
    LimitedCall call(rate, Told::OfLimit);
    call.stream(50);
    EXPECT_GE(call.limits.size(), 40U);
    EXPECT_EQ(call.limits.back().sources, std::vector<Ssrc>{Ssrc(1000)});
    EXPECT_GT(call.target(), 0.5 * rate);
    EXPECT_LT(call.target(), 1.2 * rate);
    EXPECT_LT(call.longest, 500ms) << "nothing has been lost";
  }
}

TEST(RemoteLimit, FollowsALinkThatShrinks) {
  LimitedCall call(3e6, Told::OfLimit);
  call.stream(40);
  call.to_right.rate = 1e6;
  call.stream(5);
  call.longest = {};
  call.stream(15);
  EXPECT_LT(call.target(), 1.2e6);
  EXPECT_LT(call.longest, 400ms);
}

TEST(RemoteLimit, IsNotForPeersThatFindOutThemselves) {
  LimitedCall call(3e6, Told::OfPackets);
  call.stream(5);
  EXPECT_TRUE(call.limits.empty());
}

TEST(RemoteLimit, CannotBeFoundWithoutTimes) {
  LimitedCall call(3e6, Told::OfLimitWithoutTimes);
  call.stream(5);
  EXPECT_TRUE(call.limits.empty());
}

}  // namespace
}  // namespace parley::media::test
