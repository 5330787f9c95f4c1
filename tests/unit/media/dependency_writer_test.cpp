// What is told of frames that are sent: which others they need.
#include "media/dependency_writer.hpp"

#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test {
namespace {

using formats::FrameInfo;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum rtp::DecodeTargetUse;
using Needs = LayerMode::Needs;

TEST(LayerStructure, ReadsTheNamesOfRegularModes) {
  EXPECT_EQ(read_scalability_mode("L1T1"), (LayerMode{1, 1, Needs::Regular}));
  EXPECT_EQ(read_scalability_mode("L3T2"), (LayerMode{3, 2, Needs::Regular}));
  for (const char* other : {"", "L1T4", "L4T1", "L0T1", "S2T1", "L2T1_KEY", "L2T1h", "l1t1", "L1T"})
    EXPECT_EQ(read_scalability_mode(other), std::nullopt) << other;
}

TEST(LayerStructure, OfTwoRatesTheUpperOneIsNotNeeded) {
  const rtp::DependencyStructure expected{
      .decode_targets = 2,
      .chains = 1,
      .protected_by = {0, 0},
      .templates = {{.uses = {Switch, Switch}, .distances = {}, .chains = {0}},
                    {.uses = {Switch, Switch}, .distances = {2}, .chains = {2}},
                    {.temporal = 1, .uses = {NotPresent, Discardable}, .distances = {1}, .chains = {1}}}};
  EXPECT_EQ(structure_of({1, 2, Needs::Regular}), expected);
}

TEST(LayerStructure, OfThreeRatesTheMiddleOneLetsTheUpperOneBegin) {
  const auto structure = structure_of({1, 3, Needs::Regular});
  ASSERT_THAT(structure.templates, SizeIs(5));
  EXPECT_EQ(structure.templates[2],
            (rtp::FrameDependencies{
                .temporal = 1, .uses = {NotPresent, Discardable, Switch}, .distances = {2}, .chains = {2}}));
  EXPECT_THAT(structure.templates[3].uses, ElementsAre(NotPresent, NotPresent, Discardable));
  EXPECT_THAT(structure.templates[3].distances, ElementsAre(1));
  EXPECT_THAT(structure.templates[4].distances, ElementsAre(1));
}

TEST(LayerStructure, ALargerSizeNeedsTheSmallerOne) {
  const rtp::DependencyStructure expected{
      .decode_targets = 4,
      .chains = 2,
      .protected_by = {0, 0, 1, 1},
      .templates = {
          {.uses = {Switch, Switch, Switch, Switch}, .distances = {}, .chains = {0, 0}},
          {.uses = {Switch, Switch, Required, Required}, .distances = {4}, .chains = {4, 3}},
          {.temporal = 1, .uses = {NotPresent, Discardable, NotPresent, Required}, .distances = {2}, .chains = {2, 1}},
          {.spatial = 1, .uses = {NotPresent, NotPresent, Switch, Switch}, .distances = {1}, .chains = {1, 1}},
          {.spatial = 1, .uses = {NotPresent, NotPresent, Switch, Switch}, .distances = {1, 4}, .chains = {1, 1}},
          {.spatial = 1,
           .temporal = 1,
           .uses = {NotPresent, NotPresent, NotPresent, Discardable},
           .distances = {1, 2},
           .chains = {3, 2}}}};
  EXPECT_EQ(structure_of({2, 2, Needs::Regular}), expected);
}

TEST(LayerStructure, WhatIsNotKnownMayBeNeeded) {
  const auto structure = structure_of({1, 2, Needs::Unknown});
  ASSERT_THAT(structure.templates, SizeIs(3));
  EXPECT_THAT(structure.templates[1].uses, ElementsAre(Switch, Required)) << "nothing of the upper layer begins here";
  EXPECT_THAT(structure.templates[2].uses, ElementsAre(NotPresent, Required));
  EXPECT_THAT(structure.templates[2].distances, ElementsAre(1, 2)) << "the last frame of its own layer, too";
}

/// Frames whose descriptors are read as a receiver reads them.
struct Described {
  DependencyWriter writer;
  DependencyWriter::Values values;
  rtp::DependencyReader reader;

