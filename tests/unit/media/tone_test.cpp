// Keys of a telephone: what is said about them, when, and who hears it. Virtual time.
#include "media/tone.hpp"

#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media {
namespace {

using test::Call;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

constexpr std::uint8_t kFive = 5;
const TimePoint kBegin{10s};

/// All reports with the time at which they are due.
std::vector<std::pair<Duration, ToneReport>> all_reports(const Tone& tone, std::uint32_t clock_rate) {
  std::vector<std::pair<Duration, ToneReport>> said;
  PlayedTone played(tone, clock_rate, kBegin);
  while (const auto due = played.next_deadline()) {
    EXPECT_EQ(played.next_report(*due - 1us), std::nullopt);
    if (const auto report = played.next_report(*due)) said.emplace_back(*due - kBegin, *report);
  }
  return said;
}

TEST(PlayedTone, SaysItsDurationAsItGrowsAndItsEndThreeTimes) {
  const auto report = [](std::uint16_t duration, bool begins, bool ends) {
    return ToneReport{.event = {.event = kFive, .ends = ends, .duration = duration}, .begins = begins};
  };
  EXPECT_THAT(all_reports({kFive, 50ms}, 8000),
              ElementsAre(std::pair(20ms, report(160, true, false)), std::pair(40ms, report(320, false, false)),
                          std::pair(50ms, report(400, false, true)), std::pair(60ms, report(400, false, true)),
                          std::pair(70ms, report(400, false, true))));
}

TEST(PlayedTone, IsOverBeforeTheNextOneMayBegin) {
  const auto said = all_reports({kFive, 40ms}, 48000);
  EXPECT_EQ(said.front().first, 20ms);
  EXPECT_LT(said.back().first, 70ms);
}

/// Six seconds of 48 kHz are more than the 16 bits of a duration can say.
TEST(PlayedTone, ContinuesInFurtherSegmentsWhenItIsLong) {
  const auto said = all_reports({kFive, 6000ms}, 48000);
  std::vector<std::uint32_t> segments;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const ToneReport& report = said[i].second;
    if (segments.empty() || segments.back() != report.offset) {
      segments.push_back(report.offset);
      if (i > 0) {
        EXPECT_EQ(said[i - 1].second.event.duration, 0xFFFF);
      }
    }
    EXPECT_EQ(report.begins, i == 0);
    EXPECT_EQ(report.event.ends, i + 3 >= said.size());
    EXPECT_GT(report.event.duration, 0);
  }
  EXPECT_THAT(segments, ElementsAre(0, 0xFFFF, 2 * 0xFFFF, 3 * 0xFFFF, 4 * 0xFFFF));
  EXPECT_EQ(segments.back() + said.back().second.event.duration, 6 * 48000);
}

TEST(PlayedTone, CatchesUpInOneReportWhenNobodyAskedForLong) {
  PlayedTone played({kFive, 1000ms}, 8000, kBegin);
  ASSERT_TRUE(played.next_report(kBegin + 500ms));
  ASSERT_TRUE(played.next_report(kBegin + 500ms));
  EXPECT_EQ(played.next_report(kBegin + 500ms), std::nullopt);
}

std::vector<formats::TelephoneEvent> event(std::uint8_t number) { return {{.event = number}}; }

TEST(HeardTones, AreToldOnceEach) {
  HeardTones heard;
  EXPECT_THAT(heard.hear(event(5), 1000), Optional('5'));
  EXPECT_EQ(heard.hear(event(5), 1000), std::nullopt);     // goes on
  EXPECT_THAT(heard.hear(event(5), 5000), Optional('5'));  // the same key once more
  EXPECT_EQ(heard.hear(event(5), 1000), std::nullopt);     // a late packet
  EXPECT_THAT(heard.hear(event(11), 9000), Optional('#'));
}

TEST(HeardTones, KnowFurtherSegmentsOfALongTone) {
  HeardTones heard;
  EXPECT_TRUE(heard.hear(event(1), 4294967000));
  EXPECT_FALSE(heard.hear(event(1), 4294967000U + 0xFFFF));
  EXPECT_FALSE(heard.hear(event(1), 4294967000U + 2 * 0xFFFF));
  EXPECT_TRUE(heard.hear(event(2), 4294967000U + 3 * 0xFFFF));
}

TEST(HeardTones, AreThoseOfAKeypadOnly) {
  HeardTones heard;
  EXPECT_FALSE(heard.hear(event(16), 1));  // a hook flash
  EXPECT_FALSE(heard.hear({}, 2));
}

TEST(HeardTones, AreTakenForNewAfterHours) {
  HeardTones heard;
  EXPECT_TRUE(heard.hear(event(1), 0));
  EXPECT_TRUE(heard.hear(event(1), 0x90000000));
}

