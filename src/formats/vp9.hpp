#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "formats/format.hpp"

namespace parley::formats {

/// VP9: RFC 9628. Written in flexible mode, each picture after the one before it. Frames that tell their temporal layer
/// have it in their packets, up to three, and refer to their own and lower ones.
class Vp9Packetizer final : public Packetizer {
 public:
  explicit Vp9Packetizer(std::uint16_t first_picture_id = 0) : picture_id_(first_picture_id) {}
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;

 private:
  static constexpr std::size_t kLayers = 3;
  std::size_t references(std::uint16_t id, std::uint8_t layer, std::span<std::uint8_t, kLayers> out) const;

  std::uint16_t picture_id_;
  std::array<std::optional<std::uint16_t>, kLayers> last_ids_;  // by temporal layer
};
/// All layers of a picture are one frame, as decoders take them.
class Vp9Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
