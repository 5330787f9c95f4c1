// When reports are sent, and of whom: RFC 3550 section 6.
#include <gmock/gmock.h>

#include <set>
#include <utility>

#include "call.hpp"
#include "rtp/reports.hpp"

namespace parley::media::test::session_reports_test {
namespace {

using testing::SizeIs;

std::vector<Encoding> many_encodings() {
  std::vector<Encoding> encodings;
  for (std::uint32_t i = 0; i < 45; ++i)
    encodings.push_back({.source = Ssrc(100 + i), .retransmission = {}, .rid = std::to_string(i)});
  return encodings;
}

/// RFC 3550 section 6.1: in as many compounds as it takes, each of which fits into a datagram.
TEST(SessionReports, ReportsTellOfEverySource) {
  const std::vector<Encoding> encodings = many_encodings();
  Call call;
  call.left->session.configure({sending(audio_section(), encodings)});
  call.right->session.configure({receiving(audio_section())});
  call.connect();
  std::set<Ssrc> senders, reported;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (!rtcp || packet[1] == 205) return false;  // feedback may be alone
    EXPECT_LE(packet.size(), SendStream::kMaxPacket);
    rtp::RtcpReader reader(packet);
    bool is_first = true, has_name = false;
    for (auto one = reader.next(); one; one = reader.next()) {
      const auto sent = rtp::parse_sender_report(*one);
      const auto received = rtp::parse_receiver_report(*one);
      const bool by_sender = one->type == 200, by_receiver = one->type == 201;
      if (std::exchange(is_first, false)) {
        EXPECT_TRUE(by_sender || by_receiver);
      }
      has_name = has_name || !rtp::parse_source_description(*one).empty();
      if (by_sender && sent) senders.insert(sent->sender);
      if (by_receiver && received)
        for (const rtp::ReportBlock& block : received->blocks) reported.insert(block.source);
    }
    EXPECT_TRUE(has_name);
    return false;
  };
  for (int i = 0; i < 100; ++i) {
    for (const Encoding& encoding : encodings)
      ASSERT_TRUE(call.left->session.send(kAudio, encoding.rid, {.data = Bytes(30, 1)}, call.now));
    call.run(20ms);
  }
  EXPECT_THAT(senders, SizeIs(45));
  EXPECT_THAT(reported, SizeIs(45));
  for (const OutgoingStatistics& one : call.left->session.statistics(call.now).outgoing)
    EXPECT_TRUE(one.counters.remote.has_value());
}

/// RFC 3550 section 6.2: about one a second, not in step.
TEST(SessionReports, ReportsComeOnceASecondMoreOrLess) {
  Call call;
  call.left->session.configure({sending(audio_section(), {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}})});
  call.right->session.configure({receiving(audio_section())});
  call.connect();
  std::vector<TimePoint> times;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (rtcp && packet[1] == 200) times.push_back(call.now);
    return false;
  };
  for (int i = 0; i < 1500; ++i) {
    ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = Bytes(30, 1)}, call.now));
    call.run(20ms);
  }
  EXPECT_THAT(times, SizeIs(testing::AllOf(testing::Ge(25U), testing::Le(35U))));
  std::set<Duration> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], 500ms);
    EXPECT_LE(times[i] - times[i - 1], 1500ms);
    gaps.insert(times[i] - times[i - 1]);
  }
  EXPECT_THAT(gaps, SizeIs(testing::Gt(20U)));
}

TEST(SessionReports, TellTheSenderHowMuchIsLost) {
  Call call;
  call.to_right.loss = 0.2;
  call.left->session.configure({sending(audio_section(), {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}})});
  call.right->session.configure({receiving(audio_section())});
  call.connect();
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = Bytes(30, 1)}, call.now));
    call.run(20ms);
  }
  const auto& told = call.left->losses;
  ASSERT_THAT(told, SizeIs(testing::Ge(40U)));
  double sum = 0;
  for (const auto& [section, fraction] : told) {
    EXPECT_EQ(section, kAudio);
    sum += fraction;
  }
  EXPECT_NEAR(sum / static_cast<double>(told.size()), 0.2, 0.04);
  EXPECT_TRUE(call.right->losses.empty());
}

TEST(SessionReports, ManyOfThemAreToldAsFew) {
  Call call;
  call.left->session.configure({sending(audio_section(), {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}})});
  call.connect();
  ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = Bytes(30, 1)}, call.now));
  Bytes report;
  rtp::write(rtp::ReceiverReport{.sender = Ssrc(9), .blocks = {{.source = Ssrc(1000), .fraction_lost = 64}}}, report);
  for (int i = 0; i < 1000; ++i) {
    call.left->session.receive_rtcp(report, call.now);
    call.run(1ms);
  }
  EXPECT_THAT(call.left->losses, SizeIs(testing::AllOf(testing::Ge(4U), testing::Le(6U))));
  EXPECT_THAT(call.left->losses, testing::Each(testing::Pair(kAudio, 0.25)));
}

