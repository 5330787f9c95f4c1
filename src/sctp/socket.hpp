#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "sctp/association.hpp"
#include "sctp/mailbox.hpp"

struct socket;       // the library's
struct sctp_status;  // likewise

namespace parley::sctp {

/// One socket of the library, and everything we ever ask of it. Each function is one call into the library, during
/// which output() of the endpoint may be called. Not to be used from inside such a call.
class Socket {
 public:
  struct Received {
    enum class Kind { Nothing, Data, Notification, End };
    Kind kind = Kind::Nothing;
    std::size_t size = 0;
    bool end_of_message = false;
    bool unordered = false;
    StreamId stream{};
    std::uint16_t sequence = 0;  ///< of the message within its stream; tells messages apart
    Ppid ppid{};
    int error = 0;  ///< errno, with End
  };

  Socket(EventLoop& loop, Endpoint& endpoint) : loop_(loop), endpoint_(endpoint) {}
  ~Socket() { close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Makes the socket and sends INIT. An errno, or 0.
  int connect(const Config& config);
  void input(ByteView packet);
  Received read(std::span<std::uint8_t> into);
  /// Bytes taken, or -errno. With `last`, the end of the message is marked if all bytes are taken.
  long send(const MessageInfo& info, ByteView bytes, bool last);
  int reset(std::span<const StreamId> streams);
  /// From how many bytes on a message that is not complete yet is handed over in pieces.
  void set_partial_delivery_point(std::uint32_t bytes);
  /// After so many packets an acknowledgement is sent at once.
  void set_sack_frequency(unsigned packets);
  /// The largest packet from now on. Chunks stay as they are: they never exceed what was configured.
  void set_path_mtu(std::size_t bytes);
  /// Makes the stack look for something to send (by a heartbeat).
  void wake();
  /// Bytes accepted and not yet acknowledged, and chunks of them on their way.
  struct Backlog {
    std::uint32_t bytes = 0, in_flight = 0;
    Duration round_trip{};  ///< smoothed
  };
  [[nodiscard]] Backlog backlog() const;
  /// The largest message that fits one chunk. Once connected.
  [[nodiscard]] std::size_t fragment_size() const;
  [[nodiscard]] Stats stats() const;
  /// ABORT. Nothing of the socket reaches the endpoint afterwards.
  void close();
  [[nodiscard]] bool is_open() const { return socket_ != nullptr; }

 private:
  bool configure(const Config& config);
  bool read_status(sctp_status& status) const;
  template <class T>
  bool set(int level, int name, const T& value);

  EventLoop& loop_;
  Endpoint& endpoint_;
  struct ::socket* socket_ = nullptr;
  std::uint64_t id_ = 0;
  std::uint16_t remote_port_ = 0;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace parley::sctp
