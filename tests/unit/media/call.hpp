#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "media/session.hpp"

namespace parley::media::test {

/// The same numbers in every run.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }
  [[nodiscard]] double uniform() { return static_cast<double>(engine_()) / 4294967296.0; }

 private:
  std::mt19937 engine_;
};

/// One direction of a path, in virtual time.
struct Path {
  double loss = 0;
  Duration delay = 10ms;
  Duration jitter{};                          ///< up to this much more, and packets overtake each other
  std::optional<double> rate = std::nullopt;  ///< bits per second, with a queue in front
  Duration queue = 300ms;                     ///< what does not fit into it is lost
  /// What waits longer is marked, if it may be.
  std::optional<Duration> marks_from = std::nullopt;
};

/// One end: what its session says.
struct End final : Session::Handler {
  End(std::uint32_t seed, std::function<void(End&, ByteView, bool)> send_)
      : random(seed), session(*this, random, "end" + std::to_string(seed), {}), send(std::move(send_)) {}
  void on_rtp(ByteView head, ByteView payload) override {
    Bytes packet(head.begin(), head.end());
    packet.insert(packet.end(), payload.begin(), payload.end());
    send(*this, packet, false);
  }
  void on_rtcp(ByteView packet) override { send(*this, packet, true); }
  void on_packet(const ReceivedPacket& packet) override {
    if (forward) forward(packet);
  }
  void on_frame(ReceivedFrame&& frame) override { frames.push_back(std::move(frame)); }
  void on_begun(SectionKey section) override { begun.push_back(section); }
  void on_ended(SectionKey section) override { ended.push_back(section); }
  void on_key_frame_request(SectionKey section, const std::string& rid) override {
    requests.emplace_back(section, rid);
  }
  void on_target_rate(SectionKey section, double rate) override {
    rates.push_back(rate);
    if (on_rate) on_rate(section, rate);
  }
  void on_loss(SectionKey section, double fraction) override { losses.emplace_back(section, fraction); }
  void on_tone(SectionKey section, char key) override { tones.emplace_back(section, key); }

  SeededRandom random;
  Session session;
  std::function<void(End&, ByteView, bool)> send;
  std::function<void(const ReceivedPacket&)> forward;
  std::function<void(SectionKey section, double rate)> on_rate;
  std::vector<ReceivedFrame> frames;
  std::vector<SectionKey> begun, ended;
  std::vector<std::pair<SectionKey, std::string>> requests;
  std::vector<double> rates;
  std::vector<std::pair<SectionKey, double>> losses;
  std::vector<std::pair<SectionKey, char>> tones;
};

/// Two sessions and what is between them. Time moves when nothing is due.
class Call {
 public:
  explicit Call(std::uint32_t seed = 1) : random_(seed) {
    const auto send = [this](End& from, ByteView packet, bool rtcp) { transmit(from, packet, rtcp); };
    left = std::make_unique<End>(seed * 2 + 1, send);
    right = std::make_unique<End>(seed * 2 + 2, send);
  }

  void connect() {
    left->session.connect(now);
    right->session.connect(now);
  }

  /// Runs until `end`, or as long as `until` is false.
  void run(Duration length, const std::function<bool()>& until = nullptr) {
    const TimePoint end = now + length;
    while (!until || !until()) {
      std::optional<TimePoint> next = earlier(left->session.next_deadline(), right->session.next_deadline());
      if (!flying_.empty()) next = earlier(next, flying_.begin()->first);
      if (!next || *next > end) {
        now = end;
        return;
      }
      now = std::max(now, *next);
      while (!flying_.empty() && flying_.begin()->first <= now) {
        auto arrived = flying_.extract(flying_.begin());
        auto& [to, bytes, rtcp, mark] = arrived.mapped();
        if (rtcp) {
          to->session.receive_rtcp(bytes, now);
        } else {
          to->session.receive_rtp(bytes, now, mark);
        }
      }
      for (const auto& one : {left.get(), right.get()})
        if (const auto due = one->session.next_deadline(); due && *due <= now) one->session.advance(now);
    }
  }

  [[nodiscard]] std::size_t sent_packets() const { return sent_; }
  [[nodiscard]] std::size_t lost_packets() const { return lost_; }
  /// What a packet that leaves now would wait in the queue.
  [[nodiscard]] Duration queueing() const { return std::max(*free_at_[0] - now, Duration::zero()); }

