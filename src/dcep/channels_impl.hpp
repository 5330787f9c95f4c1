#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dcep/channels.hpp"
#include "dcep/holding.hpp"
#include "dcep/message.hpp"
#include "dcep/outbox.hpp"

namespace parley::dcep {

/// How far the two directions of a stream have come in the closing procedure of RFC 8831 section 6.7.
struct Closure {
  enum class Outgoing : std::uint8_t { Open, Draining, Requested, Done };
  Outgoing outgoing = Outgoing::Open;
  bool incoming_reset = false;
  [[nodiscard]] bool complete() const { return outgoing == Outgoing::Done && incoming_reset; }
};

/// What is known about one data channel.
struct Channel {
  /// RFC 8832 section 6 for channels of ours; Done for negotiated ones and for the peer's.
  enum class Handshake : std::uint8_t { NotBegun, OpenQueued, AwaitingAck, Done };

  ChannelKey key;
  ChannelInit init;
  ChannelState state = ChannelState::Connecting;
  Handshake handshake = Handshake::NotBegun;
  Closure closure{};
  bool remote = false;  ///< the peer opened it, so it counts against the limits
  Outbox outbox{};
  std::size_t buffered = 0;
  std::int64_t credit = 0;  ///< bytes of its share that it may still send before others; less: it has sent more
  ChannelCounters counters{};
  Bytes partial{};  ///< the beginning of a message that comes in the deprecated pieces

  /// Nothing of it has reached the peer, so there is nothing to reset.
  [[nodiscard]] bool unborn() {
    return handshake == Handshake::NotBegun || (handshake == Handshake::OpenQueued && !outbox.front().begun());
  }
};

/// A stream without a channel that still has to be reset in both directions: a refused or failed channel's.
struct Ending {
  Closure closure{};
  /// The message that was half on the wire when the channel failed: it must be finished, for the stream has others'
  /// use.
  std::optional<Outgoing> tail{};
};

struct Channels::Impl {
  Impl(Observer& o, Limits l) : observer(o), limits(l), held(l.held_messages, l.held_bytes) {}

  Observer& observer;
  Limits limits;
  std::optional<DtlsRole> role{};
  Wire* wire = nullptr;
  unsigned max_channels = 65535;  // until the association has said how many streams there are
  std::uint64_t max_message_size = 0;
  std::uint64_t last_key = 0;
  std::size_t remote_channels = 0, remote_names = 0;

  std::unordered_map<ChannelKey, std::unique_ptr<Channel>> channels{};
  std::unordered_map<StreamId, Channel*> by_stream{};
  std::unordered_map<StreamId, Ending> endings{};
  Holding held;

  std::deque<StreamId> ready{};  // streams with something to send, in turn
  bool blocked = false;          // the wire said WouldBlock
  std::size_t uncommon = 0;      // channels whose importance is not Low: without them all have equal shares
  bool draining = false;
  std::vector<StreamId> to_reset{};

  Channel* find(ChannelKey key) const;
  Channel* find(StreamId stream) const;
  std::vector<ChannelKey> keys() const;  // in the order of creation
  void add(std::unique_ptr<Channel> channel);
  void remove(Channel& channel);

  // channel_opening.cpp
  Result<ChannelKey> create(ChannelInit init);
  std::optional<StreamId> free_id();
  [[nodiscard]] bool in_use(StreamId stream) const;
  void assign_id(Channel& channel);
  void open(Channel& channel);
  void opened(ChannelKey key);
  void receive_dcep(StreamId stream, ByteView message);
  void receive_open(StreamId stream, OpenMessage message);
  [[nodiscard]] bool acceptable(StreamId stream, const OpenMessage& message) const;

  // channel_sending.cpp
  Result<void> check_send(ChannelKey key, bool text, ByteView message) const;
  Result<void> send(ChannelKey key, bool text, ByteView message, Bytes* owned);
  void enqueue(Channel& channel, Outgoing message);
  SendResult pass(StreamId stream, Outgoing& message, ByteView& rest, const Reliability& reliability);
  void drain();
  bool send_next(StreamId stream);
  bool send_next(Channel& channel);
  bool send_tail(StreamId stream, Ending& ending);
  bool has_turn(Channel& channel) const;
  void requeue(Channel& channel, SendResult result, std::size_t passed);
  void requeue(StreamId stream, SendResult result, bool progress);
  void taken(ChannelKey key, Ppid ppid, std::size_t bytes, bool complete);

  // channel_receiving.cpp
  void receive(StreamId stream, Ppid ppid, ByteView message);
  void hold(StreamId stream, Ppid ppid, ByteView message);
  void deliver(Channel& channel, Ppid ppid, ByteView message);
  void replay(StreamId stream);

  // channel_closing.cpp
  void close(Channel& channel);
  void begin_reset(Channel& channel);
  void request_reset(StreamId stream, Closure& closure);
  void flush_resets();
  void refuse(StreamId stream, bool incoming_reset = false);
  void fail(Channel& channel, Error error);
  void end(Channel& channel, const std::optional<Error>& error);
  void incoming_reset(StreamId stream);
  void outgoing_reset_done(StreamId stream);
  void advance(StreamId stream);
};

/// The W3C error of a channel that failed.
Error channel_failure(std::string message);

}  // namespace parley::dcep
