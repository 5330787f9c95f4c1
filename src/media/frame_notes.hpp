#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "media/capture_clock.hpp"
#include "rtp/color_space.hpp"
#include "rtp/dependency_descriptor.hpp"
#include "rtp/extension_map.hpp"
#include "rtp/layers_allocation.hpp"
#include "rtp/packet.hpp"
#include "rtp/playout_delay.hpp"
#include "rtp/sequence.hpp"
#include "rtp/video_orientation.hpp"
#include "rtp/video_timing.hpp"

namespace parley::media {

/// What header extensions say of a frame.
struct FrameNotes {
  std::optional<rtp::CaptureTime> capture = std::nullopt;
  std::optional<rtp::VideoOrientation> orientation = std::nullopt;
  std::optional<rtp::PlayoutDelay> playout_delay = std::nullopt;
  std::optional<rtp::ColorSpace> color_space = std::nullopt;
  std::optional<rtp::VideoTiming> timing = std::nullopt;
  std::optional<rtp::LayersAllocation> allocation = std::nullopt;
  [[nodiscard]] bool is_empty() const {
    return !capture && !orientation && !playout_delay && !color_space && !timing && !allocation;
  }
  bool operator==(const FrameNotes&) const = default;
};

/// Which frames a frame needs, in numbers that do not wrap.
struct Dependencies {
  std::int64_t id = 0;
  std::vector<std::int64_t> needs;
  std::uint8_t spatial = 0, temporal = 0;
  bool operator==(const Dependencies&) const = default;
};

/// What the header extensions of one packet say of its frame.
struct PacketNotes {
  FrameNotes frame;
  /// The dependency descriptor, which says something only after those before it. Empty without.
  ByteView descriptor;
};
PacketNotes read_notes(const rtp::PacketView& packet, const rtp::ExtensionMap& map);

/// What the packets of one source have told of their frames, until the frames are whole: some packets of a frame may
/// tell it, in any order, and much of it holds until something else is told. Nothing is kept of sources that tell
/// nothing.
class NoteLog {
 public:
  struct Noted {
    FrameNotes notes;
    std::optional<Dependencies> dependencies = std::nullopt;
  };
  /// Of how many frames at most; then the oldest is forgotten. So many may be held back: Playout::kMost.
  static constexpr std::size_t kMost = 256;

  void add(const rtp::Header& header, const PacketNotes& told);
  /// In the order of decoding, once for each frame.
  Noted take(std::uint32_t timestamp, std::uint32_t clock_rate, bool key_frame);

 private:
  /// Of the packet with the lowest, or highest, number.
  struct Descriptor {
    std::uint16_t number = 0;
    Bytes value;
  };
  struct Entry {
    bool used = false;
    std::uint64_t order = 0;
    std::uint32_t timestamp = 0;
    FrameNotes notes;
    Descriptor first, last;
  };

  Entry& entry_of(std::uint32_t timestamp);
  std::optional<Dependencies> read(const Entry& entry);

  std::vector<Entry> entries_;
  std::uint64_t count_ = 0;  // of all that there have been
  CaptureClock clock_;
  std::optional<rtp::VideoOrientation> orientation_;
  std::optional<rtp::ColorSpace> color_space_;
  rtp::DependencyReader reader_;
  rtp::Unwrapper<std::uint16_t> frame_numbers_;
};

}  // namespace parley::media
