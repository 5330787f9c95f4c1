// Requests for key frames that have numbers: RFC 5104 section 4.3.1.
#include <gtest/gtest.h>

#include "call.hpp"
#include "rtp/feedback.hpp"

namespace parley::media::test {
namespace {

constexpr Ssrc kSource{1000};

struct AskedCall : Call {
  AskedCall() {
    left->session.configure({sending(video_section(), {{.source = kSource, .retransmission = Ssrc(1001), .rid = ""}})});
    right->session.configure({receiving(video_section())});
    connect();
    run(1s);
    left->requests.clear();
  }
  /// How often the encoder is asked.
  std::size_t ask(Ssrc sender, std::uint8_t number) {
    Bytes packet;
    rtp::write(rtp::FullIntraRequest{.sender = sender, .entries = {{kSource, number}}}, packet);
    left->session.receive_rtcp(packet, now);
    run(300ms);
    return std::exchange(left->requests, {}).size();
  }
};

TEST(FullIntraRequest, ThatIsRepeatedIsNotANewOne) {
  AskedCall call;
  EXPECT_EQ(call.ask(Ssrc(9), 7), 1U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(call.ask(Ssrc(9), 7), 0U);
  EXPECT_EQ(call.ask(Ssrc(9), 8), 1U);
  EXPECT_EQ(call.ask(Ssrc(10), 8), 1U) << "somebody else's";
}

TEST(FullIntraRequest, ThatCameTooSoonCountsWhenItIsRepeated) {
  AskedCall call;
  Bytes loss;
  rtp::write(rtp::PictureLoss{.sender = Ssrc(9), .source = kSource}, loss);
  call.left->session.receive_rtcp(loss, call.now);
  call.left->requests.clear();
  EXPECT_EQ(call.ask(Ssrc(9), 9), 0U);
  EXPECT_EQ(call.ask(Ssrc(9), 9), 1U);
  EXPECT_EQ(call.ask(Ssrc(9), 9), 0U);
}

}  // namespace
}  // namespace parley::media::test
