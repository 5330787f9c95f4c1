#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// AV1: the RTP payload format of the Alliance for Open Media. Frames are temporal units of OBUs with size fields,
/// without temporal delimiter.
class Av1Packetizer final : public Packetizer {
 public:
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;
};
class Av1Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
