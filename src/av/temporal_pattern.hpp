#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace parley::av {

/// Which pictures are in which layer by rate, and what they may refer to, so that those of the upper layers can be left
/// out: L1T1, L1T2 and L1T3 as Scalable Video Coding (SVC) Extension for WebRTC section 8 draws them. Two references
/// suffice.
class TemporalPattern {
 public:
  static constexpr std::uint8_t kMostLayers = 3;

  /// What is kept of pictures to refer to: of the lowest layer, and of the one above if that is not the last.
  enum class Store { Lowest, Middle };
  struct Place {
    std::uint8_t layer = 0;
    Store reads = Store::Lowest;
    std::optional<Store> writes = Store::Lowest;
    bool operator==(const Place&) const = default;
  };

  explicit TemporalPattern(std::uint8_t layers) : layers_(layers) {}

  /// Of the next picture. The same again until one has been encoded.
  [[nodiscard]] Place next() const {
    Place place{.layer = pattern()[at_]};
    if (place.layer == 0) return place;
    const bool last = place.layer + 1 == layers_;
    // The last layer begins with the newest below it; the one between refers to the lowest.
    place.reads = last ? newest_ : Store::Lowest;
    place.writes = last ? std::nullopt : std::optional(Store::Middle);
    return place;
  }
  void encoded(bool key_frame) {
    const Place place = key_frame ? Place() : next();
    at_ = ((key_frame ? 0 : at_) + 1) % pattern().size();
    if (place.writes) newest_ = *place.writes;
  }

 private:
  [[nodiscard]] std::span<const std::uint8_t> pattern() const {
    static constexpr std::uint8_t kOne[] = {0}, kTwo[] = {0, 1}, kThree[] = {0, 2, 1, 2};
    if (layers_ == 1) return kOne;
    return layers_ == 2 ? std::span<const std::uint8_t>(kTwo) : std::span<const std::uint8_t>(kThree);
  }

  std::uint8_t layers_;
  std::size_t at_ = 0;
  Store newest_ = Store::Lowest;
};

/// Of the whole rate: what the layers up to `layer` take together.
constexpr double share_up_to(std::uint8_t layer, std::uint8_t layers) {
  if (layer + 1 >= layers) return 1;
  return layers == 2 || layer == 1 ? 0.6 : 0.4;
}

}  // namespace parley::av
