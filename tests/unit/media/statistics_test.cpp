// What a session tells of itself, compared with what has gone over the wire.
#include "media/statistics.hpp"

#include <gmock/gmock.h>

#include "call.hpp"
#include "rtp/feedback.hpp"
#include "rtp/packet.hpp"

namespace parley::media::test::statistics_test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// What was seen of one source.
struct Seen {
  std::uint64_t packets = 0, payload = 0, headers = 0;
  std::uint64_t padding = 0;  ///< packets without payload
  void add(const rtp::PacketView& packet, std::size_t size) {
    ++packets;
    payload += packet.payload().size();
    headers += size - packet.payload().size();
    if (packet.payload().empty()) ++padding;
  }
};

/// Left sends video to right over a path whose losses this chooses, so that it knows them. It keeps count.
struct WatchedCall : Call {
  explicit WatchedCall(Section section = video_section()) {
    filter = [this](ByteView packet, bool rtcp) { return rtcp ? watch_rtcp(packet) : watch_rtp(packet); };
    to_right.delay = 20ms;
    to_left.delay = 30ms;
    left->session.configure({sending(section, {kEncoding})});
    right->session.configure({receiving(section)});
    connect();
  }
  bool watch_rtp(ByteView bytes) {
    const auto packet = rtp::PacketView::parse(bytes);
    const Ssrc source = packet->header().ssrc;
    // Four packets a frame, in order.
    if (source == kEncoding.source) waited += now - made.at(static_cast<std::size_t>(sent[source].packets) / 4);
    sent[source].add(*packet, bytes.size());
    const bool drop = lose && random.uniform() < 0.05;
    if (!drop) arrived[source].add(*packet, bytes.size());
    return drop;
  }
  bool watch_rtcp(ByteView bytes) {
    for (rtp::RtcpReader reader(bytes); const auto packet = reader.next();) {
      ++types[packet->type];
      if (rtp::RtcpType(packet->type) == rtp::RtcpType::TransportFeedback && packet->count == 1) ++nacks;
      if (rtp::RtcpType(packet->type) == rtp::RtcpType::PayloadFeedback && packet->count == 1) ++plis;
    }
    return false;
  }
  void stream(std::uint32_t frames) {
    for (std::uint32_t i = 0; i < frames; ++i, ++written) {
      const bool key = !left->requests.empty();
      left->requests.clear();
      keys += key ? 1 : 0;
      const Bytes data = vp8(key, 4000, static_cast<std::uint8_t>(written));
      const OutgoingFrame frame{.data = data, .info = {.key_frame = key, .width = 640, .height = 480}};
      made.push_back(now);
      ASSERT_TRUE(left->session.send(kVideo, "", frame, now));
      run(33ms);
    }
  }
  OutgoingStatistics outgoing() {
    const auto all = left->session.statistics(now).outgoing;
    EXPECT_THAT(all, SizeIs(1));
    return all.empty() ? OutgoingStatistics() : all.front();
  }
  IncomingStatistics incoming() {
    const auto all = right->session.statistics(now).incoming;
    EXPECT_THAT(all, SizeIs(1));
    return all.empty() ? IncomingStatistics() : all.front();
  }

  bool lose = false;
  std::vector<TimePoint> made;  ///< frames
  Duration waited{};            ///< all packets of media, from then until they left
  SeededRandom random{7};
  std::map<Ssrc, Seen> sent, arrived;
  std::map<std::uint8_t, int> types;
  std::uint64_t nacks = 0, plis = 0, keys = 0;
  std::uint32_t written = 0;
};

TEST(MediaStatistics, ThereIsNothingToTellBeforeSomethingIsSent) {
  Call call;
  EXPECT_THAT(call.left->session.statistics(call.now).outgoing, IsEmpty());
  call.left->session.configure({receiving(audio_section()), sending(video_section(), {kEncoding})});
  const Statistics all = call.left->session.statistics(call.now);
  EXPECT_THAT(all.incoming, IsEmpty());
  ASSERT_THAT(all.outgoing, SizeIs(1));
  EXPECT_TRUE(all.outgoing[0].sends);
  EXPECT_TRUE(all.outgoing[0].is_only);
  EXPECT_EQ(all.outgoing[0].counters.payload_type, std::nullopt);
  EXPECT_EQ(all.available, std::nullopt);
}

