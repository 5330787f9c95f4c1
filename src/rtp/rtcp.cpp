#include "rtp/rtcp.hpp"

namespace parley::rtp {

std::optional<RtcpPacket> RtcpReader::next() {
  if (rest_.size() < 4 || rest_[0] >> 6 != 2) return std::nullopt;
  const std::size_t size = (static_cast<std::size_t>(rest_[2] << 8 | rest_[3]) + 1) * 4;
  if (size > rest_.size()) return std::nullopt;
  ByteView body = rest_.subspan(4, size - 4);
  if ((rest_[0] & 0x20) != 0) {
    if (body.empty() || body.back() == 0 || body.back() > body.size()) return std::nullopt;
    body = body.first(body.size() - body.back());
  }
  const RtcpPacket packet{.count = static_cast<std::uint8_t>(rest_[0] & 0x1F), .type = rest_[1], .body = body};
  rest_ = rest_.subspan(size);
  return packet;
}

RtcpWriter::RtcpWriter(Bytes& out, RtcpType type, std::uint8_t count) : out_(out), start_(out.size()) {
  ByteWriter(out_)
      .number(static_cast<std::uint8_t>(0x80 | (count & 0x1F)))
      .number(static_cast<std::uint8_t>(type))
      .number(std::uint16_t{0});
}

RtcpWriter::~RtcpWriter() {
  while ((out_.size() - start_) % 4 != 0) out_.push_back(0);
  const std::size_t words = (out_.size() - start_) / 4 - 1;
  out_[start_ + 2] = static_cast<std::uint8_t>(words >> 8);
  out_[start_ + 3] = static_cast<std::uint8_t>(words);
}

}  // namespace parley::rtp
