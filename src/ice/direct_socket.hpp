#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/ecn.hpp"
#include "base/reactor.hpp"
#include "ice/address.hpp"
#include "ice/agent.hpp"
#include "ice/send_batch.hpp"

namespace parley::ice {

/// A second UDP socket on libnice's own port. Data of the peer's comes to it (segments of many packets in one call) and
/// leaves from it; STUN stays with libnice, except answers to transactions whose id begins with a tag of ours.
/// Linux only (SO_REUSEPORT with a classic BPF selector, UDP_SEGMENT, UDP_GRO): the portable twin opens none.
class DirectSocket {
 public:
  /// From the receive path. May not destroy the socket.
  class Sink {
   public:
    virtual ~Sink() = default;
    /// One or more on_direct_packet() follow, all marked so by the network.
    virtual void on_direct_heard(Ecn mark) = 0;
    virtual void on_direct_packet(ByteView packet) = 0;
    /// STUN with our tag, from anybody.
    virtual void on_direct_stun(ByteView message, const SocketAddress& from) = 0;
    /// After send() returned false: worth another try.
    virtual void on_direct_writable() = 0;
    /// False: stop reading.
    virtual bool wants_direct_packets() = 0;
    virtual Counters& direct_counters() = 0;
  };

  /// What comes to it: answers from servers only, or the peer's data as well.
  enum class Purpose { Servers, Data };

  /// Whether this build and configuration can have one at all.
  static bool supported();
  /// Joins the port of `nice_socket`; nullptr when the platform refuses.
  static std::unique_ptr<DirectSocket> open(Reactor& reactor, int nice_socket, std::uint32_t stun_tag, Purpose purpose,
                                            Sink& sink);
  virtual ~DirectSocket() = default;

  /// From now on data goes to, and is accepted from, `peer`. Earlier peers stay accepted.
  virtual void carry(const SocketAddress& peer) = 0;
  /// Data is accepted from `peer` as well: RFC 8445 section 12.2.
  virtual void accept(const SocketAddress& peer) = 0;
  /// Sends from the front. False: the socket is full; what is left stays in `batch`.
  virtual bool send(SendBatch& batch) = 0;
  virtual void send_stun(ByteView message, const SocketAddress& to) = 0;
  [[nodiscard]] virtual SocketAddress local() const = 0;
};

/// Makes the kernel's buffers large enough for bursts: the usual 208 KiB are 90 packets.
void enlarge_buffers(int socket);

}  // namespace parley::ice
