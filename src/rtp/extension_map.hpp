#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace parley::rtp {

/// The header extensions that this library reads or writes.
enum class ExtensionKind {
  Mid,                      ///< RFC 9143 section 15.1
  Rid,                      ///< RFC 8852 section 3.1
  RepairedRid,              ///< RFC 8852 section 3.1
  AudioLevel,               ///< RFC 6464
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
/// By the URI of a=extmap.
std::optional<ExtensionKind> kind_of(std::string_view uri);

/// Which ids mean what. Small, and looked through for each packet.
class ExtensionMap {
 public:
  void set(std::uint8_t id, ExtensionKind kind);
  /// 0 if there is none.
  [[nodiscard]] std::uint8_t id(ExtensionKind kind) const;
  bool operator==(const ExtensionMap&) const = default;

 private:
  struct Entry {
    std::uint8_t id;
    ExtensionKind kind;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries_;
};

}  // namespace parley::rtp