TEST(MediaStatistics, PacketsAndBytesAreThoseOfTheWireAlsoWithLosses) {
  WatchedCall call;
  call.lose = true;
  call.stream(300);
  call.lose = false;
  call.stream(30);
  call.run(1s);
  const Seen &media = call.sent[kEncoding.source], &repairs = call.sent[kEncoding.retransmission];
  ASSERT_GT(repairs.packets, 30U);
  const auto out = call.outgoing();
  EXPECT_EQ(out.counters.packets, media.packets);
  EXPECT_EQ(out.counters.payload_bytes, media.payload);
  EXPECT_EQ(out.counters.repeated_packets + out.counters.padding_packets, repairs.packets);
  EXPECT_EQ(out.counters.padding_packets, repairs.padding);
  EXPECT_EQ(out.counters.repeated_bytes, repairs.payload);
  EXPECT_EQ(out.counters.header_bytes, media.headers + repairs.headers);
  EXPECT_EQ(out.counters.nacks, call.nacks);
  EXPECT_EQ(out.counters.plis, call.plis);

  const Seen &got = call.arrived[kEncoding.source], &repaired = call.arrived[kEncoding.retransmission];
  const auto in = call.incoming();
  EXPECT_EQ(in.source, kEncoding.source);
  EXPECT_TRUE(in.is_repaired);
  EXPECT_EQ(in.counters.packets, got.packets);
  EXPECT_EQ(in.counters.payload_bytes, got.payload);
  EXPECT_EQ(in.counters.repaired_packets + in.counters.padding_packets, repaired.packets);
  EXPECT_EQ(in.counters.repaired_bytes, repaired.payload);
  EXPECT_EQ(in.counters.header_bytes, got.headers + repaired.headers);
  EXPECT_EQ(in.packets_lost, static_cast<std::int64_t>(media.packets - got.packets));
  EXPECT_EQ(in.counters.nacks, call.nacks);
  EXPECT_EQ(in.picture_losses, call.plis);
  EXPECT_EQ(in.counters.late_packets, 0U);
  EXPECT_GT(call.nacks, 20U);
  // What the peer has reported, up to its last report.
  ASSERT_TRUE(out.counters.remote);
  EXPECT_EQ(out.counters.remote->packets_lost, in.packets_lost);
  EXPECT_EQ(out.packets_received, got.packets);
}

TEST(MediaStatistics, FramesAreThoseThatWereWrittenAndHandedOver) {
  WatchedCall call;
  call.stream(90);
  const auto out = call.outgoing();
  EXPECT_EQ(out.counters.frames, 90U);
  EXPECT_EQ(out.counters.key_frames, 1U);
  EXPECT_EQ(out.counters.width, 640);
  EXPECT_EQ(out.counters.payload_type, PayloadType(96));
  EXPECT_EQ(out.clock_rate, 90000U);
  EXPECT_NEAR(out.frames_per_second, 30, 1);
  const auto in = call.incoming();
  EXPECT_EQ(in.counters.frames, call.right->frames.size());
  EXPECT_EQ(in.counters.frames, 90U);
  EXPECT_EQ(in.counters.key_frames, 1U);
  EXPECT_EQ(in.counters.frames_of_many, 90U);
  EXPECT_EQ(in.counters.emitted, 90U);
  EXPECT_EQ(in.counters.payload_type, PayloadType(96));
  EXPECT_NEAR(in.frames_per_second, 30, 1);
  EXPECT_NEAR(seconds(in.pace.between()), 89 * 0.033, 0.02);
  EXPECT_EQ(in.frames_dropped, 0U);
  // Nothing holds a frame up but its own packets.
  EXPECT_NEAR(in.counters.waited, seconds(in.counters.assembly), 1e-9);
  EXPECT_EQ(in.pace.freezes().count, 0U);
}

/// At the beginning frames take longer than the time between two of them.
TEST(MediaStatistics, WhatThePacerHoldsBackIsTheTimeFromTheFrameToTheWire) {
  WatchedCall call;
  call.stream(30);
  call.run(1s);
  EXPECT_EQ(call.sent[kEncoding.source].packets, 120U);
  EXPECT_GT(call.waited, 100ms);
  EXPECT_EQ(call.outgoing().counters.waited, call.waited);
}

TEST(MediaStatistics, WhatCannotBeRepairedIsDroppedAndAFreeze) {
  WatchedCall call;
  call.stream(60);
  const auto watched = call.filter;
  call.filter = [&](ByteView packet, bool rtcp) { return watched(packet, rtcp) || !rtcp; };
  call.stream(300);  // more than can be sent again
  call.filter = watched;
  call.stream(90);
  const auto in = call.incoming();
  EXPECT_EQ(in.pace.freezes().count, 1U);
  EXPECT_EQ(in.pace.pauses().count, 1U);
  EXPECT_GT(in.pace.freezes().total, 300 * 33ms);
  EXPECT_EQ(in.counters.key_frames, call.keys);
  EXPECT_GE(call.keys, 2U);
  // What came between the loss and the key frame, with what the pacer still held when the path came back.
  EXPECT_GE(in.counters.frames + in.frames_dropped, 60U + 90U);
  EXPECT_LE(in.counters.frames + in.frames_dropped, 60U + 90U + 15U);
  EXPECT_GT(in.frames_dropped, 0U);
}

