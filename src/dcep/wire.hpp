#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/strong.hpp"

namespace parley::dcep {

/// An SCTP stream, which is also the data channel's id. At most 65535 streams exist, so 65535 is never an id.
using StreamId = Strong<struct StreamIdTag, std::uint16_t>;

/// What a message is: the payload protocol identifiers of RFC 8831 section 8. The numbers of other protocols can occur
/// on receipt.
enum class Ppid : std::uint32_t {
  Dcep = 50,
  String = 51,
  BinaryPartial = 52,  ///< deprecated: accepted, never sent
  Binary = 53,
  StringPartial = 54,  ///< deprecated: accepted, never sent
  EmptyString = 56,    ///< carries one byte that means nothing, for SCTP has no empty messages
  EmptyBinary = 57,
};

/// How hard the transport tries. At most one of the two limits is set.
struct Reliability {
  bool ordered = true;
  std::optional<std::uint16_t> max_retransmits{};
  std::optional<std::uint16_t> max_packet_life_time{};  ///< milliseconds
  bool operator==(const Reliability&) const = default;
};

/// Everything of a message but its bytes.
struct MessageInfo {
  StreamId stream;
  Ppid ppid = Ppid::Binary;
  Reliability reliability{};
};

enum class SendResult {
  Sent,        ///< all of it was taken
  Partial,     ///< a first part was taken and there is room for more: others may go first
  WouldBlock,  ///< a part or nothing was taken and there is no room: wait for writable()
  Busy,        ///< nothing was taken until the message begun on another stream has been sent to its end
  Failed,      ///< this stream cannot carry it; nothing was taken
};

/// What the channels send through: an SCTP association. It never calls back from inside these functions.
class Wire {
 public:
  virtual ~Wire() = default;
  /// Takes bytes off the front of `rest`, which is not empty. Unless the answer is Sent (or Failed), call again with
  /// the same `info` and what is left; no other message may be sent on that stream before.
  virtual SendResult send(const MessageInfo& info, ByteView& rest) = 0;
  /// Resets the outgoing side of these streams (RFC 6525) once everything sent on them was acknowledged.
  virtual void reset(std::span<const StreamId> streams) = 0;
};

}  // namespace parley::dcep
