#include "parley_rtp.hpp"

#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>

#include "parley_pair.hpp"

namespace parley::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint32_t kPacketsOfAFrame = 10;
/// RTP header, and the one extension that is left.
constexpr std::size_t kHeader = 20;

/// Packets of VP8: a key frame, then others.
class Source {
 public:
  explicit Source(std::size_t size) {
    for (const std::uint8_t first : {std::uint8_t{0x10}, std::uint8_t{0x00}}) {
      auto payload = std::make_shared<std::vector<std::uint8_t>>(size - kHeader, std::uint8_t{1});
      (*payload)[0] = first;
      payloads_[first == 0] = std::move(payload);
    }
    const std::uint8_t key[]{0x10, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01};
    auto payload = std::make_shared<std::vector<std::uint8_t>>(*payloads_[0]);
    std::copy(std::begin(key), std::end(key), payload->begin());
    key_ = std::move(payload);
  }
  const RTCRtpPacket& next() {
    const std::uint32_t place = count_ % kPacketsOfAFrame;
    const auto& payload = count_ == 0 ? key_ : payloads_[place != 0];
    packet_.payload = *payload;
    packet_.owner = payload;
    packet_.marker = place == kPacketsOfAFrame - 1;
    packet_.timestamp = count_ / kPacketsOfAFrame * 3000;
    packet_.sequenceNumber = static_cast<std::uint16_t>(count_);
    ++count_;
    return packet_;
  }
  [[nodiscard]] std::uint32_t count() const { return count_; }

 private:
  std::shared_ptr<const std::vector<std::uint8_t>> payloads_[2], key_;
  RTCRtpPacket packet_{.mimeType = "video/VP8", .synchronizationSource = 1};
  std::uint32_t count_ = 0;
};

/// Keeps packets on their way. Everything but the counters on the sender's loop.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(const CommandLine& line, std::shared_ptr<EventLoop> loop)
      : loop_(std::move(loop)),
        track_(MediaStreamTrack::create("video", "", loop_)),
        source_(line.count("size")),
        window_(static_cast<std::uint32_t>(line.number_or("window", 64))),
        rate_(line.number_or("rate", 0)) {}

  [[nodiscard]] const std::shared_ptr<MediaStreamTrack>& track() const { return track_; }
  [[nodiscard]] std::uint32_t received() const { return received_; }
  [[nodiscard]] std::uint32_t sent() {
    return loop_->run([this] { return source_.count(); });
  }

  void arrived() {
    const std::uint32_t count = received_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (rate_ == 0 && count % (window_ / 4) == 0) post_fill();
  }
  void post_fill() {
    loop_->post([self = shared_from_this()] { self->fill(); });
  }
  /// What is lost does not come back: its place is given to others.
  void give_up() {
    loop_->run([&] { lost_ = source_.count() - received_; });
    post_fill();
  }
  /// As many packets as are due, with `rate`.
  void send_due(Clock::time_point since) {
    loop_->run([&] {
      const double due = std::chrono::duration<double>(Clock::now() - since).count() * rate_;
      while (source_.count() < static_cast<std::uint32_t>(due)) track_->write(source_.next());
    });
  }
  [[nodiscard]] bool has_rate() const { return rate_ > 0; }

 private:
  void fill() {
    const auto underway =
        static_cast<std::int32_t>(source_.count() - lost_ - received_.load(std::memory_order_relaxed));
    for (std::int32_t more = static_cast<std::int32_t>(window_) - underway; more > 0; --more)
      track_->write(source_.next());
  }

  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<MediaStreamTrack> track_;
  Source source_;
  std::uint32_t window_;
  double rate_;
  std::atomic<std::uint32_t> received_{0};
  std::uint32_t lost_ = 0;
};

}  // namespace

void rtp(const CommandLine& line) {
  using namespace std::chrono_literals;
  Rig rig(line);
  const auto stream = std::make_shared<Stream>(line, rig.offerer.network.loop);
  const Pair pair = connect_pair(rig, {}, Feedback::None).get();
  std::binary_semaphore ready(0);
  std::shared_ptr<MediaStreamTrack> remote;
  pair.answerer->connection.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onrtp = [stream] { stream->arrived(); };
  };
  stream->track()->onkeyframerequest = [&] { ready.release(); };
  (void)pair.offerer->connection.addTrack(stream->track());
  rig.offerer.network.loop->run([&] { return offer(pair.offerer); }).get();
  ready.acquire();

  const double warmup = line.number("warmup"), length = line.number("seconds");
  const auto begin = Clock::now();
  Clock::time_point since{};
  std::uint32_t sent = 0, received = 0, before = 0;
  stream->post_fill();
  for (;;) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    if (since == Clock::time_point() && elapsed > warmup) {
      since = Clock::now();
      sent = stream->sent();
      received = stream->received();
      print_line("mark", "start");
    }
    if (elapsed > warmup + length) break;
    std::this_thread::sleep_for(stream->has_rate() ? 1ms : 20ms);
    if (stream->has_rate()) {
      stream->send_due(begin);
    } else if (stream->received() == before) {
      stream->give_up();
    }
    before = stream->received();
  }
  print_line("mark", "end");
  const double seconds = std::chrono::duration<double>(Clock::now() - since).count();
  const std::uint32_t arrived = stream->received() - received;
  const std::uint32_t gone = stream->sent() - sent;
  print_line("result", {{"packets", arrived}, {"sent", gone}, {"seconds", seconds}});
  if (remote) remote->onrtp = nullptr;
}

}  // namespace parley::bench
