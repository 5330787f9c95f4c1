#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace parley::media {

/// The packets that a stream has sent last, so that they can be sent again. A ring of buffers that are used over and
/// over: once it has gone round, nothing is allocated any more.
class PacketHistory {
 public:
  /// `slots` is a power of two.
  explicit PacketHistory(std::size_t slots);

  /// A buffer of `size` bytes for the packet with this number, in place of an older one.
  std::span<std::uint8_t> store(std::uint16_t number, std::size_t size);
  /// Empty if it is not there any more, or was sent again less than `pause` ago: an answer to what is repeated may be
  /// on its way.
  ByteView again(std::uint16_t number, TimePoint now, Duration pause);

 private:
  struct Slot {
    Bytes bytes;
    std::uint16_t number = 0;
    bool used = false;
    std::optional<TimePoint> repeated = std::nullopt;
  };
  std::vector<Slot> slots_;
};

}  // namespace parley::media
