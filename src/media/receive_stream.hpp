#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/rtp_numbers.hpp"
#include "base/time.hpp"
#include "formats/format.hpp"
#include "media/format.hpp"
#include "media/frame_buffer.hpp"
#include "media/frame_pace.hpp"
#include "media/media_time.hpp"
#include "media/nack_list.hpp"
#include "media/playout.hpp"
#include "media/receive_statistics.hpp"
#include "media/sound.hpp"
#include "rtp/sequence.hpp"

namespace parley::media {

/// A packet of one source, without what routed it here.
struct StreamPacket {
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  PayloadType payload_type{};
  ByteView payload;
  std::optional<std::uint8_t> audio_level = std::nullopt;
  /// As it came, whatever was in it: header with padding, and payload.
  std::size_t header_bytes = 0, payload_bytes = 0;
  /// It was of no use but to repair others.
  bool protects = false;
  /// Of the timestamp, if it is not that of the payload type.
  std::uint32_t clock_rate = 0;
};

/// One source as it arrives: packets in, frames out, and what has to be asked for on the way. Time is an argument.
class ReceiveStream {
 public:
  enum class Arrival {
    First,
    Repair,     ///< in answer to a request
    Recovered,  ///< not at all: it was made of others
  };

  struct Counters {
    std::uint64_t packets = 0, payload_bytes = 0;
    std::uint64_t repaired_packets = 0, repaired_bytes = 0;
    std::uint64_t padding_packets = 0;  ///< of retransmission's numbers, with nothing in them
    std::uint64_t header_bytes = 0;     ///< of all these, with padding
    std::uint64_t late_packets = 0;     ///< when nobody waited for them any more
    /// FEC and repeated sound, with what of it was of no use; and what of it has numbers of its own, so that it is not
    /// in `packets`.
    std::uint64_t protecting_packets = 0, protecting_bytes = 0, useless_protection = 0;
    std::uint64_t separate_packets = 0, separate_bytes = 0;
    std::uint64_t frames = 0, key_frames = 0;
    std::uint64_t frames_of_many = 0;  ///< of more than one packet
    Duration assembly{};               ///< from their first packet to their last
    std::uint64_t nacks = 0;
    std::optional<TimePoint> last_packet = std::nullopt, last_frame = std::nullopt;
    std::uint32_t last_timestamp = 0;  ///< of that frame
    std::optional<PayloadType> payload_type = std::nullopt;
    std::uint16_t width = 0, height = 0;
    /// From the first packet of a frame until it was handed over: of frames of video, of samples of audio.
    double waited = 0;
    /// The same, if nothing had been held back, and what frames should have waited at that time.
    double waited_at_least = 0, target = 0;
    std::uint64_t emitted = 0;
    Sound sound;
  };

  explicit ReceiveStream(Kind kind);

  void set_formats(const std::vector<Format>& formats);
  /// What the payload tells; nullopt if the packet has come before, or is of no use.
  std::optional<formats::PayloadInfo> receive(const StreamPacket& packet, Arrival arrival, TimePoint now);
  /// Frames are held back for so long (Playout); zero: not at all.
  void set_target_delay(Duration target) { playout_.set_target(target); }
  /// Call until there is none, after receive() and advance().
  std::optional<ArrivedFrame> next_frame(TimePoint now);
  /// Padding on the source of retransmissions.
  void receive_padding(std::size_t bytes, TimePoint now);
  /// FEC on a source of its own.
  void receive_protection(std::size_t header_bytes, std::size_t payload_bytes, TimePoint now);
  /// A frame that a later packet repeats (RFC 2198): whether it is one that is missing.
  bool receive_repetition(std::uint16_t number, std::uint32_t timestamp, std::size_t bytes);
  /// How many packets of FEC, of all that have come, were of no use.
  void set_useless_protection(std::uint64_t packets) { counters_.useless_protection = packets; }

  /// What to ask the peer for now. Call after receive() and advance(), when the frames have been taken.
  std::vector<std::uint16_t> numbers_to_ask_for(TimePoint now, Duration round_trip);
  [[nodiscard]] bool should_ask_for_key_frame(TimePoint now, Duration round_trip);
  /// The program wants one.
  void want_key_frame() { key_frame_wanted_ = true; }

  /// Gives up what does not come. Then there may be frames again.
  void advance(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  [[nodiscard]] const Format* format(PayloadType payload_type) const;
  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// Of video.
  [[nodiscard]] const FramePace& pace() const { return pace_; }
  /// What it keeps of packets.
  [[nodiscard]] std::size_t bytes() const { return buffer_.bytes(); }
  /// Gives all of that up: video begins again with a key frame.
  void drop(TimePoint now);
  /// Nothing is expected until a packet comes; then it goes on as if none had been missed. Counters stay.
  void pause();
  [[nodiscard]] bool is_paused() const { return paused_; }
  /// Its sender has said goodbye: what is there, or still comes, is handed over, but nothing is asked for.
  void end(TimePoint now);
  /// It was not meant so.
  void go_on() { ended_ = false; }
  /// Whether the packet is missing, and may still come.
  [[nodiscard]] bool awaits(std::uint16_t number) const { return highest_ >= 0 && nacks_.awaits(near_highest(number)); }
  /// Whether the packet is later than all that have come.
  [[nodiscard]] bool is_later(std::uint16_t number) const { return highest_ < 0 || near_highest(number) > highest_; }
  [[nodiscard]] std::uint32_t frames_dropped() const { return buffer_.dropped(); }
  [[nodiscard]] ReceiveStatistics& statistics() { return statistics_; }
  [[nodiscard]] const ReceiveStatistics& statistics() const { return statistics_; }

 private:
  struct Decoder {
    Format format;
    std::unique_ptr<formats::Depacketizer> depacketizer;
  };

  [[nodiscard]] std::unique_ptr<formats::Depacketizer> depacketizer_for(const Format& format) const;
  Decoder* decoder(PayloadType payload_type);
  [[nodiscard]] bool repairs() const;
  bool hold_back(TimePoint now);
  [[nodiscard]] std::int64_t near_highest(std::uint16_t number) const;
  std::optional<std::int64_t> number_of(std::uint16_t number, Arrival arrival);
  void note_missing(std::int64_t number, TimePoint now);
  void note_blocked(TimePoint now);
  [[nodiscard]] bool is_heard(TimePoint now) const;
  [[nodiscard]] std::optional<TimePoint> key_frame_due() const;
  void resume(std::int64_t number);
  void count_packet(const StreamPacket& packet, Arrival arrival, TimePoint now);
  void count_frame(const ArrivedFrame& arrived, TimePoint now);

  Kind kind_;
  std::vector<Decoder> decoders_;
  rtp::SequenceUnwrapper unwrapper_;
  FrameBuffer buffer_;
  NackList nacks_;
  ReceiveStatistics statistics_;
  Counters counters_;
  FramePace pace_;
  Playout playout_;
  MediaTime media_time_;
  std::optional<TimePoint> held_until_;  // the next frame is complete
  TimePoint last_ready_{};               // when the last one was, with all before it
  std::int64_t highest_ = -1;
  /// A packet that others wait for: nobody asks for it, or they may do without.
  struct Blocked {
    std::int64_t number;
    bool asked_for;
    TimePoint until;  // so long it is waited for
  };
  std::optional<Blocked> blocked_;
  Duration round_trip_{};
  std::optional<TimePoint> keyless_since_;    // no frame can be shown until a key frame comes
  std::optional<TimePoint> key_frame_again_;  // not asked for before
  bool key_frame_wanted_ = false, paused_ = false, ended_ = false;
};

}  // namespace parley::media
