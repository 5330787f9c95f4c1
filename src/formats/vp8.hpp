#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// VP8: RFC 7741. Frames that tell their temporal layer have it in their packets, and whether receivers of less can
/// begin with it (Y), where that is known.
class Vp8Packetizer final : public Packetizer {
 public:
  explicit Vp8Packetizer(std::uint16_t first_picture_id = 0) : picture_id_(first_picture_id) {}
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;

 private:
  std::uint16_t picture_id_;
  static constexpr std::uint8_t kNone = 255;
  std::uint8_t base_index_ = 0;
  std::uint8_t lowest_upper_ = kNone;  // layer, since the last picture of the lowest one
};
class Vp8Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
