#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"
#include "base/time.hpp"
#include "formats/format.hpp"
#include "media/temporal_trust.hpp"

namespace parley::media {

/// A packet of a stream on its way into a frame.
struct MediaPacket {
  std::int64_t number = 0;  ///< the sequence number, unwrapped
  std::uint32_t timestamp = 0;
  bool marker = false;
  PayloadType payload_type{};
  ByteView payload;  ///< empty in padding, which only fills the numbers
  formats::PayloadInfo info;
  std::optional<std::uint8_t> audio_level = std::nullopt;
};

/// A frame as it arrived.
struct ArrivedFrame {
  formats::Frame frame;
  std::uint32_t timestamp = 0;
  PayloadType payload_type{};
  std::int64_t first = 0, last = 0;  ///< its packets
  TimePoint first_arrival{}, last_arrival{};
  std::optional<std::uint8_t> audio_level = std::nullopt;
};

/// Puts the packets of a stream in order and together into frames. What it gives is in the order in which it was sent
/// and can be decoded: after a loss that nothing repairs, video goes on with the next key frame, or with what
/// TemporalTrust allows, and audio with the next packet. A ring of buffers that are used over and over.
class FrameBuffer {
 public:
  enum class Continuity {
    Any,       ///< every frame stands alone: audio
    KeyFrame,  ///< a frame needs those before it, back to a key frame: video
  };
  /// A frame has no more packets than this, and no packet that comes so much later than a missing one is kept.
  static constexpr std::size_t kMost = 4096;

  explicit FrameBuffer(Continuity continuity) : continuity_(continuity) {}

  /// False for what was there already, or comes too late to be of use.
  bool insert(const MediaPacket& packet, TimePoint now);
  /// The next frame, if it is complete. `depacketizer` is the one of the frame's payload type.
  template <class DepacketizerOf>
  std::optional<ArrivedFrame> next(DepacketizerOf depacketizer_of);

  /// The next frame, if it is complete, without taking it.
  struct Head {
    std::uint32_t timestamp = 0;
    PayloadType payload_type{};
    TimePoint last_arrival{};
  };
  std::optional<Head> head();
  /// From the first packet that is kept to the last one.
  [[nodiscard]] std::size_t reach() const { return static_cast<std::size_t>(highest_ + 1 - oldest_); }
  /// The packet that holds up others which have arrived already, the first of them.
  [[nodiscard]] std::optional<std::int64_t> missing() const;
  /// When the one behind it arrived.
  [[nodiscard]] TimePoint missing_since() const;
  /// It will not come: goes on after it. Video without a frame to begin with waits for a key frame, unless the lowest
  /// temporal layer may go on.
  void skip();
  /// Whether skip() would come to a frame that is there, without a key frame; and whether that may be at all.
  [[nodiscard]] bool can_do_without_missing() const;
  [[nodiscard]] bool may_do_without_missing() const { return trust_.may_lose(); }
  [[nodiscard]] bool needs_key_frame() const {
    return continuity_ == Continuity::KeyFrame && !next_ && !trust_.may_continue();
  }
  /// Nobody waits for what comes before this packet any more.
  [[nodiscard]] std::int64_t oldest() const { return oldest_; }
  [[nodiscard]] bool is_past(std::int64_t number) const { return number < oldest_; }
  /// Whether the packet would be of use, and is not there.
  [[nodiscard]] bool lacks(std::int64_t number) const { return !is_past(number) && find(number) == nullptr; }
  /// Frames that packets have arrived of and that were never given.
  [[nodiscard]] std::uint32_t dropped() const { return dropped_; }
  /// What it has of memory, used or kept to be used again.
  [[nodiscard]] std::size_t bytes() const { return payload_bytes_ + slots_.size() * sizeof(Slot); }
  /// Gives up all that has arrived, and the memory.
  void drop();
  /// The same, and whatever comes next is taken for the first.
  void begin_anew();

 private:
  static constexpr std::size_t kSlots = 64;
  struct Slot {
    std::int64_t number = -1;
    std::uint32_t timestamp = 0;
    bool marker = false;
    PayloadType payload_type{};
    formats::PayloadInfo info;
    Bytes payload;
    TimePoint arrival{};
    std::optional<std::uint8_t> audio_level;
  };
  /// First and last packet of a frame that is whole.
  struct Range {
    std::int64_t first, last;
  };

  [[nodiscard]] const Slot* find(std::int64_t number) const;
  [[nodiscard]] std::optional<std::int64_t> end_of_frame(std::int64_t first);
  [[nodiscard]] std::optional<Range> complete();
  [[nodiscard]] bool begins(const Slot& slot) const;
  void skip_padding();
  void skip_lost_protection();
  void begin_at(std::int64_t number);
  void go_on_after(std::int64_t last, const formats::PayloadInfo& head);
  void wait_for_key_frame();
  void make_room(std::int64_t number);
  void find_a_start();
  [[nodiscard]] std::optional<std::int64_t> find_decodable();
  void forget(std::int64_t end);

  Continuity continuity_;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);  // a power of two, by number
  std::size_t payload_bytes_ = 0;                        // that they have room for
  std::optional<std::int64_t> next_;                     // where the next frame begins
  std::optional<std::int64_t> awaited_;                  // without it: may be in front of what it could begin with
  std::int64_t first_ = 0;                               // the packet that was the first to come
  std::optional<std::uint16_t> last_picture_;            // of the frame before it
  TemporalTrust trust_;
  std::int64_t passed_until_ = 0;           // without next_: all before it are there, and passed over
  std::int64_t whole_until_ = 0;            // all from next_ to before it are there
  Range looked_at_{-1, -1};                 // of one frame, which does not end there
  std::int64_t oldest_ = 0, highest_ = -1;  // what is in the ring; nothing before the first packet
  std::int64_t given_until_ = 0;            // packets before it were of frames that were given, or dropped
  std::uint32_t dropped_ = 0;
  std::optional<std::uint32_t> last_dropped_;  // its timestamp
  std::vector<ByteView> payloads_;             // of the frame being put together
};

template <class DepacketizerOf>
std::optional<ArrivedFrame> FrameBuffer::next(DepacketizerOf depacketizer_of) {
  while (const auto range = complete()) {
    const Slot& head = *find(range->first);
    ArrivedFrame arrived{.frame = {},
                         .timestamp = head.timestamp,
                         .payload_type = head.payload_type,
                         .first = range->first,
                         .last = range->last,
                         .first_arrival = head.arrival,
                         .last_arrival = head.arrival,
                         .audio_level = head.audio_level};
    payloads_.clear();
    for (std::int64_t number = range->first; number <= range->last; ++number) {
      const Slot& slot = *find(number);
      if (!slot.payload.empty()) payloads_.emplace_back(slot.payload);
      arrived.first_arrival = std::min(arrived.first_arrival, slot.arrival);
      arrived.last_arrival = std::max(arrived.last_arrival, slot.arrival);
    }
    formats::Depacketizer* depacketizer = depacketizer_of(head.payload_type);
    auto frame = depacketizer ? depacketizer->assemble(payloads_)
                              : Result<formats::Frame>(fail(ErrorKind::DataError, "no such format"));
    if (frame) {
      given_until_ = range->last + 1;
      go_on_after(range->last, formats::PayloadInfo(head.info));
      arrived.frame = *std::move(frame);
      return arrived;
    }
    // What is broken is as good as lost.
    begin_at(range->last + 1);
    wait_for_key_frame();
  }
  return std::nullopt;
}

}  // namespace parley::media
