#pragma once

#include <cstdint>
#include <optional>

#include "formats/format.hpp"

namespace parley::media {

/// Which frames can be decoded after one that is lost, without a key frame: where only higher temporal layers were hit,
/// the lowest goes on, and the others as soon as the sender says so. RFC 7741 section 4.2, RFC 9628 section 4.2.
/// Streams whose sender never says so are not gone on with: the higher layers would not come back.
class TemporalTrust {
 public:
  enum class Verdict {
    Decodable,
    PassOver,  ///< it may need what is lost, but later ones do not
    Broken,    ///< only a key frame helps
  };

  /// A frame has been given. `head` is of its first payload.
  void given(const formats::PayloadInfo& head);
  /// A frame that need not be decodable is there.
  void passed_over(const formats::PayloadInfo& head);
  /// Frames after it are lost, nobody knows which.
  void lost();
  /// Something else is lost, too: waits for a key frame.
  void give_up() { *this = {}; }
  /// Whether there may be something to go on with after lost().
  [[nodiscard]] bool may_lose() const { return last_ && says_when_; }
  /// After lost(): until all layers are whole again.
  [[nodiscard]] bool is_whole() const { return !lost_; }
  /// After lost(): whether it may be so still.
  [[nodiscard]] bool may_continue() const { return lost_; }
  /// Of the frame after those that were given, passed over or lost.
  [[nodiscard]] Verdict judge(const formats::PayloadInfo& head) const;

 private:
  /// What a later frame is compared with.
  struct Last {
    std::uint16_t picture_id;
    std::uint8_t base_index;
  };
  static constexpr std::uint8_t kAll = 0xFF;

  std::optional<Last> last_;
  std::uint8_t intact_ = kAll;  // a bit for each layer: nothing that its next frame may need of it is lost
  std::uint8_t highest_ = 0;    // layer that there has been
  bool lost_ = false, says_when_ = false;
};

}  // namespace parley::media