/// The timestamp goes round every thirteen hours.
TEST(SessionReports, TellTheTimeHoweverLongNothingWasSent) {
  Call call;
  call.left->session.configure({sending(video_section(), {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}})});
  call.connect();
  std::optional<std::uint32_t> sent, told;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (!rtcp) sent = rtp::PacketView::parse(packet)->header().timestamp;
    rtp::RtcpReader reader(packet);
    if (const auto one = rtcp ? reader.next() : std::nullopt)
      if (const auto report = rtp::parse_sender_report(*one)) told = report->timestamp;
    return false;
  };
  const TimePoint begin = call.now;
  ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(vp8(true, 100, 1), true), call.now));
  call.now = begin + std::chrono::hours(100);
  call.left->session.advance(call.now);
  ASSERT_TRUE(sent && told);
  EXPECT_EQ(*told - *sent, static_cast<std::uint32_t>(std::uint64_t{100} * 3600 * 90'000));
}

/// RFC 3550 section 6.6: a compound as all are.
TEST(SessionReports, SaysGoodbyeForEverySource) {
  const std::vector<Encoding> encodings = many_encodings();
  Call call;
  call.left->session.configure({sending(audio_section(), encodings)});
  call.left->session.connect(call.now);
  for (const Encoding& encoding : encodings)
    ASSERT_TRUE(call.left->session.send(kAudio, encoding.rid, {.data = Bytes(30, 1)}, call.now));
  std::set<Ssrc> gone;
  call.left->send = [&](End&, ByteView packet, bool) {
    rtp::RtcpReader reader(packet);
    EXPECT_EQ(packet[1], 201);
    for (auto one = reader.next(); one; one = reader.next())
      if (one->type == 203)
        for (const Ssrc source : rtp::parse_goodbye(*one)) gone.insert(source);
  };
  call.left->session.say_goodbye();
  EXPECT_THAT(gone, SizeIs(45));
}

/// webrtc-pc section 5.4, stop(): of each stream that was sent, once, and nothing after it.
TEST(SessionReports, SaysGoodbyeForWhatIsStopped) {
  const Section audio = sending(audio_section(), {{.source = Ssrc(1), .retransmission = {}, .rid = ""}});
  const Section video = sending(video_section(), {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""}});
  for (const bool stays : {true, false}) {
    Call call;
    call.left->session.configure({audio, video});
    call.right->session.configure({receiving(audio_section()), receiving(video_section())});
    call.connect();
    std::vector<Ssrc> gone;
    std::size_t packets = 0;
    call.filter = [&](ByteView packet, bool rtcp) {
      if (!rtcp && rtp::source_of(packet) != Ssrc(1)) ++packets;
      rtp::RtcpReader reader(packet);
      for (auto one = rtcp ? reader.next() : std::nullopt; one; one = reader.next())
        if (one->type == 203)
          for (const Ssrc source : rtp::parse_goodbye(*one)) gone.push_back(source);
      return false;
    };
    ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = Bytes(30, 1)}, call.now));
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(vp8(true, 1000, 1), true), call.now));
    call.run(100ms);
    const Bytes waits = vp8(true, 100'000, 1);
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(waits, true), call.now));
    call.run(10ms);  // of what has left
    packets = 0;
    std::vector<Section> left{audio};
    if (stays) {
      left.push_back(video);
      left.back().sends = false;
      left.back().has_stopped = true;
    }
    for (int i = 0; i < 2; ++i) {
      call.left->session.configure(left);
      call.run(1s);
    }
    EXPECT_THAT(gone, testing::ElementsAre(Ssrc(1000), Ssrc(1001))) << "and of its padding";
    EXPECT_EQ(packets, 0U);
    EXPECT_THAT(call.right->ended, testing::ElementsAre(kVideo));
    call.left->session.say_goodbye();
    EXPECT_THAT(gone, testing::ElementsAre(Ssrc(1000), Ssrc(1001), Ssrc(1)));
  }
}

/// RFC 5506: without agreement each feedback is a compound, which begins with a report and says who it is from.
TEST(SessionReports, FeedbackIsAloneOnlyWhereReducedSizeWasAgreedOn) {
  for (const bool reduced : {true, false}) {
    Section section = video_section();
    section.reduced_size_rtcp = reduced;
    Call call;
    call.left->session.configure({sending(section, {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""}})});
    call.right->session.configure({receiving(section)});
    call.connect();
    call.to_right.loss = 0.1;
    std::set<std::uint8_t> first_of_nacks;
    call.filter = [&](ByteView packet, bool rtcp) {
      rtp::RtcpReader reader(packet);
      bool has_name = false;
      for (auto one = reader.next(); rtcp && one; one = reader.next()) {
        has_name = has_name || !rtp::parse_source_description(*one).empty();
        if (one->type != 205 || one->count != rtp::feedback_format::kNack) continue;
        first_of_nacks.insert(packet[1]);
        EXPECT_NE(has_name, reduced);
      }
      return false;
    };
    for (int i = 0; i < 60; ++i) {
      ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(vp8(i == 0, 3000, 1), i == 0), call.now));
      call.run(33ms);
    }
    EXPECT_EQ(first_of_nacks, std::set<std::uint8_t>{reduced ? std::uint8_t{205} : std::uint8_t{201}});
  }
}

}  // namespace
}  // namespace parley::media::test::session_reports_test
