#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "dcep/channel.hpp"

namespace parley::dcep {

/// DATA_CHANNEL_OPEN of RFC 8832 section 5.1. The reliability parameter has 32 bits on the wire and 16 in the API: what
/// is larger is cut to 65535. Text that is not UTF-8 comes out repaired.
struct OpenMessage {
  std::string label{};
  std::string protocol{};
  Reliability reliability{};
  std::uint16_t priority = 256;
  bool operator==(const OpenMessage&) const = default;
};

/// DATA_CHANNEL_ACK of RFC 8832 section 5.2.
struct AckMessage {
  bool operator==(const AckMessage&) const = default;
};

/// A message type that this version of the protocol does not have.
struct UnknownMessage {
  std::uint8_t type = 0;
  bool operator==(const UnknownMessage&) const = default;
};

using Message = std::variant<OpenMessage, AckMessage, UnknownMessage>;

/// A message sent with Ppid::Dcep.
Result<Message> parse(ByteView message);

/// Label and protocol are at most 65535 bytes each.
Bytes write(const OpenMessage& message);
Bytes write(const AckMessage& message);

}  // namespace parley::dcep
