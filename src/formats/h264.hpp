#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// H.264: RFC 6184, frames as Annex B byte streams. Sends single NAL units, STAP-A and FU-A (packetization-mode 1).
class H264Packetizer final : public Packetizer {
 public:
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;
};
class H264Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
