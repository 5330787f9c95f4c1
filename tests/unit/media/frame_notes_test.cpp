// What header extensions say of frames, from one session to another and over losses.
#include "media/frame_notes.hpp"

#include <gtest/gtest.h>

#include "call.hpp"

namespace parley::media::test::frame_notes_test {
namespace {

constexpr std::uint64_t kSecond = std::uint64_t{1} << 32;

using enum rtp::DecodeTargetUse;

/// A key frame and a lower and an upper temporal layer; every frame has one decode target.
rtp::DependencyStructure structure(std::uint8_t first_template = 0) {
  return {.first_template = first_template,
          .decode_targets = 1,
          .templates = {{.uses = {Switch}, .distances = {}, .chains = {}},
                        {.uses = {Required}, .distances = {2}, .chains = {}},
                        {.temporal = 1, .uses = {Discardable}, .distances = {1}, .chains = {}},
                        {.spatial = 1, .uses = {Switch}, .distances = {1}, .chains = {}}}};
}

Bytes descriptor(std::uint8_t of_template, std::uint16_t number, bool key = false, std::uint8_t first_template = 0) {
  rtp::DependencyDescriptor told{.template_id = static_cast<std::uint8_t>(first_template + of_template),
                                 .frame_number = number,
                                 .frame = structure().templates[of_template]};
  if (key) told.structure = structure(first_template);
  Bytes out;
  EXPECT_TRUE(rtp::write(told, structure(first_template), out));
  return out;
}

rtp::Header header(std::uint16_t number, std::uint32_t timestamp) {
  return {.sequence_number = number, .timestamp = timestamp};
}

TEST(FrameNotes, CaptureTimesOfFramesInBetweenAreWorkedOut) {
  NoteLog log;
  EXPECT_FALSE(log.take(0, 90'000, true).notes.capture);
  log.add(header(1, 9000), {{.capture = rtp::CaptureTime{.time = {kSecond}, .offset = -5}}, {}});
  EXPECT_EQ(log.take(9000, 90'000, false).notes.capture, (rtp::CaptureTime{.time = {kSecond}, .offset = -5}));
  const auto later = log.take(9000 + 90'000, 90'000, false).notes.capture;
  ASSERT_TRUE(later);
  EXPECT_EQ(later->time.value, 2 * kSecond);
}

TEST(FrameNotes, ATurnHoldsUntilTheNextAndAColorUntilTheNextKeyFrame) {
  NoteLog log;
  const rtp::ColorSpace color{.primaries = 9};
  log.add(header(1, 1), {{.orientation = rtp::VideoOrientation{.rotation = 90}, .color_space = color}, {}});
  const auto first = log.take(1, 90'000, true).notes, second = log.take(2, 90'000, false).notes,
             third = log.take(3, 90'000, true).notes;
  EXPECT_EQ(first.orientation->rotation, 90);
  EXPECT_EQ(second.orientation->rotation, 90);
  EXPECT_EQ(second.color_space, color);
  EXPECT_EQ(third.orientation->rotation, 90);
  EXPECT_FALSE(third.color_space);
}

TEST(FrameNotes, DependenciesAreReadInTheOrderOfFrames) {
  NoteLog log;
  // The packet of the first frame comes last, as after a loss.
  log.add(header(12, 200), {{}, descriptor(2, 0)});
  log.add(header(13, 300), {{}, descriptor(1, 1)});
  log.add(header(11, 100), {{}, descriptor(0, 0xFFFF, true)});
  const auto key = log.take(100, 90'000, true).dependencies, upper = log.take(200, 90'000, false).dependencies,
             lower = log.take(300, 90'000, false).dependencies;
  ASSERT_TRUE(key && upper && lower);
  EXPECT_TRUE(key->needs.empty());
  EXPECT_EQ(upper->needs, std::vector{key->id});
  EXPECT_EQ(upper->temporal, 1);
  EXPECT_EQ(upper->id, key->id + 1) << "numbers do not wrap";
  EXPECT_EQ(lower->needs, std::vector{key->id});
}

TEST(FrameNotes, ANewStructureDoesNotDisturbFramesBeforeIt) {
  NoteLog log;
  log.add(header(1, 100), {{}, descriptor(0, 1, true)});
  EXPECT_TRUE(log.take(100, 90'000, true).dependencies);
  log.add(header(3, 300), {{}, descriptor(0, 3, true, 20)});
  log.add(header(2, 200), {{}, descriptor(2, 2)});
  EXPECT_TRUE(log.take(200, 90'000, false).dependencies);
  EXPECT_TRUE(log.take(300, 90'000, true).dependencies);
}

TEST(FrameNotes, APictureOfSeveralLayersHasTheNumberOfItsLowestAndTheIndexOfItsHighest) {
  NoteLog log;
  log.add(header(2, 100), {{}, descriptor(3, 11)});
  log.add(header(1, 100), {{}, descriptor(0, 10, true)});
  const auto told = log.take(100, 90'000, true).dependencies;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->id & 0xFFFF, 10);
  EXPECT_EQ(told->spatial, 1);
  EXPECT_TRUE(told->needs.empty());
}

TEST(FrameNotes, BrokenDescriptorsSayNothingAndAFloodForgetsTheOldest) {
  NoteLog log;
  log.add(header(1, 1), {{}, Bytes{1, 2}});
  EXPECT_FALSE(log.take(1, 90'000, true).dependencies);
  for (std::uint32_t i = 0; i < 10 * NoteLog::kMost; ++i)
    log.add(header(static_cast<std::uint16_t>(i), i), {{.playout_delay = rtp::PlayoutDelay{.most = 10ms}}, {}});
  EXPECT_FALSE(log.take(0, 90'000, true).notes.playout_delay);
  EXPECT_TRUE(log.take(10 * NoteLog::kMost - 1, 90'000, true).notes.playout_delay);
}

Section with_notes(Section section) {
  rtp::ExtensionMap map = extensions();
  map.set(7, rtp::ExtensionKind::CaptureTime);
  map.set(8, rtp::ExtensionKind::VideoOrientation);
  map.set(9, rtp::ExtensionKind::PlayoutDelay);
  map.set(10, rtp::ExtensionKind::ColorSpace);
  section.receive_extensions = section.send_extensions = map;
  return section;
}

/// As long as anybody may want to have them held back: 4 s of 60 pictures a second.
TEST(FrameNotes, OfFramesThatAreHeldBackAreNotForgotten) {
  NoteLog log;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    log.add(header(static_cast<std::uint16_t>(i), i), {{.playout_delay = rtp::PlayoutDelay{.most = 10ms}}, {}});
    if (i >= 240) {
      ASSERT_TRUE(log.take(i - 240, 90'000, i == 240).notes.playout_delay) << i;
    }
  }
}

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};

TEST(FrameNotes, WhatTheSenderSaysArrivesOverLosses) {
  Call call(3);
  call.left->session.configure({sending(with_notes(video_section()), {kEncoding})});
  call.right->session.configure({receiving(with_notes(video_section()))});
  call.connect();
  call.to_right.loss = 0.1;
  constexpr std::uint32_t kFrames = 150;
  const rtp::ColorSpace color{.primaries = 9,
                              .high_range = rtp::ColorSpace::HighRange{.luminance_most = 1000, .white = {1, 2}}};
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    const Bytes data = vp8(i == 0, 3000, static_cast<std::uint8_t>(i));
    OutgoingFrame frame = frame_of(data, i == 0);
    frame.timestamp = std::chrono::microseconds(i * 40'000);
    frame.notes = {.capture = rtp::CaptureTime{.time = {1000 * kSecond + i * kSecond / 25}},
                   .orientation = rtp::VideoOrientation{.rotation = static_cast<std::uint16_t>(i < 50    ? 0
                                                                                               : i < 100 ? 90
                                                                                                         : 0)},
                   .playout_delay = rtp::PlayoutDelay{.least = 10ms, .most = 100ms},
                   .color_space = i == 0 ? std::optional(color) : std::nullopt};
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame, call.now));
    call.run(40ms);
  }
  call.run(1s);
  ASSERT_EQ(call.right->frames.size(), kFrames);
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    const FrameNotes& notes = call.right->frames[i].notes;
    ASSERT_TRUE(notes.capture) << i;
    const double wanted = 1000 + i / 25.0,
                 told = static_cast<double>(notes.capture->time.value) / static_cast<double>(kSecond);
    EXPECT_NEAR(told, wanted, 0.002) << i;
    EXPECT_EQ(notes.orientation.value_or(rtp::VideoOrientation{}).rotation, i >= 50 && i < 100 ? 90 : 0) << i;
    EXPECT_EQ(notes.playout_delay, (rtp::PlayoutDelay{.least = 10ms, .most = 100ms})) << i;
    EXPECT_EQ(notes.color_space, color) << i;
  }
}

TEST(FrameNotes, CaptureTimesCostLittle) {
  Call call(4);
  call.left->session.configure({sending(with_notes(audio_section()), {kEncoding})});
  call.right->session.configure({receiving(with_notes(audio_section()))});
  call.connect();
  int told = 0;
  call.right->forward = [&](const ReceivedPacket& packet) { told += packet.notes->frame.capture ? 1 : 0; };
  for (std::uint32_t i = 0; i < 250; ++i) {
    const Bytes data(60, 1);
    ASSERT_TRUE(call.left->session.send(kAudio, "",
                                        {.data = data,
                                         .timestamp = std::chrono::microseconds(i * 20'000),
                                         .notes = {.capture = rtp::CaptureTime{.time = {i * kSecond / 50}}}},
                                        call.now));
    call.run(20ms);
  }
  EXPECT_EQ(told, 5);  // once a second
  ASSERT_EQ(call.right->frames.size(), 250U);
  for (const ReceivedFrame& frame : call.right->frames) EXPECT_TRUE(frame.notes.capture);
}

}  // namespace
}  // namespace parley::media::test::frame_notes_test
