#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "formats/telephone_event.hpp"

/// Keys of a telephone, as they are played and heard: RFC 4733. Pure.
namespace parley::media {

struct Tone {
  std::uint8_t event = 0;
  Duration duration{};
};

/// What is said about a tone in one packet.
struct ToneReport {
  formats::TelephoneEvent event;
  /// What the packet's timestamp has more than that of the tone's beginning.
  std::uint32_t offset = 0;
  /// The marker bit.
  bool begins = false;
  bool operator==(const ToneReport&) const = default;
};

/// A tone while it is played: reports as it goes on, as often as packets of sound would come, and three at its end.
class PlayedTone {
 public:
  PlayedTone(const Tone& tone, std::uint32_t clock_rate, TimePoint now);
  /// Call until there is none.
  std::optional<ToneReport> next_report(TimePoint now);
  /// When there is another report; nullopt when all has been said.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  [[nodiscard]] std::uint64_t ticks(Duration since) const;

  Tone tone_;
  std::uint32_t clock_rate_;
  TimePoint begin_, next_;
  std::uint64_t offset_ = 0;  // where the present segment begins, in ticks
  unsigned said_ = 0;         // how often the end, or the end of a segment, has been said
  bool begun_ = false, over_ = false;
};

/// The keys that a peer plays, each told once: with its first packet that arrives.
class HeardTones {
 public:
  /// The key whose tone has begun, if it is a new one and one of a keypad.
  std::optional<char> hear(std::span<const formats::TelephoneEvent> reports, std::uint32_t timestamp);

 private:
  struct Heard {
    std::uint8_t event;
    std::uint32_t timestamp;
  };
  std::optional<Heard> last_;
};

}  // namespace parley::media
