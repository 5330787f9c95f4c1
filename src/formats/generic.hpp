#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// Video whose bitstream the library does not know: a frame in pieces, each behind one byte that says whether it is of
/// a key frame (1) and the first (2), the marker bit on the last. There is no RFC of it; libwebrtc, whose "generic"
/// format this is, may have (4) two more bytes with a number of the frame.
class GenericPacketizer final : public Packetizer {
 public:
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;
};
class GenericDepacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
