#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// VP9: RFC 9628. Written in flexible mode, each picture after the one before it.
class Vp9Packetizer final : public Packetizer {
 public:
  explicit Vp9Packetizer(std::uint16_t first_picture_id = 0) : picture_id_(first_picture_id) {}
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;

 private:
  std::uint16_t picture_id_;
};
/// All layers of a picture are one frame, as decoders take them.
class Vp9Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
