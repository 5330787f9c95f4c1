// How H.264 is cut, which both sides agree on anew with each description.
#include <gmock/gmock.h>

#include "video_call.hpp"

namespace parley::media::test {
namespace {

using testing::ElementsAre;

/// RFC 6184 section 8.2.2: who is called instead, or on behalf of somebody, may take single NAL units only.
TEST(H264, IsCutAsWasAgreedOnLast) {
  Call call;
  std::vector<int> types;
  call.filter = [&](ByteView bytes, bool rtcp) {
    const auto packet = rtp::PacketView::parse(bytes);
    if (!rtcp && packet->header().ssrc == kEncoding.source) types.push_back(packet->payload()[0] & 0x1F);
    return false;
  };
  const Bytes key{0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 0, 1, 0x68, 1, 2, 3, 0, 0, 0, 1, 0x65, 0x88, 1, 2};
  for (const char* fmtp : {"packetization-mode=1", "packetization-mode=0", "packetization-mode=1"}) {
    Section section = video_section();
    for (auto* formats : {&section.send_formats, &section.receive_formats}) {
      formats->front().name = "H264";
      formats->front().fmtp = fmtp;
    }
    call.left->session.configure({sending(section, {kEncoding})});
    call.right->session.configure({receiving(section)});
    call.connect();
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(key, true), call.now));
    call.run(100ms);
  }
  constexpr int kTogether = 24;
  EXPECT_THAT(types, ElementsAre(kTogether, 7, 8, 5, kTogether));
}

}  // namespace
}  // namespace parley::media::test
