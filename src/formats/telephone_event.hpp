#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace parley::formats {

/// A named event, as a tone of a keypad: RFC 4733 section 2.3.
struct TelephoneEvent {
  std::uint8_t event = 0;
  bool ends = false;
  /// The power without its sign: 0 to 63 stands for 0 to -63 dBm0.
  std::uint8_t volume = 10;
  /// Since the packet's timestamp, in its units; 0: for as long as it takes.
  std::uint16_t duration = 0;
  bool operator==(const TelephoneEvent&) const = default;
};

/// One, or several that follow each other (section 2.5.1.5). DataError if there is none, or a part of one.
Result<std::vector<TelephoneEvent>> read_telephone_events(ByteView payload);
void append_telephone_event(Bytes& payload, const TelephoneEvent& event);

/// The event of a key 0 to 9, *, #, A to D (section 3.2), whatever the letter's case. nullopt for all else.
std::optional<std::uint8_t> event_of_key(char key);
/// The other way round.
std::optional<char> key_of_event(std::uint8_t event);

}  // namespace parley::formats