TEST(MediaStatistics, RoundTripsAreThoseOfThePath) {
  WatchedCall call;
  call.stream(200);
  const auto out = call.outgoing();
  ASSERT_TRUE(out.counters.round_trips.last);
  EXPECT_NEAR(seconds(*out.counters.round_trips.last), 0.05, 0.001);
  EXPECT_GE(out.counters.round_trips.count, 4U);
  EXPECT_NEAR(seconds(out.counters.round_trips.total), 0.05 * static_cast<double>(out.counters.round_trips.count),
              0.01);
  // Who only receives does not know, unless that was negotiated.
  const auto in = call.incoming();
  EXPECT_EQ(in.round_trips.last, std::nullopt);
  EXPECT_EQ(call.types[207], 0);
  ASSERT_TRUE(in.told);
  EXPECT_GE(in.told->reports, 4U);
  EXPECT_LE(in.told->packets, out.counters.packets);
  EXPECT_LE(in.told->octets, out.counters.payload_bytes);
  EXPECT_GT(in.told->octets, 500'000U);
}

TEST(MediaStatistics, AReceiverThatTellsItsTimeLearnsOfRoundTrips) {
  Section section = video_section();
  section.send_formats[0].receiver_time = section.receive_formats[0].receiver_time = true;
  WatchedCall call(section);
  call.stream(200);
  const auto in = call.incoming();
  EXPECT_GE(in.round_trips.count, 3U);
  EXPECT_NEAR(seconds(in.round_trips.total), 0.05 * static_cast<double>(in.round_trips.count), 0.01);
  EXPECT_NEAR(seconds(call.right->session.round_trip()), 0.05, 0.001);
  EXPECT_GE(call.types[207], 6);  // times and answers
}

/// webrtc-stats section 8.9: of a report that measured nothing there is no round trip, but those before count.
TEST(MediaStatistics, ARoundTripIsThatOfTheLastReport) {
  Section section = video_section();
  section.send_formats[0].receiver_time = section.receive_formats[0].receiver_time = true;
  WatchedCall call(section);
  const auto measured = [&] { return call.right->session.statistics(call.now).incoming.at(0).round_trips; };
  const auto has_one = [&] { return !call.right->session.statistics(call.now).incoming.empty() && measured().last; };
  for (int i = 0; i < 100 && !has_one(); ++i) call.stream(5);
  ASSERT_TRUE(has_one());
  EXPECT_NEAR(seconds(*measured().last), 0.05, 0.001);
  const std::uint64_t count = measured().count;
  Bytes report;
  rtp::write(rtp::SenderReport{.sender = Ssrc(1000), .ntp = rtp::NtpTime{1}, .packets = 1, .octets = 1}, report);
  call.right->session.receive_rtcp(report, call.now);
  EXPECT_FALSE(measured().last);
  EXPECT_EQ(measured().count, count);
}

TEST(MediaStatistics, WhatAPeerHasSentDoesNotWrap) {
  WatchedCall call;
  call.stream(2);
  const auto told = [&](std::uint32_t packets, std::uint32_t octets) {
    Bytes report;
    rtp::write(rtp::SenderReport{.sender = Ssrc(1000), .ntp = rtp::NtpTime{1}, .packets = packets, .octets = octets},
               report);
    call.right->session.receive_rtcp(report, call.now);
    const auto in = call.right->session.statistics(call.now).incoming.at(0).told;
    return std::pair(in->packets, in->octets);
  };
  EXPECT_EQ(told(10, 0xFFFFFF00), std::pair(std::uint64_t{10}, std::uint64_t{0xFFFFFF00}));
  EXPECT_EQ(told(12, 0x100), std::pair(std::uint64_t{12}, std::uint64_t{0x100000100}));
  EXPECT_EQ(told(15, 0x300), std::pair(std::uint64_t{15}, std::uint64_t{0x100000300}));
  EXPECT_EQ(told(2, 0x300), std::pair(std::uint64_t{2}, std::uint64_t{0x100000300})) << "begun anew";
}

/// A report that others have overtaken tells nothing new.
TEST(MediaStatistics, WhatAPeerHasSentIsAsItsLatestReportSays) {
  WatchedCall call;
  call.stream(2);
  const auto told = [&](std::uint64_t seconds, std::uint32_t octets) {
    Bytes report;
    rtp::write(rtp::SenderReport{.sender = Ssrc(1000), .ntp = rtp::NtpTime{seconds << 32}, .octets = octets}, report);
    call.right->session.receive_rtcp(report, call.now);
    return call.right->session.statistics(call.now).incoming.at(0).told->octets;
  };
  EXPECT_EQ(told(1000, 0xFFFFFF00), 0xFFFFFF00);
  EXPECT_EQ(told(1002, 0x300), 0x100000300);
  EXPECT_EQ(told(1001, 0x200), 0x100000300);
  EXPECT_EQ(told(1003, 0x400), 0x100000400);
  EXPECT_EQ(told(10, 0x100), 0x100U) << "its clock has been set, and it has begun anew";
}

/// The sender's time of a frame that has just been handed over is when it was written.
TEST(MediaStatistics, TellsTheSendersTimeOfWhatIsPlayed) {
  WatchedCall call;
  call.stream(100);
  const auto in = call.incoming();
  ASSERT_TRUE(in.playout && in.told);
  const auto since_report = static_cast<double>(in.playout->value - in.told->ntp.value) / 4294967296.0;
  EXPECT_NEAR(since_report, seconds(call.now - in.told->arrival), 0.002);
}

/// Always allows the same.
struct FixedRate final : cc::Controller {
  explicit FixedRate(const double& rate_) : rate(rate_) {}
  void on_sent(const cc::SentPacket&) override {}
  void on_feedback(const cc::Feedback&) override {}
  void on_loss(std::size_t, std::size_t, TimePoint) override {}
  void on_round_trip(Duration, TimePoint) override {}
  void on_remote_limit(double, TimePoint) override {}
  [[nodiscard]] double target_rate() const override { return rate; }
  [[nodiscard]] double pacing_rate() const override { return 2 * rate; }
  std::optional<cc::Probe> probe(TimePoint) override { return std::nullopt; }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return std::nullopt; }
  const double& rate;
};

