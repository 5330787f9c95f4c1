#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "dcep/wire.hpp"
#include "parley/event_loop.hpp"

namespace parley::sctp {

using dcep::MessageInfo;
using dcep::Ppid;
using dcep::SendResult;
using dcep::StreamId;

struct Config {
  std::uint16_t local_port = 5000;
  std::uint16_t remote_port = 5000;
  /// The largest SCTP packet that every path is expected to carry, in bytes: what a DTLS record in one datagram leaves.
  /// Chunks are never longer than fit into it, so whatever has been sent can be sent again on any path.
  std::size_t mtu = 1163;
  /// The largest packet where path and peer turn out to take it (see PathSize); 0: as above. Seven chunks, in a
  /// datagram below 8192 bytes and a jumbo frame.
  std::size_t large_mtu = 8048;
  /// The largest message we accept (a=max-message-size). What is longer is discarded as it arrives.
  std::size_t max_message_size = 256 << 10;
  /// Messages under way and not yet read: the throughput's ceiling is the smaller one divided by the round-trip time.
  /// Ours grows with that time, from `send_buffer` (what is near is faster if less of it waits) to `far_send_buffer`.
  std::uint32_t send_buffer = 1 << 20;
  std::uint32_t far_send_buffer = 2 << 20;
  std::uint32_t receive_buffer = 2 << 20;
  /// Streams we ask for, and the most that the peer may have. Memory: about 72 bytes for each of the former, 64 for
  /// each of what the peer asks for up to the latter.
  std::uint16_t streams = 256;
  std::uint16_t max_incoming_streams = 1024;
  /// INITs sent before giving up, after 200, 400, … ms (at most 5 s) each: about 25 s.
  std::uint16_t max_init_attempts = 8;
  /// Offer RFC 8260.
  bool interleaving = true;
  /// What incomplete messages may hold together before the association is given up; only a peer that interleaves can
  /// have more than one.
  std::size_t max_incomplete = 64 << 20;
};

struct Stats {
  Duration smoothed_rtt{};
  std::uint32_t congestion_window = 0;  ///< bytes
  std::uint32_t receiver_window = 0;    ///< bytes the peer still accepts
  std::uint32_t mtu = 0;                ///< of a packet, bytes
  std::uint32_t unacknowledged = 0;     ///< DATA chunks
  std::uint64_t packets_sent = 0, packets_received = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;  ///< SCTP packets
};

/// Told what happens, always on the thread of the association's loop.
class Handler {
 public:
  virtual ~Handler() = default;
  /// A packet for the peer, to be sealed by DTLS. Comes from inside any function of Association or from its timer;
  /// must not call the association.
  virtual void on_sctp_packet(ByteView packet) = 0;
  /// A packet that may only arrive if the path takes its length: nobody may fragment it. Likewise.
  virtual void on_sctp_probe(ByteView packet) = 0;
  // None of the following comes from inside a function of Association other than receive(). All may call any function
  // of the association; destroying it is allowed as well.
  /// `streams`: ids below this number can be used.
  virtual void on_sctp_connected(unsigned streams) = 0;
  /// A whole message, valid during the call.
  virtual void on_sctp_message(StreamId stream, Ppid ppid, ByteView message) = 0;
  /// The peer sent more than max_message_size; once per message, which is discarded.
  virtual void on_sctp_message_too_long(StreamId stream) = 0;
  /// The peer reset its outgoing side: what it sends next on this stream is a new life.
  virtual void on_sctp_incoming_reset(StreamId stream) = 0;
  /// The peer confirmed our reset.
  virtual void on_sctp_outgoing_reset(StreamId stream) = 0;
  /// There is room again after send() answered WouldBlock or Busy.
  virtual void on_sctp_writable() = 0;
  /// The end that the peer or the network made; not called after close(). RTCError with SctpFailure, unless the peer
  /// shut down in an orderly way.
  virtual void on_sctp_closed(const std::optional<Error>& error) = 0;
};

/// One SCTP association over DTLS (RFC 8261) with the extensions that data channels use (RFC 8831 section 5): partial
/// reliability, stream reset, and interleaving (RFC 8260) if the peer has it. Thread of its loop only.
class Association final : public dcep::Wire {
 public:
  using Handler = sctp::Handler;
  /// `handler` outlives the association.
  Association(EventLoop& loop, const Config& config, Handler& handler);
  /// close()
  ~Association() override;
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// Sends INIT; the peer does, too. Call when DTLS is connected. `streams`: how many will be used each way, if that is
  /// more than in the configuration; the peer may have fewer.
  void connect(unsigned streams = 0);
  /// A packet from the peer. Before connect() it is kept (bounded: 16 packets).
  void receive(ByteView packet);
  SendResult send(const MessageInfo& info, ByteView& rest) override;
  void reset(std::span<const StreamId> streams) override;
  /// Stops and resumes the delivery of messages, and with it the peer once the receive buffer is full. What has to be
  /// delivered after resume() comes from the loop.
  void pause();
  void resume();
  /// Packets take another path to the peer from now on.
  void path_changed();
  /// Tells the peer (ABORT) from inside this call, then nothing more. Idempotent, legal everywhere but inside
  /// on_sctp_packet.
  void close();

  [[nodiscard]] Stats stats() const;
  /// The peer agreed to interleave messages of different streams (RFC 8260).
  [[nodiscard]] bool interleaving() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace parley::sctp
