// An hour of sound and pictures over a bad path, in virtual time: everything wraps, nothing drifts and nothing grows.
#include <gmock/gmock.h>

#include "call.hpp"
#include "support/resources.hpp"

namespace parley::media::test::long_call_test {
namespace {

using parley::test::allocated_bytes;
using parley::test::kSanitized;

constexpr Ssrc kPictures{1000}, kRepairs{1001}, kFec{1002}, kSound{2000};
constexpr Duration kDelay = 60ms, kJitter = 15ms;
/// Instrumented programs are slower, and what they say in minutes they say in an hour.
constexpr int kMinutes = kSanitized ? 15 : 60;
constexpr int kEarly = kMinutes / 6, kLate = kMinutes * 5 / 6;

Section pictures() {
  Section section = video_section();
  section.send_protecting.flexfec = section.receive_protecting.flexfec = PayloadType(100);
  return section;
}
Section sound() {
  Section section = audio_section();
  section.send_formats[0].nack = section.receive_formats[0].nack = true;
  return section;
}

/// How often a number with this many bits has begun anew.
class Wraps {
 public:
  explicit Wraps(unsigned bits) : half_(std::uint64_t{1} << (bits - 1)) {}
  void see(std::uint64_t number) {
    if (last_ && *last_ > number && *last_ - number > half_) ++count;
    if (!last_ || number > *last_ || *last_ - number > half_) last_ = number;  // what comes again is older
  }
  int count = 0;

 private:
  std::uint64_t half_;
  std::optional<std::uint64_t> last_;
};

/// Frames of one track as the receiver sees them. Each carries its index at its end.
struct Heard {
  Duration period;
  std::uint32_t written = 0, arrived = 0, gaps_without_key_frame = 0, out_of_order = 0;
  std::optional<std::uint32_t> first, last;
  Duration most_off{}, least_late{1h}, most_late{}, slowest{};

  void hear(const ReceivedFrame& frame, TimePoint begin, TimePoint now) {
    const Bytes& data = frame.arrived.frame.data;
    std::uint32_t index = 0;
    for (std::size_t i = data.size() - 4; i < data.size(); ++i) index = index << 8 | data[i];
    if (last && index <= *last) ++out_of_order;
    if (last && index != *last + 1 && !frame.arrived.frame.info.key_frame) ++gaps_without_key_frame;
    if (!first) first = index;
    last = index;
    ++arrived;
    const TimePoint made = begin + period * index;
    slowest = std::max(slowest, now - made);
    most_off = std::max(most_off, std::chrono::abs(Duration(frame.time) - period * (index - *first)));
    if (made - begin < 2min || !frame.common_time) return;
    least_late = std::min(least_late, *frame.common_time - made);
    most_late = std::max(most_late, *frame.common_time - made);
  }
};

/// Left sends pictures and sound, right sound.
struct LongCall : Call {
  LongCall(std::uint32_t seed, TimePoint begin_) : Call(seed), begin(begin_) {
    now = begin;
    const Encoding video{.source = kPictures, .retransmission = kRepairs, .protection = kFec, .rid = ""};
    const Encoding audio{.source = kSound, .retransmission = {}, .rid = ""}, other{.source = Ssrc(3000), .rid = ""};
    left->session.configure({receiving(sending(sound(), {audio})), sending(pictures(), {video})});
    right->session.configure({receiving(sending(sound(), {other})), receiving(pictures())});
    connect();
    filter = [this](ByteView packet, bool rtcp) {
      if (!rtcp) look(packet);
      return false;
    };
  }

  void look(ByteView packet) {
    const auto view = rtp::PacketView::parse(packet);
    const rtp::Header& header = view->header();
    if (header.ssrc == kPictures || header.ssrc == kSound) {
      const bool video = header.ssrc == kPictures;
      (video ? picture_numbers : sound_numbers).see(header.sequence_number);
      (video ? picture_times : sound_times).see(header.timestamp);
      (video ? first_picture_time : first_sound_time).emplace(header.timestamp);
    }
    if (header.ssrc == Ssrc(3000)) return;  // the other way
    if (const auto number = view->extension(3)) transport_numbers.see(std::uint64_t{(*number)[0]} << 8 | (*number)[1]);
  }

  void write_picture() {
    const bool key = !left->requests.empty();
    left->requests.clear();
    if (!left->rates.empty()) rate = left->rates.back();
    left->rates.clear();
    const double bytes = std::clamp(rate * 0.8 / 8 / 30, 300.0, 2100.0);
    write(*left, seen_pictures, kVideo, vp8(key, static_cast<std::size_t>(key ? 2 * bytes : bytes), 7), key);
  }
  void write(End& from, Heard& track, SectionKey section, Bytes data, bool key) {
    for (std::size_t i = 0; i < 4; ++i)
      data[data.size() - 4 + i] = static_cast<std::uint8_t>(track.written >> (24 - 8 * i));
    OutgoingFrame frame = frame_of(data, key);
    frame.timestamp = std::chrono::duration_cast<std::chrono::microseconds>(track.period * track.written++);
    ASSERT_TRUE(from.session.send(section, "", frame, now));
  }
  void stream(Duration length) {
    for (const TimePoint end = now + length; now < end;) {
      const TimePoint picture = begin + seen_pictures.period * seen_pictures.written,
                      sample = begin + seen_sound.period * seen_sound.written;
      run(std::min(picture, sample) - now);
      if (picture <= sample) {
        write_picture();
      } else {
        write(*left, seen_sound, kAudio, Bytes(80, 0x78), false);
        write(*right, other_sound, kAudio, Bytes(80, 0x78), false);
      }
      listen();
    }
  }
  void listen() {
    for (const ReceivedFrame& frame : right->frames)
      (frame.section == kVideo ? seen_pictures : seen_sound).hear(frame, begin, now);
    for (const ReceivedFrame& frame : left->frames) other_sound.hear(frame, begin, now);
    for (End* end : {left.get(), right.get()}) {
      end->frames.clear();
      end->begun.clear();
      end->losses.clear();
    }
    right->rates.clear();
  }
  /// The least that is allocated during a minute: what is on its way comes and goes.
  std::size_t allocated_in_a_minute() {
    std::size_t least = allocated_bytes();
    for (int i = 0; i < 60; ++i) {
      stream(1s);
      least = std::min(least, allocated_bytes());
    }
    return least;
  }

