#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rtp_numbers.hpp"

/// What the lines of a description say, one type each. Texts hold no CR, LF or NUL.
namespace parley::sdp {

/// RFC 8866 section 6.7.
enum class Direction { SendRecv, SendOnly, RecvOnly, Inactive };
/// The attribute's name: "sendrecv", "sendonly", "recvonly" or "inactive".
std::string_view to_string(Direction direction);
/// The same stream as the other side names it: what we send, it receives.
Direction reversed(Direction direction);
inline bool sends(Direction direction) { return direction == Direction::SendRecv || direction == Direction::SendOnly; }
inline bool receives(Direction direction) {
  return direction == Direction::SendRecv || direction == Direction::RecvOnly;
}
Direction make_direction(bool sends, bool receives);
/// What both of two want: "intersected with the offered direction" (RFC 9429 section 5.3.1).
Direction intersection(Direction one, Direction other);

/// RFC 4145 section 4.
enum class Setup { ActPass, Active, Passive, HoldConn };
/// The attribute's value: "actpass", "active", "passive" or "holdconn".
std::string_view to_string(Setup setup);

/// o=, RFC 8866 section 5.2.
struct Origin {
  std::string username = "-";
  std::uint64_t session_id = 0;
  std::uint64_t session_version = 0;
  std::string network_type = "IN";
  std::string address_type = "IP4";
  std::string address = "0.0.0.0";
  bool operator==(const Origin&) const = default;
};

/// c=, RFC 8866 section 5.7.
struct Connection {
  std::string network_type = "IN";
  std::string address_type = "IP4";
  std::string address = "0.0.0.0";
  bool operator==(const Connection&) const = default;
};

/// b=, RFC 8866 section 5.8.
struct Bandwidth {
  std::string type;
  std::uint64_t value = 0;
  bool operator==(const Bandwidth&) const = default;
};

/// t=, RFC 8866 section 5.9.
struct Timing {
  std::uint64_t start = 0;
  std::uint64_t stop = 0;
  bool operator==(const Timing&) const = default;
};

/// A line of a type that has no field of its own, e.g. {'i', "a title"}.
struct Line {
  char type = 'i';
  std::string value;
  bool operator==(const Line&) const = default;
};

/// An a= line that has no field of its own: "a=name" or "a=name:value".
struct Attribute {
  std::string name;
  std::optional<std::string> value = std::nullopt;
  bool operator==(const Attribute&) const = default;
};

/// a=group, RFC 5888 section 5.
struct Group {
  std::string semantics;
  std::vector<std::string> mids;
  bool operator==(const Group&) const = default;
};

/// a=fingerprint, RFC 8122 section 5. The parser makes `algorithm` lower case and `value` upper case: compare with ==.
struct Fingerprint {
  std::string algorithm;
  std::string value;
  bool operator==(const Fingerprint&) const = default;
};

/// a=rtcp, RFC 3605.
struct Rtcp {
  std::uint16_t port = 9;
  std::optional<Connection> connection = std::nullopt;
  bool operator==(const Rtcp&) const = default;
};

/// a=rtpmap, RFC 8866 section 6.6.
struct Rtpmap {
  PayloadType payload_type{};
  std::string encoding;
  std::uint32_t clock_rate = 0;
  /// What follows the clock rate; for audio the number of channels. Empty if absent.
  std::string parameters;
  bool operator==(const Rtpmap&) const = default;
};

/// a=fmtp, RFC 8866 section 6.15. `format` is one of the m= line's formats, for RTP a payload type.
struct Fmtp {
  std::string format;
  std::string parameters;
  bool operator==(const Fmtp&) const = default;
};

/// a=rtcp-fb, RFC 4585 section 4.2.
struct RtcpFeedback {
  /// nullopt stands for "*": every payload type of the section.
  std::optional<PayloadType> payload_type;
  /// Type and parameter, e.g. "nack pli" or "transport-cc".
  std::string value;
  bool operator==(const RtcpFeedback&) const = default;
};

/// a=extmap, RFC 8285 section 8.
struct Extmap {
  std::uint16_t id = 1;
  std::optional<Direction> direction = std::nullopt;
  std::string uri;
  /// What follows the URI. Empty if absent.
  std::string attributes;
  bool operator==(const Extmap&) const = default;
};

/// a=msid, RFC 8830 section 2. A stream of "-" means a track without a stream.
struct Msid {
  std::string stream;
  std::optional<std::string> track = std::nullopt;
  bool operator==(const Msid&) const = default;
};

/// a=ssrc, RFC 5576 section 4.1: one attribute of one source.
struct SsrcAttribute {
  Ssrc ssrc{};
  std::string name;
  std::optional<std::string> value = std::nullopt;
  bool operator==(const SsrcAttribute&) const = default;
};

/// a=ssrc-group, RFC 5576 section 4.2.
struct SsrcGroup {
  std::string semantics;
  std::vector<Ssrc> ssrcs;
  bool operator==(const SsrcGroup&) const = default;
};

enum class RidDirection { Send, Recv };

/// a=rid, RFC 8851 section 4.
struct Rid {
  std::string id;
  RidDirection direction = RidDirection::Send;
  /// "pt=96,97" and "max-width=1280" are each one entry.
  std::vector<Attribute> restrictions;
  bool operator==(const Rid&) const = default;
};

/// One choice of a layer of a=simulcast: "a" or, paused, "~a".
struct SimulcastChoice {
  std::string rid;
  bool paused = false;
  bool operator==(const SimulcastChoice&) const = default;
};
/// The alternatives of one layer, the preferred one first.
using SimulcastLayer = std::vector<SimulcastChoice>;

/// a=simulcast, RFC 8853 section 5.1. At least one of the two is not empty.
struct Simulcast {
  std::vector<SimulcastLayer> send;
  std::vector<SimulcastLayer> recv;
  bool operator==(const Simulcast&) const = default;
};

/// a=sctpmap, the form of data channels before RFC 8841 (draft-ietf-mmusic-sctp-sdp-05).
struct Sctpmap {
  std::uint16_t port = 5000;
  std::string application;
  std::optional<std::uint32_t> streams = std::nullopt;
  bool operator==(const Sctpmap&) const = default;
};

}  // namespace parley::sdp