/// Opus and telephone events of both usual rates.
Section section_with_tones() {
  Section section = test::audio_section();
  for (const auto& [number, rate] : {std::pair(126, 8000U), std::pair(110, 48000U)}) {
    const Format tones{.payload_type = PayloadType(static_cast<std::uint8_t>(number)),
                       .name = "telephone-event",
                       .clock_rate = rate,
                       .channels = 1};
    section.send_formats.push_back(tones);
    section.receive_formats.push_back(tones);
  }
  return section;
}

struct ToneCall : Call {
  explicit ToneCall(const Section& section = section_with_tones()) {
    left->session.configure({test::sending(section, {{.source = Ssrc(7), .retransmission = Ssrc(8), .rid = ""}})});
    right->session.configure({test::receiving(section)});
    filter = [this](ByteView bytes, bool rtcp) {
      if (rtcp) return false;
      const auto packet = rtp::PacketView::parse(bytes).value();
      packets.push_back({packet.header(), Bytes(packet.payload().begin(), packet.payload().end())});
      return lose && packet.header().payload_type != PayloadType(111);
    };
    connect();
  }
  void sound(int frames) {
    const Bytes data(60, 1);
    for (int i = 0; i < frames; ++i) {
      ASSERT_TRUE(left->session.send(test::kAudio, "", {.data = data}, now));
      run(20ms);
    }
  }
  struct Packet {
    rtp::Header header;
    Bytes payload;
  };
  std::vector<Packet> packets;
  bool lose = false;
};

TEST(MediaSession, PlaysATonePressedDuringSound) {
  ToneCall call;
  call.sound(5);
  const std::uint32_t before = call.packets.back().header.timestamp;
  call.packets.clear();
  ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  call.sound(6);  // its place is taken
  ASSERT_EQ(call.packets.size(), 7U);
  for (std::size_t i = 0; i < call.packets.size(); ++i) {
    const rtp::Header& header = call.packets[i].header;
    EXPECT_EQ(header.payload_type, PayloadType(110));  // of the rate of the sound
    EXPECT_EQ(header.ssrc, Ssrc(7));
    EXPECT_EQ(header.marker, i == 0);
    EXPECT_EQ(header.timestamp - before, 48000 / 50);
    if (i > 0) {
      EXPECT_EQ(header.sequence_number, static_cast<std::uint16_t>(call.packets[i - 1].header.sequence_number + 1));
    }
  }
  EXPECT_THAT(call.packets.back().payload, ElementsAre(kFive, 0x80 | 10, 4800 >> 8, 4800 & 0xFF));
  EXPECT_THAT(call.right->tones, ElementsAre(std::pair(test::kAudio, '5')));

  call.packets.clear();
  call.sound(5);  // as if nothing had been: no number is missing
  EXPECT_EQ(call.packets.size(), 5U);
  EXPECT_EQ(call.right->frames.size(), 10U);
}

/// Packets that are passed on give way likewise, and lose nothing by it afterwards.
TEST(MediaSession, AToneTakesThePlaceOfPackets) {
  ToneCall call;
  const Bytes data(60, 1);
  std::uint16_t number = 100;
  const auto pass_on = [&](int packets) {
    for (int i = 0; i < packets; ++i, ++number) {
      ASSERT_TRUE(call.left->session.send(
          test::kAudio, "",
          OutgoingPacket{.payload = data, .source = Ssrc(9), .number = number, .timestamp = number * 960U}, call.now));
      call.run(20ms);
    }
  };
  pass_on(5);
  call.packets.clear();
  ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  pass_on(6);
  EXPECT_EQ(call.packets.size(), 7U);
  call.packets.clear();
  pass_on(5);
  EXPECT_EQ(call.packets.size(), 5U);
  EXPECT_EQ(call.right->frames.size(), 10U);
}

TEST(MediaSession, AToneThatIsLostIsHeardFromItsOtherPackets) {
  ToneCall call;
  call.sound(2);
  call.lose = true;
  ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  call.run(90ms);
  call.lose = false;
  call.run(100ms);
  EXPECT_THAT(call.right->tones, ElementsAre(std::pair(test::kAudio, '5')));
}

TEST(MediaSession, TonesComeWithoutAnySound) {
  ToneCall call;
  ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  call.run(1s);
  EXPECT_THAT(call.right->tones, ElementsAre(std::pair(test::kAudio, '5')));
  EXPECT_THAT(call.right->begun, ElementsAre(test::kAudio));
  EXPECT_THAT(call.right->frames, IsEmpty());
}

