#include "formats/generic.hpp"

#include <array>

#include "formats/parts.hpp"

namespace parley::formats {
namespace {

constexpr std::uint8_t kKeyFrame = 1, kFirst = 2, kNumbered = 4;

/// Empty if there is nothing behind the head.
ByteView without_head(ByteView payload) {
  const std::size_t head = payload.empty() || (payload[0] & kNumbered) == 0 ? 1 : 3;
  return payload.size() > head ? payload.subspan(head) : ByteView();
}

}  // namespace

Result<void> GenericPacketizer::packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) {
  if (frame.empty()) return fail(ErrorKind::DataError, "a frame has bytes");
  in_even_parts(frame, most - 1, [&](ByteView part, bool first, bool last) {
    const std::uint8_t head = static_cast<std::uint8_t>((info.key_frame ? kKeyFrame : 0) | (first ? kFirst : 0));
    const std::array<ByteView, 2> pieces{ByteView(&head, 1), part};
    sink.on_payload(pieces, last);
  });
  return {};
}

Result<PayloadInfo> GenericDepacketizer::inspect(ByteView payload) const {
  if (without_head(payload).empty()) return fail(ErrorKind::DataError, "not a piece of a frame");
  return PayloadInfo{.begins_frame = (payload[0] & kFirst) != 0, .key_frame = (payload[0] & kKeyFrame) != 0};
}

Result<Frame> GenericDepacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const ByteView part = without_head(payloads[i]);
    const bool begins = !part.empty() && (payloads[i][0] & kFirst) != 0;
    if (part.empty() || begins != (i == 0)) return fail(ErrorKind::DataError, "not the pieces of one frame");
    frame.data.insert(frame.data.end(), part.begin(), part.end());
  }
  if (frame.data.empty()) return fail(ErrorKind::DataError, "a frame has pieces");
  frame.info.key_frame = (payloads[0][0] & kKeyFrame) != 0;
  return frame;
}

}  // namespace parley::formats
