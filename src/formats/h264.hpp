#pragma once

#include "formats/format.hpp"

namespace parley::formats {

/// What packets may have in them: RFC 6184 section 6.
enum class H264Packing {
  SingleUnits,     ///< packetization-mode 0
  NonInterleaved,  ///< packetization-mode 1
};
/// That of a format with these parameters.
H264Packing h264_packing(std::string_view fmtp);

/// H.264: RFC 6184, frames as Annex B byte streams. Sends single NAL units, STAP-A and FU-A. With SingleUnits only what
/// is longer than a packet is cut, which most receivers understand nevertheless: encoders should make slices.
class H264Packetizer final : public Packetizer {
 public:
  explicit H264Packetizer(H264Packing packing = H264Packing::NonInterleaved) : packing_(packing) {}
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;

 private:
  H264Packing packing_;
};
class H264Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
