#include "formats/audio.hpp"

namespace parley::formats {

Result<void> WholePacketizer::packetize(ByteView frame, const FrameInfo&, std::size_t most, PayloadSink& sink) {
  if (frame.empty() || frame.size() > most)
    return fail(ErrorKind::DataError, "an audio frame has to fit into one packet");
  sink.on_payload(std::span(&frame, 1), true);
  return {};
}

Result<PayloadInfo> WholeDepacketizer::inspect(ByteView) const {
  return PayloadInfo{.begins_frame = true, .key_frame = true};
}

Result<Frame> WholeDepacketizer::assemble(std::span<const ByteView> payloads) {
  if (payloads.size() != 1) return fail(ErrorKind::DataError, "an audio frame is one packet");
  return Frame{.data = Bytes(payloads[0].begin(), payloads[0].end()), .info = {.key_frame = true}};
}

}  // namespace parley::formats