  std::optional<rtp::DependencyDescriptor> frame(const FrameInfo& info, const FrameIdentity& identity = {}) {
    if (!writer.describe(info, identity, values)) return std::nullopt;
    auto first = reader.read(values.first);
    const auto rest = reader.read(values.rest);
    EXPECT_TRUE(first && rest);
    if (first && rest) {
      EXPECT_EQ(first->frame, rest->frame);
    }
    return first;
  }
};

TEST(DependencyWriter, EveryModeFitsIntoAnExtension) {
  for (std::uint8_t spatial = 1; spatial <= 3; ++spatial)
    for (std::uint8_t temporal = 1; temporal <= 3; ++temporal)
      for (const bool known : {true, false}) {
        Described described;
        if (known)
          described.writer.set_scalability_mode("L" + std::to_string(spatial) + "T" + std::to_string(temporal));
        const std::uint8_t pattern[] = {0, 2, 1, 2};
        for (std::size_t picture = 0; picture < 50; ++picture)
          for (std::uint8_t i = 0; i < spatial; ++i) {
            const bool key = picture % 30 == 0;
            const auto told = described.frame({.key_frame = key,
                                               .width = 640,
                                               .height = 360,
                                               .spatial_index = i,
                                               .spatial_layers = spatial,
                                               .temporal_index = key ? std::uint8_t{0} : pattern[picture % 4]});
            ASSERT_TRUE(told);
            EXPECT_EQ(told->frame.spatial, i);
            EXPECT_EQ(told->structure.has_value(), key && i == 0);
            EXPECT_LE(described.values.first.size(), key && i == 0 ? 100U : 16U);
            if (known && picture > 8 && picture < 30 && temporal == 3) {
              EXPECT_EQ(described.values.rest.size(), 3U);
            }
          }
      }
}

TEST(DependencyWriter, SaysNothingBeforeAKeyFrame) {
  Described described;
  EXPECT_FALSE(described.frame({}));
  EXPECT_THAT(described.values.first, IsEmpty());
  EXPECT_TRUE(described.frame({.key_frame = true}));
  EXPECT_TRUE(described.frame({}));
  described.writer.reset();
  EXPECT_FALSE(described.frame({}));
}

TEST(DependencyWriter, WithoutLayersEachFrameNeedsTheOneBefore) {
  Described described;
  const auto key = described.frame({.key_frame = true, .width = 640, .height = 360});
  ASSERT_TRUE(key && key->structure);
  EXPECT_THAT(key->structure->sizes, ElementsAre(rtp::DependencyStructure::Size{640, 360}));
  EXPECT_LE(described.values.first.size(), 16U) << "the short form of extensions is enough";
  for (int i = 1; i < 5; ++i) {
    const auto next = described.frame({});
    EXPECT_EQ(next->frame_number, key->frame_number + i);
    EXPECT_THAT(next->frame.distances, ElementsAre(1));
    EXPECT_EQ(described.values.rest.size(), 3U);
  }
}

TEST(DependencyWriter, UsesTheNumbersThatTheProgramGives) {
  Described described;
  EXPECT_EQ(described.frame({.key_frame = true, .temporal_index = 0}, {.id = 70'000})->frame_number, 70'000 - 65'536);
  EXPECT_EQ(described.frame({.temporal_index = 1}, {.id = 70'003})->frame_number, 70'003 - 65'536);
  const std::uint64_t needs[] = {70'000, 70'003};
  const auto told = described.frame({.temporal_index = 2}, {.id = 70'004, .needs = needs});
  EXPECT_THAT(told->frame.distances, ElementsAre(1, 4));
  const std::uint64_t unknown[] = {69'999};
  EXPECT_THAT(described.frame({.temporal_index = 1}, {.id = 70'005, .needs = unknown})->frame.distances,
              ElementsAre(2, 5))
      << "as if it had said nothing";
  EXPECT_EQ(described.frame({.temporal_index = 1}, {.id = 5})->frame_number, 70'006 - 65'536) << "numbers rise";
}

TEST(DependencyWriter, OtherSizesAreAnotherStructureWithOtherTemplates) {
  Described described;
  const auto first = described.frame({.key_frame = true, .width = 640, .height = 360});
  const auto same = described.frame({.key_frame = true, .width = 640, .height = 360});
  const auto other = described.frame({.key_frame = true, .width = 320, .height = 180});
  EXPECT_EQ(first->structure, same->structure);
  EXPECT_EQ(other->structure->first_template, first->structure->templates.size());
}

TEST(DependencyWriter, LayersBeyondWhatWasToldCountAsTheHighest) {
  Described described;
  described.writer.set_scalability_mode("L1T2");
  ASSERT_TRUE(described.frame({.key_frame = true, .temporal_index = 0}));
  EXPECT_EQ(described.frame({.temporal_index = 7})->frame.temporal, 1);
  EXPECT_EQ(described.frame({.spatial_index = 2, .spatial_layers = 3})->frame.spatial, 0);
}

TEST(DependencyWriter, APictureThatHasAllItsSizesInOneFrameIsOneFrame) {
  Described described;
  const auto key = described.frame({.key_frame = true, .spatial_index = 2});
  ASSERT_TRUE(key && key->structure);
  EXPECT_EQ(key->frame.spatial, 0);
  EXPECT_EQ(key->structure->decode_targets, 1U);
}

TEST(DependencyWriter, GoesOnBehindPacketsThatWerePassedOn) {
  Described described;
  ASSERT_TRUE(described.frame({.key_frame = true}));
  described.writer.pass(Bytes{0xC0, 0x12, 0x34});
  EXPECT_FALSE(described.frame({})) << "the receiver has another structure";
  EXPECT_EQ(described.frame({.key_frame = true})->frame_number, 0x1235);
}

Section described_section() {
  Section section = video_section();
  section.send_extensions.set(9, rtp::ExtensionKind::DependencyDescriptor);
  section.receive_extensions.set(9, rtp::ExtensionKind::DependencyDescriptor);
  return section;
}

/// A sender whose encoding makes two rates.
struct DescribedCall : Call {
  DescribedCall() {
    left->session.configure(
        {sending(described_section(),
                 {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = "", .scalability_mode = "L1T2"}})});
    right->session.configure({receiving(described_section())});
    connect();
  }
  void stream(int frames) {
    for (int i = 0; i < frames; ++i, ++sent) {
      const Bytes data = vp8(sent == 0, 3000, static_cast<std::uint8_t>(sent));
      OutgoingFrame frame = frame_of(data, sent == 0);
      frame.info.temporal_index = static_cast<std::uint8_t>(sent % 2);
      ASSERT_TRUE(left->session.send(kVideo, "", frame, now));
      run(33ms);
    }
  }
  int sent = 0;
};

TEST(SentDescriptors, FirstAndLastPacketsOfFramesAreMarked) {
  DescribedCall call;
  std::vector<std::pair<int, bool>> told;
  call.filter = [&](ByteView packet, bool rtcp) {
    const auto view = rtp::PacketView::parse(packet);
    if (rtcp || view->header().ssrc != Ssrc(1000)) return false;
    const auto value = view->extension(9);
    EXPECT_TRUE(value);
    if (value) told.emplace_back((*value)[0] >> 6, view->header().marker);
    return false;
  };
  call.stream(2);
  call.run(100ms);
  const std::pair<int, bool> first{2, false}, between{0, false}, last{1, true};
  EXPECT_THAT(told, ElementsAre(first, between, last, first, between, last));
}

TEST(SentDescriptors, ArriveOverLosses) {
  DescribedCall call;
  call.to_right.loss = 0.1;
  call.stream(100);
  call.run(1s);
  ASSERT_THAT(call.right->frames, SizeIs(100));
  ASSERT_TRUE(call.right->frames[0].dependencies);
  const std::int64_t begin = call.right->frames[0].dependencies->id;
  for (std::size_t i = 1; i < 100; ++i) {
    const auto& told = call.right->frames[i].dependencies;
    ASSERT_TRUE(told) << i;
    EXPECT_EQ(told->id, begin + static_cast<std::int64_t>(i));
    EXPECT_EQ(told->temporal, i % 2);
    EXPECT_THAT(told->needs, ElementsAre(told->id - (i % 2 == 0 ? 2 : 1)));
  }
  EXPECT_GT(call.lost_packets(), 10U);
}

TEST(SentDescriptors, AKeyFrameThatIsRefusedBeginsNothing) {
  DescribedCall call;
  EXPECT_FALSE(call.left->session.send(kVideo, "", frame_of({}, true), call.now));
  bool told = false;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (!rtcp && rtp::PacketView::parse(packet)->extension(9)) told = true;
    return false;
  };
  const Bytes data = vp8(false, 300, 1);
  ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(data, false), call.now));
  call.run(100ms);
  EXPECT_FALSE(told);
}

/// Whoever has not agreed to both forms of header extensions in one stream gets the one-byte form (RFC 8285 section
/// 4.1.2), which has no room for larger structures; and what refers to these is of no use.
TEST(SentDescriptors, NoPacketHasTheTwoByteFormUnlessThePeerTakesIt) {
  for (const bool mixed : {true, false})
    for (const char* mode : {"L1T1", "L1T3"}) {
      Section section = described_section();
      if (!mixed) {
        section.send_extensions = {};
        section.send_extensions.set(1, rtp::ExtensionKind::Mid);
        section.send_extensions.set(9, rtp::ExtensionKind::DependencyDescriptor);
      }
      Call call;
      call.left->session.configure({sending(
          section, {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = "", .scalability_mode = mode}})});
      call.right->session.configure({receiving(described_section())});
      call.connect();
      int described = 0, two_byte = 0;
      call.filter = [&](ByteView packet, bool rtcp) {
        if (rtcp) return false;
        described += rtp::PacketView::parse(packet)->extension(9) ? 1 : 0;
        two_byte += packet[12] == 0x10 ? 1 : 0;
        return false;
      };
      const bool is_small = std::string_view(mode) == "L1T1";
      for (int i = 0; i < 4; ++i) {
        const Bytes data = vp8(i == 0, 300, 1);
        OutgoingFrame frame = frame_of(data, i == 0);
        if (!is_small) {
          frame.info.temporal_index = i % 2 == 0 ? std::uint8_t{0} : std::uint8_t{2};
          frame.info.width = 640;
          frame.info.height = 480;
        }
        ASSERT_TRUE(call.left->session.send(kVideo, "", frame, call.now));
        call.run(33ms);
      }
      EXPECT_EQ(described, mixed || is_small ? 4 : 0);
      EXPECT_EQ(two_byte, mixed && !is_small ? 1 : 0);
      EXPECT_EQ(call.right->frames.size(), 4U);
    }
}

TEST(SentDescriptors, NeitherHasWhatAForwarderPassesOn) {
  Section section = described_section();
  section.send_extensions = {};
  section.send_extensions.set(9, rtp::ExtensionKind::DependencyDescriptor);
  Call call;
  call.left->session.configure({sending(section, {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}})});
  call.connect();
  std::vector<std::size_t> told;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (!rtcp) told.push_back(rtp::PacketView::parse(packet)->extension(9).value_or(ByteView()).size());
    return false;
  };
  const Bytes payload{0x10, 0x00, 1};
  const auto pass = [&](Bytes descriptor) {
    const auto number = static_cast<std::uint16_t>(told.size());
    ASSERT_TRUE(call.left->session.send(
        kVideo, "", OutgoingPacket{.payload = payload, .source = Ssrc(7), .number = number, .descriptor = descriptor},
        call.now));
    call.run(10ms);
  };
  Bytes large(17, 0x80), small(16, 0x80);
  pass({0, 0, 1});
  pass(large);
  pass({0, 0, 2});
  pass(small);
  pass({0, 0, 3});
  EXPECT_THAT(told, ElementsAre(3, 0, 0, 16, 3)) << "nothing refers to what was left out";
}

/// Two sizes of each picture, one frame after the other.
TEST(SentDescriptors, FramesOfOnePictureHaveOneTimeAndOneMarker) {
  Section section = described_section();
  for (auto* formats : {&section.receive_formats, &section.send_formats})
    for (Format& format : *formats) format.name = "VP9";
  Call call;
  call.left->session.configure({sending(section, {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""}})});
  call.right->session.configure({receiving(section)});
  call.connect();
  const Bytes key{0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xF0, 0x1D, 0xF0, 7}, other{0x86, 1, 2, 3};
  for (std::uint8_t i = 0; i < 6; ++i) {
    const bool is_key = i == 0;
    const OutgoingFrame frame{
        .data = is_key ? key : other,
        .info = {.key_frame = i < 2, .spatial_index = static_cast<std::uint8_t>(i % 2), .spatial_layers = 2}};
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame, call.now));
    call.run(10ms);
  }
  call.run(100ms);
  ASSERT_THAT(call.right->frames, SizeIs(3));
  EXPECT_THAT(call.right->frames[0].arrived.frame.data, SizeIs(14)) << "both sizes";
  EXPECT_TRUE(call.right->frames[0].arrived.frame.info.key_frame);
  ASSERT_TRUE(call.right->frames[2].dependencies);
  EXPECT_EQ(call.right->frames[2].dependencies->spatial, 1);
  EXPECT_THAT(call.right->frames[2].dependencies->needs, ElementsAre(call.right->frames[2].dependencies->id - 2));
}

}  // namespace
}  // namespace parley::media::test
