// A call of sound, pictures and messages in real time: after it has begun, nothing grows. Every run has a short one;
// `ctest -C long -L long` has ten minutes (PARLEY_CALL_SECONDS).
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "support/frames.hpp"
#include "support/pair.hpp"
#include "support/resources.hpp"

namespace parley::long_call_test {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using enum RTCEncodedVideoFrameType;

Clock::duration call_length() {
  const char* const seconds = std::getenv("PARLEY_CALL_SECONDS");
  return std::chrono::seconds(seconds == nullptr ? 15 : std::max(15, std::atoi(seconds)));
}

/// What one side sends, and what has come from it. All of it on the loop.
struct Side {
  std::shared_ptr<MediaStreamTrack> picture = MediaStreamTrack::create("video"),
                                    sound = MediaStreamTrack::create("audio");
  std::shared_ptr<RTCDataChannel> channel;
  bool wants_key = true;
  std::atomic<bool> stops{false};
  std::atomic<std::uint32_t> pictures = 0, sounds = 0, messages = 0;              // sent
  std::atomic<std::uint32_t> got_pictures = 0, got_sounds = 0, got_messages = 0;  // by the other side
  Latch ended[3];

  /// Runs `send` every `period` until the side stops, without drifting.
  template <class Send>
  Promise<void> keep_sending(Clock::duration period, std::size_t index, Send send) {
    const Clock::time_point begin = Clock::now();
    for (std::uint32_t i = 0; !stops; ++i) {
      send(i);
      co_await EventLoop::shared()->delay(std::max<Clock::duration>(begin + period * (i + 1) - Clock::now(), 0ms));
    }
    ended[index].set();
  }
  void begin() {
    (void)keep_sending(33'333us, 0, [this](std::uint32_t i) {
      auto frame = test::vp8_frame(std::exchange(wants_key, false) ? Key : Delta, 2500, i);
      frame.timestamp = i * 33'333us;
      picture->write(std::move(frame));
      ++pictures;
    });
    (void)keep_sending(20ms, 1, [this](std::uint32_t i) {
      auto frame = test::audio_frame(80, i);
      frame.timestamp = i * 20ms;
      sound->write(std::move(frame));
      ++sounds;
    });
    (void)keep_sending(50ms, 2, [this](std::uint32_t i) {
      channel->send(std::string(1000, static_cast<char>('a' + i % 26)));
      ++messages;
    });
  }
  [[nodiscard]] bool all_ended() {
    return std::ranges::all_of(ended, [](Latch& one) { return one.wait(); });
  }
};

struct Resources {
  std::size_t allocated = test::allocated_bytes(), resident = test::resident_bytes(),
              descriptors = test::open_descriptors(), threads = test::threads();
};

/// The least that is held during a second: what is on its way comes and goes.
Resources least() {
  Resources found;
  for (int i = 0; i < 50; ++i) {
    EventLoop::shared()->delay(20ms).get(20s);
    found.allocated = std::min(found.allocated, test::allocated_bytes());
    found.descriptors = std::min(found.descriptors, test::open_descriptors());
  }
  return found;
}

void prepare(Side& side, RTCPeerConnection& connection) {
  side.picture->onkeyframerequest = [&side] { side.wants_key = true; };
  (void)connection.addTrack(side.picture);
  (void)connection.addTrack(side.sound);
  side.channel = connection.createDataChannel("x", {.negotiated = true, .id = std::uint16_t{0}});
}

void receive(RTCPeerConnection& at, Side& from) {
  at.ontrack = [&from](const RTCTrackEvent& event) {
    event.track->onvideoframe = [&from] { ++from.got_pictures; };
    event.track->onaudioframe = [&from] { ++from.got_sounds; };
  };
}

TEST(LongCall, HoldsNoMoreAtItsEndThanSoonAfterItsBegin) {
  Side first, second;
  Latch connected;
  Pair pair;
  prepare(first, pair.offerer);
  prepare(second, pair.answerer);
  receive(pair.answerer, first);
  receive(pair.offerer, second);
  second.channel->onmessage = [&] { ++first.got_messages; };
  first.channel->onmessage = [&] { ++second.got_messages; };
  first.channel->onopen = [&] { connected.set(); };
  pair.negotiate().get(20s);
  ASSERT_TRUE(connected.wait());
  EventLoop::shared()->run([&] {
    first.begin();
    second.begin();
  });

  // By then all that is kept for retransmission has gone round.
  const Clock::duration length = call_length(), early = length / 5;
  EventLoop::shared()->delay(early).get(early + 20s);
  const Resources before = least();
  EventLoop::shared()->delay(length - early).get(length + 20s);
  const Resources after = least();
  first.stops = second.stops = true;
  ASSERT_TRUE(first.all_ended() && second.all_ended());
  EventLoop::shared()->delay(500ms).get(20s);

  const bool is_long = length >= 1min;
  if (is_long) {
    EXPECT_LT(after.allocated, before.allocated + (128 << 10));
    // The sanitizers keep freed memory on purpose.
    if (!test::kSanitized) {
      EXPECT_LT(after.resident, before.resident + (4 << 20));
    }
  }
  EXPECT_LE(after.descriptors, before.descriptors);
  EXPECT_EQ(after.threads, before.threads);
  for (Side* side : {&first, &second}) {
    EXPECT_GT(side->pictures, 29 * length / 1s);
    EXPECT_GT(side->sounds, 49 * length / 1s);
    EXPECT_GE(side->got_pictures + 1, side->pictures);  // the first key frame may be asked for once more
    EXPECT_GE(side->got_sounds + 1, side->sounds);
    EXPECT_EQ(side->got_messages, side->messages);
  }
  std::printf(
      "%u of %u pictures, %u of %u sounds, %u of %u messages; allocated %zu, then %zu; resident %zu, then %zu; "
      "%zu and %zu descriptors, %zu and %zu threads\n",
      first.got_pictures.load(), first.pictures.load(), first.got_sounds.load(), first.sounds.load(),
      first.got_messages.load(), first.messages.load(), before.allocated, after.allocated, before.resident,
      after.resident, before.descriptors, after.descriptors, before.threads, after.threads);
}

}  // namespace
}  // namespace parley::long_call_test
