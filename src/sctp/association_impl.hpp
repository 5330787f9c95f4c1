#pragma once

#include <memory>
#include <vector>

#include "sctp/assembly.hpp"
#include "sctp/association.hpp"
#include "sctp/ledger.hpp"
#include "sctp/path_size.hpp"
#include "sctp/round_trip_margin.hpp"
#include "sctp/sack_pace.hpp"
#include "sctp/socket.hpp"
#include "sctp/solo.hpp"
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
  std::size_t fragment_size = 0;  // bytes of a message that fit one chunk
  bool interleaving = false, partial_reliability = false, resets = false;

  // Sending.
  std::optional<StreamId> open_message{};  // a huge one, begun
  std::size_t room = 0;                    // at least so many bytes fit
  std::size_t wanted_room = 0;             // send() said WouldBlock or Busy and will be told when there is that much
  Ledger ledger{};
  Solo solo{};
  bool wants_idle = false;  // what waits cannot go before the stack has sent everything once
  RoundTripMargin margin{};
  std::vector<StreamId> waiting_resets{};
  bool nudging = false;
  Timer nudge_timer{};

  // Receiving.
  Assembly assembly;
  Bytes notification{};
  bool reading = false, paused = false;
  bool eager = false;      // messages are handed over in the smallest pieces
  std::size_t unread = 0;  // bytes of packets since something could be read
  SackPace sack_pace{};
  unsigned packets_in_turn = 0;
  bool large_in_turn = false;  // one of them was longer than every path carries

  // The size of packets.
  PathSize path;
  std::size_t path_size;  // what the stack has been told
  std::optional<TimePoint> path_due{};
  Timer path_timer{};
  bool following_path = false;

  Stats counters{};

  // Endpoint
  void output(ByteView packet) override;
  void look() override;

  // association.cpp
  void connect(unsigned streams);
  void receive(ByteView packet);
  void close();
  void ended(std::optional<Error> error);
  void later(UniqueFunction<void(Impl&)> what);

  // association_sending.cpp
  [[nodiscard]] std::size_t huge() const;
  SendResult send(const MessageInfo& info, ByteView& rest);
  [[nodiscard]] bool alone(const MessageInfo& info, std::size_t size) const;
  SendResult send_pieces(const MessageInfo& info, ByteView& rest);
  SendResult put(const MessageInfo& info, ByteView& rest, std::size_t size);
  SendResult block(std::size_t size);
  bool has_room(std::size_t size);
  void look_at_backlog();
  void keep_margin(ByteView packet);
  void offer_room();
  void nudge();
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
  void count_packet(std::size_t size);

  // association_path.cpp
  void follow_path();
  void path_fired();
  void follow_path_later();
  void path_changed();
};

/// `cause`: of RFC 9260 section 3.3.10, 0 if there is none.
Error sctp_failure(std::string message, int cause);

}  // namespace parley::sctp