TEST(MediaStatistics, TheTargetIsWhatTheProgramWasToldAndHugeFramesAreFarAboveIt) {
  double rate = 1'000'000;  // about 4100 bytes a frame
  WatchedCall call;
  call.left->session.set_controller(std::make_unique<FixedRate>(rate));
  EXPECT_EQ(call.outgoing().target, std::nullopt);
  EXPECT_FALSE(call.outgoing().limitation.is_known());
  call.stream(120);
  EXPECT_EQ(call.outgoing().target, 1'000'000);
  EXPECT_EQ(call.outgoing().counters.huge_frames, 0U);
  EXPECT_TRUE(call.outgoing().limitation.is_limited());
  const Bytes data = vp8(true, 11'000, 1);
  call.made.resize(1000, call.now);  // more packets than a frame has
  ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(data, true), call.now));
  EXPECT_EQ(call.outgoing().counters.huge_frames, 1U);
  rate = 4'000'000;
  call.stream(60);
  EXPECT_FALSE(call.outgoing().limitation.is_limited());
  EXPECT_NE(call.left->session.statistics(call.now).available, std::nullopt);
}

TEST(MediaStatistics, SoundCountsByItsSamplesAndItsLevel) {
  Call call;
  call.left->session.configure({sending(audio_section(), {kEncoding})});
  call.right->session.configure({receiving(audio_section())});
  call.connect();
  // 20 ms of CELT.
  Bytes data(60, 1);
  data[0] = 31 << 3;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = data, .audio_level = 20}, call.now));
    call.run(20ms);
  }
  const auto all = call.right->session.statistics(call.now).incoming;
  ASSERT_THAT(all, SizeIs(1));
  const Sound& sound = all[0].counters.sound;
  EXPECT_EQ(sound.samples, 50U * 960);
  EXPECT_NEAR(sound.seconds, 1, 1e-9);
  EXPECT_NEAR(sound.level.value_or(0), 0.1, 1e-9);
  EXPECT_NEAR(sound.energy, 0.01, 1e-9);
  EXPECT_EQ(all[0].counters.emitted, 50U * 960);
  EXPECT_EQ(all[0].jitter, 0);
}

/// A peer that floods with times is answered in a bounded way.
TEST(MediaStatistics, OnlySoManyReceiversAreAnswered) {
  Section section = video_section();
  section.send_formats[0].receiver_time = true;
  WatchedCall call(section);
  std::size_t answers = 0;
  const auto watched = call.filter;
  call.filter = [&](ByteView packet, bool rtcp) {
    for (rtp::RtcpReader reader(packet); rtcp;) {
      const auto one = reader.next();
      if (!one) break;
      if (one->type == 207) answers = std::max(answers, (one->body.size() - 8) / 12);
    }
    return watched(packet, rtcp);
  };
  for (std::uint8_t i = 1; i < 100; ++i) {
    const Bytes time{0x80, 207, 0, 4, 0, 0, 0, i, 4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    call.left->session.receive_rtcp(time, call.now);
  }
  call.stream(100);
  EXPECT_EQ(answers, 16U);
}

}  // namespace
}  // namespace parley::media::test::statistics_test
