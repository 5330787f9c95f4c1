#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ecn.hpp"
#include "base/rtp_numbers.hpp"
#include "base/time.hpp"
#include "media/arrival_log.hpp"
#include "media/format.hpp"
#include "media/limitation.hpp"
#include "media/receive_stream.hpp"
#include "media/round_trips.hpp"
#include "media/send_stream.hpp"
#include "rtp/ntp.hpp"

/// What a session can tell of its sources at one moment. Counting happens where things happen; this only copies.
namespace parley::media {

/// What the peer's last sender report of a source says, and how many there were.
struct PeerSender {
  rtp::NtpTime ntp;
  std::uint32_t timestamp = 0;
  std::uint64_t packets = 0, octets = 0;  ///< over all their cycles
  std::uint64_t reports = 0;
  TimePoint arrival{};
};

/// A source of the peer.
struct IncomingStatistics {
  SectionKey section{};
  Kind kind = Kind::Audio;
  Ssrc source{};
  /// Where its retransmissions come from, if that is known; whether there may be any.
  std::optional<Ssrc> retransmission = std::nullopt;
  /// Where its FEC comes from, if that is a source of its own.
  std::optional<Ssrc> protection = std::nullopt;
  bool is_repaired = false;
  std::string rid;
  ReceiveStream::Counters counters;
  std::int64_t packets_lost = 0;
  double jitter = 0;  ///< in seconds
  EcnCounts marks;
  std::optional<ArrivalLog::Reported> reported = std::nullopt;  ///< if RFC 8888 was agreed on
  std::uint32_t frames_dropped = 0, frames_per_second = 0;
  FramePace pace;
  std::uint32_t picture_losses = 0, intra_requests = 0;  ///< that were sent
  std::optional<PeerSender> told = std::nullopt;
  RoundTrips round_trips;
  /// The sender's time of what is played now, once it has told of its clock.
  std::optional<rtp::NtpTime> playout = std::nullopt;
};

/// One encoding of a sender.
struct OutgoingStatistics {
  SectionKey section{};
  Kind kind = Kind::Audio;
  Encoding encoding;
  std::size_t index = 0;
  bool sends = false;
  bool is_repaired = false;
  SendStream::Counters counters;
  std::uint32_t frames_per_second = 0;
  std::uint32_t clock_rate = 0;
  std::uint64_t packets_received = 0;  ///< as the peer reports
  bool is_told = false;                ///< of single packets, by RFC 8888
  /// Bits per second, of the whole sender.
  std::optional<double> target = std::nullopt;
  bool is_only = false;  ///< of the sender's encodings
  Limitation limitation;
};

struct Statistics {
  TimePoint at{};
  std::vector<IncomingStatistics> incoming;
  std::vector<OutgoingStatistics> outgoing;
  /// Bits per second for all that is sent; nothing before the peer has told how its packets fare.
  std::optional<double> available = std::nullopt;
  /// Messages of RFC 8888.
  std::uint32_t congestion_feedback_sent = 0, congestion_feedback_received = 0;
};

}  // namespace parley::media
