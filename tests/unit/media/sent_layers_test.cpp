// What a receiver of fewer layers gets of a stream that one of our senders makes.
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

#include "call.hpp"
#include "formats/layers.hpp"
#include "media/layer_selector.hpp"
#include "video_call.hpp"

namespace parley::media::test::sent_layers_test {
namespace {

using testing::ElementsAre;

/// A sender whose encoding makes layers, and who forwards its packets: at first those of the lowest layer, after seven
/// pictures all.
std::vector<int> forwarded_layers(const std::string& codec, const std::string& mode) {
  Section section = video_section();
  for (Format& format : section.send_formats) format.name = codec;
  Call call;
  call.left->session.configure(
      {sending(section, {{.source = Ssrc(1000), .retransmission = {}, .rid = "", .scalability_mode = mode}})});
  call.left->session.connect(call.now);
  LayerSelector selector;
  selector.select(Layer{.rid = "", .temporal_index = 0});
  std::vector<int> layers;
  bool key = true;
  call.left->send = [&](End&, ByteView packet, bool rtcp) {
    if (rtcp || rtp::source_of(packet) != Ssrc(1000)) return;  // no padding
    const auto view = rtp::PacketView::parse(packet);
    const OutgoingPacket given{.payload = view->payload(),
                               .source = view->header().ssrc,
                               .number = view->header().sequence_number,
                               .timestamp = view->header().timestamp,
                               .marker = view->header().marker,
                               .codec = codec};
    if (const auto sent = selector.forward({.packet = given, .rid = "", .begins_key_frame = key}, call.now))
      layers.push_back(formats::read_layer(codec, sent->payload)->temporal_index);
  };
  constexpr std::uint8_t kLayers[] = {0, 2, 1, 2};
  for (std::size_t i = 0; i < 16; ++i, key = false) {
    if (i == 7) selector.select(Layer{.rid = ""});
    const Bytes data = codec == "VP8" ? vp8(key, 20, 1)
                       : key          ? Bytes{0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xF0, 0x1D, 0xF0, 7}
                                      : Bytes{0x86, 1, 2, 3};
    OutgoingFrame frame = frame_of(data, key);
    frame.info.temporal_index = kLayers[i % 4];
    EXPECT_TRUE(call.left->session.send(kVideo, "", frame, call.now));
    call.run(33ms);
  }
  EXPECT_EQ(selector.key_frame_request(call.now), std::nullopt);
  return layers;
}

TEST(SentLayers, AreWhereReceiversOfFewerGoUpWithoutAKeyFrame) {
  // VP8 says of a picture that it may be the first of its layer, VP9 that what comes behind it may be.
  EXPECT_THAT(forwarded_layers("VP8", "L1T3"), ElementsAre(0, 0, 0, 1, 0, 2, 1, 2));
  EXPECT_THAT(forwarded_layers("VP9", "L1T3"), ElementsAre(0, 0, 0, 2, 1, 2, 0, 2, 1, 2));
}

TEST(SentLayers, WithoutAModeNothingIsClaimedOfThem) {
  EXPECT_THAT(forwarded_layers("VP8", ""), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(forwarded_layers("VP8", "L3T3_KEY"), ElementsAre(0, 0, 0, 0));
}

/// RFC 8852 section 3, RFC 9143 section 9.2: who has received nothing for a while may have forgotten whose it is.
TEST(SentLayers, TellTheirRidAgainAfterAPause) {
  Call call;
  const Section section = video_section();
  std::vector<Bytes> sent;
  call.filter = [&](ByteView packet, bool is_rtcp) {
    if (!is_rtcp) sent.emplace_back(packet.begin(), packet.end());
    return false;
  };
  const auto tells_rid = [&](int frames) {
    sent.clear();
    for (int i = 0; i < frames; ++i) {
      for (const char* rid : {"h", "l"})
        (void)call.left->session.send(kVideo, rid, frame_of(vp8(true, 500, 1), true), call.now);
      call.run(33ms);
    }
    return std::ranges::any_of(sent, [](const Bytes& packet) {
      constexpr std::uint8_t kRid = 4;
      return rtp::PacketView::parse(packet)->extension(kRid).has_value();
    });
  };
  const auto flow = [&](bool flows) {
    Section ours = sending(section, {kHigh, kLow});
    ours.sends = flows;
    call.left->session.configure({ours});
    call.right->session.configure({flows ? receiving(section) : section});
  };
  flow(true);
  call.connect();
  EXPECT_TRUE(tells_rid(5));
  (void)tells_rid(100);
  EXPECT_FALSE(tells_rid(5));
  flow(false);
  call.run(5s);
  flow(true);
  EXPECT_TRUE(tells_rid(5));
}

}  // namespace
}  // namespace parley::media::test::sent_layers_test