  TimePoint begin;
  double rate = 300'000;
  Heard seen_pictures{.period = std::chrono::duration_cast<Duration>(1s) / 30}, seen_sound{.period = 20ms},
      other_sound{.period = 20ms};
  Wraps picture_numbers{16}, sound_numbers{16}, transport_numbers{16}, picture_times{32}, sound_times{32};
  std::optional<std::uint32_t> first_picture_time, first_sound_time;
};

/// A call whose RTP times both begin anew during it, pictures' after a sixth: the seed and when it begins.
std::pair<std::uint32_t, TimePoint> call_that_wraps() {
  for (std::uint32_t seed = 1;; ++seed) {
    LongCall probe(seed, TimePoint(10s));
    probe.stream(100ms);
    const auto seconds_left = [](std::uint32_t time, std::uint32_t rate) { return (0 - time) / rate; };
    const std::uint32_t pictures_left = seconds_left(*probe.first_picture_time, 90000), wanted = kEarly * 60;
    if (pictures_left < wanted) continue;
    const std::uint32_t later = pictures_left - wanted;
    const std::uint32_t sound_left = seconds_left(*probe.first_sound_time + later * 48000, 48000);
    if (sound_left > 60 && sound_left < kLate * 60) return {seed, probe.begin + std::chrono::seconds(later)};
  }
}

TEST(LongCall, AnHourOverABadPathLosesAndKeepsNothing) {
  const auto [seed, begin] = call_that_wraps();
  LongCall call(seed, begin);
  call.to_right = {.loss = 0.02, .delay = kDelay, .jitter = kJitter, .rate = 1.5e6};
  call.to_left = {.loss = 0.02, .delay = kDelay, .jitter = kJitter};
  call.stream(std::chrono::minutes(kEarly - 1));
  const std::size_t early = call.allocated_in_a_minute();
  call.stream(std::chrono::minutes(kLate - 1 - kEarly));
  const std::size_t late = call.allocated_in_a_minute();
  // Buffers have become as long as they ever had to be, or nearly: rings of what was sent double once or twice more
  // within the hour, and then no more. Half a byte for each packet would be more.
  EXPECT_LT(late, early + 128 * 1024);
  call.stream(std::chrono::minutes(kMinutes - kLate));
  call.to_right.loss = call.to_left.loss = 0;
  call.stream(2s);
  call.run(1s);
  call.listen();

  // Everything that has an end has begun anew.
  const int often = kMinutes / 30;
  EXPECT_GE(call.picture_numbers.count, often);
  EXPECT_GE(call.transport_numbers.count, 2 * often);
  EXPECT_GE(call.sound_numbers.count, often);
  EXPECT_EQ(call.picture_times.count, 1);
  EXPECT_EQ(call.sound_times.count, 1);

  // Pictures: all, but for those that a key frame was asked for instead of. Sound: what has not come in 200 ms is left
  // out.
  const Heard& pictures = call.seen_pictures;
  EXPECT_GE(pictures.arrived, pictures.written - pictures.written / 1000);
  EXPECT_EQ(pictures.gaps_without_key_frame, 0U);
  EXPECT_EQ(pictures.last, pictures.written - 1);
  EXPECT_LT(pictures.slowest, 2s);
  for (const Heard* sounds : {&call.seen_sound, &call.other_sound}) {
    EXPECT_GE(sounds->arrived, sounds->written - sounds->written / 200);
    EXPECT_EQ(sounds->last, sounds->written - 1);
  }
  for (const Heard* track : {&pictures, &std::as_const(call.seen_sound), &std::as_const(call.other_sound)}) {
    EXPECT_EQ(track->out_of_order, 0U);
    // Clocks: the tracks' own, and the common one, which is as late as the fastest report.
    EXPECT_LT(track->most_off, 1ms);
    EXPECT_GT(track->least_late, kDelay - 1ms);
    EXPECT_LT(track->most_late, kDelay + kJitter + 5ms);
  }

  // All that repairs has worked, and all is told of.
  const Statistics sent = call.left->session.statistics(call.now), got = call.right->session.statistics(call.now);
  for (const OutgoingStatistics& one : sent.outgoing) {
    EXPECT_GT(one.counters.repeated_packets, 50U * kMinutes / 15);
    EXPECT_EQ(one.counters.frames, one.kind == Kind::Video ? pictures.written : call.seen_sound.written);
  }
  for (const IncomingStatistics& one : got.incoming) {
    const Heard& heard = one.kind == Kind::Video ? pictures : call.seen_sound;
    EXPECT_EQ(one.counters.frames, heard.arrived);
    if (one.kind == Kind::Video) {
      EXPECT_GT(one.counters.protecting_packets, 1000U * kMinutes / 15);
    }
  }
  EXPECT_GT(call.rate, 300'000);
  std::printf("%u of %u pictures, %u of %u sounds; %zu bytes, then %zu\n", pictures.arrived, pictures.written,
              call.seen_sound.arrived, call.seen_sound.written, early, late);
}

}  // namespace
}  // namespace parley::media::test::long_call_test
