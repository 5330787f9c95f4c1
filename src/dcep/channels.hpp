#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "dcep/channel.hpp"
#include "dcep/wire.hpp"

namespace parley::dcep {

/// Who chooses even stream ids and who odd ones. RFC 8832 section 6.
enum class DtlsRole { Client, Server };

/// What may be used up by the peer or the program, and what happens then.
struct Limits {
  /// Channels that the peer has opened and that are not closed; one more is refused (its stream is reset).
  std::size_t remote_channels = 4096;
  /// Bytes of labels and protocols of those channels together; likewise.
  std::size_t remote_names = 4 << 20;
  /// Messages and bytes held for streams on which no channel is open yet; beyond, the stream is reset.
  std::size_t held_messages = 256;
  std::size_t held_bytes = 1 << 20;
  /// buffered_amount of one channel that send() allows; one message of any size always fits an empty queue. Beyond,
  /// OperationError.
  std::size_t buffered_amount = 16 << 20;
  /// The largest message we accept (our a=max-message-size); a larger one closes its channel with an error.
  std::size_t receive_message_size = 256 << 10;
};

/// What is known when the SCTP association has been established.
struct Connected {
  Wire& wire;                      ///< stays valid until transport_closed()
  unsigned max_channels;           ///< usable ids are below: the smaller number of streams of the two directions
  std::uint64_t max_message_size;  ///< of the peer, in bytes; 0: no limit
};

/// All data channels of one connection: webrtc-pc section 6 and RFC 8831/8832 between a Wire and an Observer. Pure: no
/// clock, no thread, no third party; one thread at a time.
///
/// buffered_amount: the payload bytes passed to send() that the wire has not taken yet. Bytes inside the SCTP send
/// buffer or in flight are not counted, neither is any framing. It does not go back to zero when a channel closes.
class Channels {
 public:
  explicit Channels(Observer& observer, Limits limits = {});
  ~Channels();
  Channels(const Channels&) = delete;
  Channels& operator=(const Channels&) = delete;

  /// The checks and effects of createDataChannel: TypeError, OperationError. An id is chosen at once if the role is
  /// known. Tells the observer nothing: when the caller knows the key, it calls open().
  Result<ChannelKey> create(ChannelInit init);
  /// If the transport is connected, sends DATA_CHANNEL_OPEN (unless negotiated) and reports on_channel_open: RFC 8832
  /// section 6 lets messages follow without waiting for the acknowledgement. Otherwise transport_connected() does it.
  void open(ChannelKey key);
  /// Chooses ids for the channels that have none (those for which none is left are closed with an error).
  void set_role(DtlsRole role);
  /// The smallest number of streams with which every channel that has an id could be open.
  [[nodiscard]] unsigned streams_wanted() const;
  /// Needs set_role() before. Channels whose id is too large are closed with an error, the others open.
  void transport_connected(const Connected& facts);
  /// Every channel is closed, at once and without reset, with `error` if there is one. create() stays possible, as in
  /// W3C, but such channels never open.
  void transport_closed(const std::optional<Error>& error);
  /// Drops every channel with all that it holds, and tells the observer nothing.
  void forget();
  /// A new remote description changed the peer's limit; 0: none.
  void set_max_message_size(std::uint64_t bytes);

  /// InvalidStateError unless open, TypeError beyond the peer's limit or for text that is not UTF-8, OperationError
  /// when the queue is full.
  Result<void> send(ChannelKey key, bool text, ByteView message);
  /// The same without a copy when the message has to wait.
  Result<void> send(ChannelKey key, bool text, Bytes&& message);
  /// What was sent so far still leaves, then the stream is reset; closed when the peer has reset its side, too.
  void close(ChannelKey key);
  /// Closes at once with an error reported to the observer. The queue is dropped, the stream is reset.
  void fail(ChannelKey key, Error error);

  // From the association, as long as the transport is connected; else they do nothing.
  void receive(StreamId stream, Ppid ppid, ByteView message);
  /// A message above the receive limit arrived and was discarded.
  void message_too_long(StreamId stream);
  void incoming_reset(StreamId stream);
  void outgoing_reset_done(StreamId stream);
  void writable();

  [[nodiscard]] ChannelState state(ChannelKey key) const;  ///< Closed for a key that is not known (any more)
  [[nodiscard]] std::optional<StreamId> id(ChannelKey key) const;
  [[nodiscard]] std::size_t buffered_amount(ChannelKey key) const;
  [[nodiscard]] const ChannelInit* init(ChannelKey key) const;  ///< nullptr for a key that is not known
  [[nodiscard]] ChannelCounters counters(ChannelKey key) const;
  [[nodiscard]] std::size_t size() const;  ///< channels that are not closed

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::dcep
