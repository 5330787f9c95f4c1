#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"

/// RTCP packets: RFC 3550 section 6, feedback RFC 4585 section 6.1.
namespace parley::rtp {

enum class RtcpType : std::uint8_t {
  SenderReport = 200,
  ReceiverReport = 201,
  SourceDescription = 202,
  Goodbye = 203,
  Application = 204,
  TransportFeedback = 205,
  PayloadFeedback = 206,
  ExtendedReport = 207,
};

/// What the five bits after version and padding say in feedback packets.
namespace feedback_format {
inline constexpr std::uint8_t kNack = 1;              // transport, RFC 4585 section 6.2.1
inline constexpr std::uint8_t kCongestion = 11;       // transport, RFC 8888 section 3.1
inline constexpr std::uint8_t kTransportWide = 15;    // transport, draft-holmer-rmcat-transport-wide-cc-extensions-01
inline constexpr std::uint8_t kPictureLoss = 1;       // payload, RFC 4585 section 6.3.1
inline constexpr std::uint8_t kFullIntraRequest = 4;  // payload, RFC 5104 section 4.3.1
inline constexpr std::uint8_t kApplication = 15;      // payload, RFC 4585 section 6.4: REMB
}  // namespace feedback_format

/// One packet of a compound.
struct RtcpPacket {
  std::uint8_t count = 0;  ///< or the format of feedback
  std::uint8_t type = 0;   ///< an RtcpType, or another
  ByteView body;           ///< after the first four bytes, without padding
};

/// Takes the packets of a datagram one by one, whatever their order and number (RFC 5506 allows single ones). Ends
/// where it is broken: what came before counts.
class RtcpReader {
 public:
  explicit RtcpReader(ByteView datagram) : rest_(datagram) {}
  std::optional<RtcpPacket> next();

 private:
  ByteView rest_;
};

/// Writes the first four bytes of a packet, and its length when it goes out of scope.
class RtcpWriter {
 public:
  RtcpWriter(Bytes& out, RtcpType type, std::uint8_t count);
  ~RtcpWriter();
  RtcpWriter(const RtcpWriter&) = delete;
  RtcpWriter& operator=(const RtcpWriter&) = delete;

 private:
  Bytes& out_;
  std::size_t start_;
};

}  // namespace parley::rtp
