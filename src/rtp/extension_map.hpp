#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::rtp {

/// The header extensions that this library reads or writes.
enum class ExtensionKind {
  Mid,                      ///< RFC 9143 section 15.1
  Rid,                      ///< RFC 8852 section 3.1
  RepairedRid,              ///< RFC 8852 section 3.1
  AudioLevel,               ///< RFC 6464
  ContributorLevels,        ///< RFC 6465
  SendTime,                 ///< abs-send-time
  TransportSequenceNumber,  ///< draft-holmer-rmcat-transport-wide-cc-extensions-01
  CaptureTime,              ///< abs-capture-time
  VideoOrientation,         ///< 3GPP TS 26.114
  PlayoutDelay,             ///< playout-delay
  ColorSpace,               ///< color-space
  VideoTiming,              ///< video-timing
  ContentType,              ///< video-content-type
  DependencyDescriptor,     ///< RTP payload format for AV1, appendix A
  LayersAllocation,         ///< video-layers-allocation00
};
inline constexpr std::size_t kExtensionKinds = static_cast<std::size_t>(ExtensionKind::LayersAllocation) + 1;
/// By the URI of a=extmap.
std::optional<ExtensionKind> kind_of(std::string_view uri);

/// Which ids mean what.
class ExtensionMap {
 public:
  /// The first id of a kind is the one that counts.
  void set(std::uint8_t id, ExtensionKind kind);
  /// 0 if there is none.
  [[nodiscard]] std::uint8_t id(ExtensionKind kind) const { return ids_[static_cast<std::size_t>(kind)]; }
  /// Packets may have the one-byte or the two-byte form, each for itself (RFC 8285 section 4.1.2).
  void allow_two_byte() { two_byte_ = true; }
  /// Whether a packet may have a value of this size under this id. Without permission for the two-byte form only where
  /// the other one has room (RFC 8285 section 4.2).
  [[nodiscard]] bool has_room(std::uint8_t id, std::size_t size) const;
  bool operator==(const ExtensionMap&) const = default;

 private:
  std::array<std::uint8_t, kExtensionKinds> ids_{};
  bool two_byte_ = false;
};

}  // namespace parley::rtp
