#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// H.265: RFC 7798, frames as Annex B byte streams. Sends single NAL units, aggregation packets and fragmentation
/// units. Units are sent in decoding order, so there are no decoding order numbers (sprop-max-don-diff is 0).
class H265Packetizer final : public Packetizer {
 public:
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;
};
class H265Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
