#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"
#include "rtp/rtcp.hpp"

/// What a receiver asks of a sender: RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb-03.
namespace parley::rtp {

/// Packets that are missing.
struct Nack {
  Ssrc sender{}, source{};
  std::vector<std::uint16_t> numbers;  ///< in order
  bool operator==(const Nack&) const = default;
};
std::optional<Nack> parse_nack(const RtcpPacket& packet);
/// Of more numbers than a datagram holds, the first.
void write(const Nack& nack, Bytes& out);

/// A key frame is needed.
struct PictureLoss {
  Ssrc sender{}, source{};
  bool operator==(const PictureLoss&) const = default;
};
std::optional<PictureLoss> parse_picture_loss(const RtcpPacket& packet);
void write(const PictureLoss& loss, Bytes& out);

/// A key frame is needed: the older form, for several sources.
struct FullIntraRequest {
  struct Entry {
    Ssrc source{};
    std::uint8_t number = 0;  ///< a repeated request has the same
    bool operator==(const Entry&) const = default;
  };
  Ssrc sender{};
  std::vector<Entry> entries;
  bool operator==(const FullIntraRequest&) const = default;
};
std::optional<FullIntraRequest> parse_full_intra_request(const RtcpPacket& packet);
void write(const FullIntraRequest& request, Bytes& out);

/// REMB: how much may be sent, in bits per second.
struct RemoteLimit {
  Ssrc sender{};
  std::uint64_t rate = 0;
  std::vector<Ssrc> sources;
  bool operator==(const RemoteLimit&) const = default;
};
std::optional<RemoteLimit> parse_remote_limit(const RtcpPacket& packet);
void write(const RemoteLimit& limit, Bytes& out);

}  // namespace parley::rtp
