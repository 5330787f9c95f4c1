#pragma once

#include <memory>
#include <vector>

#include "sctp/assembly.hpp"
#include "sctp/association.hpp"
#include "sctp/socket.hpp"
#include "sctp/ticker.hpp"

namespace parley::sctp {

struct Association::Impl final : Endpoint {
  enum class State { Idle, Connecting, Connected, Closed };

  Impl(EventLoop& loop, const Config& config, Handler& handler);
  ~Impl() { close(); }

  EventLoop& loop;
  Config config;
  Handler* handler;  // nullptr once closed
  std::weak_ptr<Impl> self{};
  State state = State::Idle;
  Socket socket;
  std::shared_ptr<Ticker> ticker{};
  std::vector<Bytes> early{};  // packets that came before connect()

  // Known when connected.
  unsigned outgoing_streams = 0, incoming_streams = 0;
  bool interleaving = false, partial_reliability = false, resets = false;

  // Sending.
  std::optional<StreamId> open_message{};  // begun, and without interleaving the only one that may go on
  bool wants_room = false;                 // send() said WouldBlock or Busy
  unsigned unchecked = 0;                  // messages sent since the backlog was looked at
  std::vector<StreamId> waiting_resets{};

  // Receiving.
  Assembly assembly;
  Bytes notification{};
  bool reading = false, paused = false;
  bool eager = false;      // messages are handed over in the smallest pieces
  std::size_t unread = 0;  // bytes of packets since something could be read

  Stats counters{};

  // Endpoint
  void output(ByteView packet) override;
  void look() override;

  // association.cpp
  void connect();
  void receive(ByteView packet);
  void close();
  void ended(std::optional<Error> error);
  void later(UniqueFunction<void(Impl&)> what);

  // association_sending.cpp
  SendResult send(const MessageInfo& info, ByteView& rest);
  SendResult send_pieces(const MessageInfo& info, ByteView& rest);
  bool crowded();
  SendResult block();
  void offer_room();
  void reset(std::span<const StreamId> streams);
  void retry_resets();

  // association_receiving.cpp
  void read_all();
  void read_data(const Socket::Received& received, ByteView bytes);
  void read_notification(const Socket::Received& received, ByteView bytes);
  void association_changed();
  void streams_reset();
  void delivery_abandoned();
  void avoid_standstill();
};

/// `cause`: of RFC 9260 section 3.3.10, 0 if there is none.
Error sctp_failure(std::string message, int cause);

}  // namespace parley::sctp
