#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "media/descriptor_reader.hpp"
#include "rtp/dependency_descriptor.hpp"

namespace parley::media {

/// Which frames of one source a receiver gets, by their dependency descriptors (RTP payload format for AV1, appendix
/// A): those of one decode target, which is left for a larger one only where everything that is needed is there. Of a
/// picture, which may be several frames, all have the same target. What is missing may still come, and counts as sent.
class FrameChooser {
 public:
  /// The highest layers that are wanted, or that are there.
  struct Layers {
    std::uint8_t spatial = 255, temporal = 255;
    bool operator==(const Layers&) const = default;
  };
  struct Choice {
    bool forwarded = false;
    /// Of its picture, nothing that is forwarded comes after it.
    bool ends_picture = false;
    /// The decode targets that the receiver gets, if it has to be told.
    std::optional<std::uint32_t> active = std::nullopt;
  };

  /// For any packet of a frame, which all get the same answer: it is decided when the first one comes. `timestamp`:
  /// that of its picture, which others may have, too, if their sender is careless.
  Choice choose(const DescriptorReader::Told& told, std::int64_t timestamp, const Layers& wanted);
  /// What is wanted, or less as long as the stream does not allow it.
  [[nodiscard]] const Layers& current() const { return current_; }
  /// Only a key frame will bring the size that is wanted.
  [[nodiscard]] bool wants_key_frame() const { return wants_key_frame_; }

 private:
  static constexpr std::size_t kMostFrames = 256;
  static constexpr std::size_t kNone = 255;

  /// What was decided for a frame.
  struct Frame {
    std::int64_t number, timestamp;
    std::uint8_t spatial;
    std::size_t target;
    Choice choice;
  };
  struct Target {
    Layers layers{0, 0};
    /// The targets whose frames are all among this one's, as bits.
    std::uint32_t contains = 0;
    /// From this frame on it was forwarded, but for what is not needed later.
    std::optional<std::int64_t> since = std::nullopt;
  };

  void use(const rtp::DependencyStructure& structure);
  [[nodiscard]] const Frame* find(std::int64_t number) const;
  [[nodiscard]] bool is_forwarded(std::int64_t number) const;
  [[nodiscard]] bool has_references(const DescriptorReader::Told& told) const;
  [[nodiscard]] bool is_active(std::size_t target) const { return (active_ >> target & 1U) != 0; }
  [[nodiscard]] std::size_t best(const Layers& wanted) const;
  [[nodiscard]] bool can_follow(std::size_t target, const DescriptorReader::Told& told) const;
  void follow(const DescriptorReader::Told& told, const Layers& wanted);
  [[nodiscard]] bool begins_picture(const DescriptorReader::Told& told, std::int64_t timestamp) const;
  Choice choose_late(const DescriptorReader::Told& told, std::int64_t timestamp);
  std::optional<std::uint32_t> active_to_tell(const DescriptorReader::Told& told);
  void note(const DescriptorReader::Told& told, bool forwarded);

  std::optional<rtp::DependencyStructure> structure_;
  std::vector<Target> targets_;
  std::uint32_t active_ = 0;     // targets that the sender makes
  std::size_t target_ = kNone;   // the one that is forwarded
  bool told_active_ = false;     // since the last structure
  std::vector<Frame> frames_{};  // the last ones, in order
  Layers current_{};
  bool wants_key_frame_ = false;
};

}  // namespace parley::media
