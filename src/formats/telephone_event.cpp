#include "formats/telephone_event.hpp"

#include <string_view>

namespace parley::formats {
namespace {

constexpr std::size_t kSize = 4;
constexpr std::uint8_t kEnds = 0x80, kVolume = 0x3F;
/// By their events: RFC 4733 section 3.2.
constexpr std::string_view kKeys = "0123456789*#ABCD";

}  // namespace

Result<std::vector<TelephoneEvent>> read_telephone_events(ByteView payload) {
  if (payload.empty() || payload.size() % kSize != 0)
    return fail(ErrorKind::DataError, "not a payload of telephone events");
  std::vector<TelephoneEvent> events;
  events.reserve(payload.size() / kSize);
  for (; !payload.empty(); payload = payload.subspan(kSize))
    events.push_back({.event = payload[0],
                      .ends = (payload[1] & kEnds) != 0,
                      .volume = static_cast<std::uint8_t>(payload[1] & kVolume),
                      .duration = static_cast<std::uint16_t>(payload[2] << 8 | payload[3])});
  return events;
}

void append_telephone_event(Bytes& payload, const TelephoneEvent& event) {
  const int flags = event.ends ? kEnds : 0;
  ByteWriter(payload)
      .number(event.event)
      .number(static_cast<std::uint8_t>(flags | (event.volume & kVolume)))
      .number(event.duration);
}

std::optional<char> key_of_event(std::uint8_t event) {
  return event < kKeys.size() ? std::optional(kKeys[event]) : std::nullopt;
}

std::optional<std::uint8_t> event_of_key(char key) {
  constexpr std::string_view kLower = "abcd";
  constexpr std::size_t kFirstLetter = 12;
  if (const auto at = kKeys.find(key); at != std::string_view::npos) return static_cast<std::uint8_t>(at);
  if (const auto at = kLower.find(key); at != std::string_view::npos)
    return static_cast<std::uint8_t>(kFirstLetter + at);
  return std::nullopt;
}

}  // namespace parley::formats