/// RFC 4733 section 2.1: of the rate of the sound that it interrupts, not of another one that was negotiated as well.
TEST(MediaSession, ATonesTimeIsThatOfTheSoundBesideIt) {
  Section section = section_with_tones();
  const Format pcmu{.payload_type = PayloadType(0), .name = "PCMU", .clock_rate = 8000, .channels = 1};
  section.send_formats.push_back(pcmu);
  section.receive_formats.push_back(pcmu);
  ToneCall call(section);
  const Bytes data(160, 1);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(call.left->session.send(test::kAudio, "", {.data = data, .info = {}, .codec = "PCMU"}, call.now));
    call.run(20ms);
  }
  const rtp::Header sound = call.packets.back().header;
  ASSERT_EQ(sound.payload_type, PayloadType(0));
  ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  call.run(200ms);
  EXPECT_EQ(call.packets.back().header.payload_type, PayloadType(126));
  EXPECT_EQ(call.packets.back().header.timestamp - sound.timestamp, 160U);
}

/// Firefox negotiates tones of 8 kHz alone, beside Opus.
TEST(MediaSession, ToneOfAnotherRateLeavesTheTimeOfTheSoundAsItIs) {
  Section section = section_with_tones();
  for (auto* formats : {&section.send_formats, &section.receive_formats})
    std::erase_if(*formats, [](const Format& one) { return one.payload_type == PayloadType(110); });
  ToneCall call(section);
  call.sound(100);
  const std::uint32_t before = call.packets.back().header.timestamp;
  const double jitter = call.right->session.statistics(call.now).incoming.at(0).jitter;
  ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  call.run(200ms);
  EXPECT_EQ(call.packets.back().header.payload_type, PayloadType(126));
  EXPECT_EQ(call.packets.back().header.timestamp - before, 960U);
  EXPECT_EQ(call.packets.back().payload.at(3), 800 & 0xFF) << "its duration has its own rate";
  call.sound(100);
  EXPECT_EQ(call.packets.back().header.timestamp - before, 200 * 48U + 100 * 960U);
  EXPECT_LE(call.right->session.statistics(call.now).incoming.at(0).jitter, jitter + 1e-6);
  EXPECT_THAT(call.right->tones, ElementsAre(std::pair(test::kAudio, '5')));
}

/// RFC 7160: another codec, whose clock has another rate, under the same SSRC.
TEST(MediaSession, TimeGoesOnWhereTheCodecHasAnotherRate) {
  Section section = test::audio_section();
  const Format pcmu{.payload_type = PayloadType(0), .name = "PCMU", .clock_rate = 8000, .channels = 1};
  section.send_formats.push_back(pcmu);
  section.receive_formats.push_back(pcmu);
  ToneCall call(section);
  for (const char* codec : {"opus", "PCMU", "opus"}) {
    for (int i = 0; i < 3; ++i) {
      const Bytes data(160, 1);
      ASSERT_TRUE(call.left->session.send(test::kAudio, "", {.data = data, .info = {}, .codec = codec}, call.now));
      call.run(20ms);
    }
  }
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 1; i < call.packets.size(); ++i)
    steps.push_back(call.packets[i].header.timestamp - call.packets[i - 1].header.timestamp);
  EXPECT_THAT(steps, ElementsAre(960U, 960U, 960U, 160U, 160U, 160U, 960U, 960U));
  ASSERT_EQ(call.right->frames.size(), 9U);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(call.right->frames[i].time, i * 20ms);
}

/// What was negotiated last, and what the program wants, hold for a tone that is being played, too.
TEST(MediaSession, AToneEndsWhereNothingIsSentAnyMore) {
  const Encoding encoding{.source = Ssrc(7), .retransmission = Ssrc(8), .rid = ""};
  Encoding paused = encoding;
  paused.active = false;
  Section silent = test::sending(section_with_tones(), {encoding}), stopped = silent, toneless = silent;
  silent.sends = false;
  stopped.sends = false;
  stopped.has_stopped = true;
  std::erase_if(toneless.send_formats, [](const Format& one) { return one.payload_type == PayloadType(110); });
  for (const Section& other : {silent, stopped, toneless, test::sending(section_with_tones(), {paused})}) {
    ToneCall call;
    call.sound(5);
    ASSERT_TRUE(call.left->session.play(test::kAudio, {kFive, 1000ms}, call.now));
    call.run(100ms);
    call.left->session.configure({other});
    call.packets.clear();
    call.run(500ms);
    EXPECT_EQ(call.packets.size(), 0U);
    call.left->session.configure({test::sending(section_with_tones(), {encoding})});
    call.sound(5);
    EXPECT_EQ(call.packets.size(), 5U) << "sound goes on";
  }
}

TEST(MediaSession, PlaysNoTonesThatWereNotNegotiated) {
  ToneCall call(test::audio_section());
  EXPECT_FALSE(call.left->session.play(test::kAudio, {kFive, 100ms}, call.now));
  EXPECT_FALSE(call.left->session.play(test::kVideo, {kFive, 100ms}, call.now));
  EXPECT_FALSE(call.right->session.play(test::kAudio, {kFive, 100ms}, call.now));
}

}  // namespace
}  // namespace parley::media
