#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace parley::test {

/// An SCTP endpoint that keeps no rule: it lets itself be connected to, acknowledges if told to, advertises the window
/// it is told to, and sends the chunks a test makes. What goes through send() is repeated until the other side has it,
/// without regard to the other side's window. RFC 9260; no thread, no clock of its own.
class RawSctp {
 public:
  struct Options {
    /// The receive window it claims to have, in every acknowledgement. (At first it has to be 1500 bytes at least.)
    std::uint32_t window = 1 << 20;
    std::uint16_t streams = 65535;
    /// Offers RFC 8260.
    bool interleaving = false;
    /// Answers to DATA and to HEARTBEAT.
    bool acknowledges = true;
    /// Answers to INIT at all.
    bool connects = true;
  };
  using Output = std::function<void(ByteView packet)>;

  RawSctp(const Options& options, Output output) : options_(options), output_(std::move(output)) {}

  void receive(ByteView packet);
  /// Sends what is outstanding again if nothing was acknowledged for a while; call every now and then.
  void advance(TimePoint now);

  /// A DATA chunk, or I-DATA if that was agreed upon, with the next sequence number.
  struct Data {
    std::uint16_t stream = 0;
    std::uint32_t ppid = 53;
    bool first = true, last = true, unordered = false;
    ByteView payload{};
  };
  void send(const Data& data);
  /// A whole ordered message.
  void message(std::uint16_t stream, std::uint32_t ppid, ByteView payload) {
    send({.stream = stream, .ppid = ppid, .payload = payload});
  }
  /// An Outgoing SSN Reset Request for these streams (none: all), RFC 6525 section 4.1.
  void reset(std::span<const std::uint16_t> streams);
  /// One packet with these chunks, once.
  void send_chunks(ByteView chunks);
  /// The next sequence number, for chunks made by hand.
  [[nodiscard]] std::uint32_t next_tsn() const { return next_tsn_; }

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool aborted() const { return aborted_; }
  /// Chunks from send() that the other side has not acknowledged.
  [[nodiscard]] std::size_t outstanding() const { return under_way_.size() + waiting_.size(); }
  /// What the other side says it can take.
  [[nodiscard]] std::uint32_t their_window() const { return their_window_; }
  [[nodiscard]] std::uint64_t data_received() const { return data_received_; }
  [[nodiscard]] std::uint64_t resets_received() const { return resets_received_; }

 private:
  struct UnderWay {
    std::uint32_t tsn;
    Bytes chunk;
  };
  void take_chunk(std::uint8_t type, ByteView body);
  void take_init(ByteView body);
  void take_data(ByteView body);
  void take_sack(ByteView body);
  void take_reconfig(ByteView body);
  void acknowledge();
  void fill();
  void transmit(std::size_t from);
  void chunk(std::uint8_t type, std::uint8_t flags, ByteView body);

  Options options_;
  Output output_;
  std::uint32_t tag_ = 0;  // the other side's
  bool connected_ = false, aborted_ = false, interleaves_ = false, sack_due_ = false;
  std::uint32_t next_tsn_ = 1000, next_reset_ = 1000, received_tsn_ = 0, their_window_ = 0;
  std::uint64_t data_received_ = 0, resets_received_ = 0;
  std::map<std::uint32_t, bool> beyond_;  // TSNs received beyond a gap
  std::map<std::pair<std::uint16_t, bool>, std::uint32_t> sequences_;
  std::deque<UnderWay> under_way_, waiting_;
  std::size_t under_way_bytes_ = 0;
  TimePoint progress_{};
};

/// DATA_CHANNEL_OPEN for a reliable, ordered channel.
Bytes dcep_open(std::size_t label_size, std::size_t protocol_size = 0);

}  // namespace parley::test