  /// Other traffic rightwards. Whether there was room for it.
  bool occupy(std::size_t bytes) {
    TimePoint& free_at = *free_at_[0];
    const TimePoint leaves = std::max(now, free_at);
    if (leaves - now > to_right.queue) return false;
    free_at = leaves + cc::from_seconds(static_cast<double>(bytes) * 8 / *to_right.rate);
    return true;
  }
  /// What both send rightwards waits in one queue. Their times have to move together.
  void share_link_with(Call& other) { other.free_at_[0] = free_at_[0]; }

  TimePoint now{10s};
  Path to_right, to_left;
  std::unique_ptr<End> left, right;
  /// Drops what it returns true for.
  std::function<bool(ByteView packet, bool rtcp)> filter;
  /// What the network makes of a mark.
  std::function<Ecn(Ecn sent)> marks = [](Ecn sent) { return sent; };

 private:
  struct Flying {
    End* to;
    Bytes bytes;
    bool rtcp;
    Ecn mark;
  };

  void transmit(End& from, ByteView packet, bool rtcp) {
    const bool rightwards = &from == left.get();
    const Path& path = rightwards ? to_right : to_left;
    TimePoint& free_at = *free_at_[rightwards ? 0 : 1];
    ++sent_;
    TimePoint leaves = now;
    Ecn mark = rtcp ? Ecn::NotCapable : from.session.marking();
    if (path.rate) {
      leaves = std::max(now, free_at);
      if (leaves - now > path.queue) {
        ++lost_;
        return;
      }
      if (path.marks_from && leaves - now > *path.marks_from && mark == Ecn::Ect1) mark = Ecn::Congestion;
      leaves += cc::from_seconds(static_cast<double>(packet.size() + 40) * 8 / *path.rate);
      free_at = leaves;
    }
    if (random_.uniform() < path.loss || (filter && filter(packet, rtcp))) {
      ++lost_;
      return;
    }
    const auto late = cc::from_seconds(random_.uniform() * cc::seconds(path.jitter));
    flying_.emplace(leaves + path.delay + late,
                    Flying{rightwards ? right.get() : left.get(), Bytes(packet.begin(), packet.end()), rtcp,
                           rtcp ? mark : marks(mark)});
  }

  SeededRandom random_;
  std::multimap<TimePoint, Flying> flying_;
  std::shared_ptr<TimePoint> free_at_[2]{std::make_shared<TimePoint>(), std::make_shared<TimePoint>()};
  std::size_t sent_ = 0, lost_ = 0;
};

inline constexpr SectionKey kAudio{1}, kVideo{2};

inline rtp::ExtensionMap extensions() {
  rtp::ExtensionMap map;
  map.allow_two_byte();
  map.set(1, rtp::ExtensionKind::Mid);
  map.set(2, rtp::ExtensionKind::SendTime);
  map.set(3, rtp::ExtensionKind::TransportSequenceNumber);
  map.set(4, rtp::ExtensionKind::Rid);
  map.set(5, rtp::ExtensionKind::RepairedRid);
  map.set(6, rtp::ExtensionKind::AudioLevel);
  return map;
}

inline Section video_section() {
  const Format vp8{.payload_type = PayloadType(96),
                   .name = "VP8",
                   .retransmission = PayloadType(97),
                   .nack = true,
                   .pli = true,
                   .fir = true,
                   .transport_cc = true};
  return {.key = kVideo,
          .kind = Kind::Video,
          .mid = "v",
          .reduced_size_rtcp = true,
          .receive_formats = {vp8},
          .receive_extensions = extensions(),
          .announced = {},
          .send_formats = {vp8},
          .send_extensions = extensions(),
          .encodings = {}};
}

inline Section audio_section() {
  const Format opus{
      .payload_type = PayloadType(111), .name = "opus", .clock_rate = 48000, .channels = 2, .transport_cc = true};
  return {.key = kAudio,
          .kind = Kind::Audio,
          .mid = "a",
          .reduced_size_rtcp = true,
          .receive_formats = {opus},
          .receive_extensions = extensions(),
          .announced = {},
          .send_formats = {opus},
          .send_extensions = extensions(),
          .encodings = {}};
}

inline Section sending(Section section, std::vector<Encoding> encodings) {
  section.sends = true;
  section.encodings = std::move(encodings);
  return section;
}
inline Section receiving(Section section) {
  section.receives = true;
  return section;
}

/// A frame that begins like one of VP8.
inline Bytes vp8(bool key, std::size_t size, std::uint8_t fill) {
  Bytes frame(size, fill);
  frame[0] = key ? 0x10 : 0x11;
  return frame;
}

inline OutgoingFrame frame_of(const Bytes& data, bool key) { return {.data = data, .info = {.key_frame = key}}; }

}  // namespace parley::media::test
