#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// Redundant audio: RFC 2198. A payload repeats frames of earlier packets beside its own.
namespace parley::formats {

struct RedBlock {
  std::uint8_t payload_type = 0;
  /// How much earlier than the packet's timestamp; 0 in the last block, which is the packet's own frame.
  std::uint16_t timestamp_offset = 0;
  ByteView data;
};

/// The oldest first, the packet's own frame last. DataError if it is cut off.
Result<std::vector<RedBlock>> read_red(ByteView payload);

/// Writes payloads that repeat the frames before.
class RedWriter {
 public:
  /// `repeats`: how many frames are repeated, if there is room.
  explicit RedWriter(std::size_t repeats) : repeats_(repeats) {}
  /// A frame and what there is room for within `most` bytes. Frames that are too long (1023 bytes) or too old (16383
  /// ticks) for the headers are not repeated, nor those before them. DataError if the frame itself has no room.
  Result<Bytes> write(std::uint8_t payload_type, std::uint32_t timestamp, ByteView frame, std::size_t most);

 private:
  struct Sent {
    std::uint8_t payload_type = 0;
    std::uint32_t timestamp = 0;
    Bytes data;
  };
  [[nodiscard]] std::size_t fitting(std::uint32_t timestamp, std::size_t room) const;

  std::size_t repeats_;
  std::deque<Sent> sent_;  ///< the newest last
};

}  // namespace parley::formats
