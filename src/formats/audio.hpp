#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// Formats whose packets hold one frame and nothing else: Opus (RFC 7587), G.711, G.722, comfort noise (RFC 3551).
class WholePacketizer final : public Packetizer {
 public:
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;
};
class WholeDepacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
