#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace parley::cc {

/// A packet on its way out, in one piece or two.
struct Packet {
  std::span<std::uint8_t> head{};
  /// What follows the head.
  ByteView payload{};
  /// What keeps the payload where it is. Without, it is there only as long as the call it was given in.
  std::shared_ptr<const void> owner{};
  /// Where in the head the time of sending and the number of the transport go when it leaves; 0: nowhere.
  std::uint16_t send_time = 0, transport_number = 0;
  /// It has left as it is: if it is sent again, nothing in it changes.
  bool has_left = false;
  /// Since when it waits, if it does.
  TimePoint since{};

  [[nodiscard]] std::size_t size() const { return head.size() + payload.size(); }
  /// The part of the head that time and number lie in.
  [[nodiscard]] std::span<std::uint8_t> written_last() const {
    return head.first(std::min(head.size(), std::max<std::size_t>(send_time + 3U, transport_number + 2U)));
  }
};

}  // namespace parley::cc
