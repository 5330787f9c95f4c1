#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "formats/format.hpp"

namespace parley::formats {

/// VP9: RFC 9628. Written in flexible mode, each picture after the one before it. Frames that tell their temporal layer
/// have it in their packets, up to three, and refer to their own and lower ones. Frames of one picture in several sizes
/// come one after the other, up to eight, each made from the one before it.
class Vp9Packetizer final : public Packetizer {
 public:
  explicit Vp9Packetizer(std::uint16_t first_picture_id = 0) : picture_id_(first_picture_id) {}
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;

 private:
  static constexpr std::size_t kLayers = 3, kSizes = 8;
  struct Place {
    std::uint8_t spatial, temporal;
  };
  /// A descriptor, but for the flags of a frame's first and last payload.
  struct Descriptor {
    std::array<std::uint8_t, 9> bytes{};
    std::size_t size = 0;
  };
  Descriptor describe(const FrameInfo& info, Place place) const;
  void add_references(Place place, Descriptor& descriptor) const;

  std::uint16_t picture_id_;                                      // of the next picture
  std::uint16_t id_ = picture_id_;                                // of this one
  bool key_picture_ = true;                                       // this one
  using Ids = std::array<std::optional<std::uint16_t>, kLayers>;  // by temporal layer
  std::array<Ids, kSizes> last_ids_;
};
/// All layers of a picture are one frame, as decoders take them.
class Vp9Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
