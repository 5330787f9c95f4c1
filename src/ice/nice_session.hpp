#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "ice/address.hpp"
#include "ice/agent.hpp"
#include "ice/candidate.hpp"
#include "ice/checks.hpp"
#include "ice/glib_driver.hpp"

typedef struct _NiceAgent NiceAgent;          // NOLINT: libnice's own names
typedef struct _NiceCandidate NiceCandidate;  // NOLINT

namespace parley::ice {

/// A candidate as libnice made it, with what its line does not say.
struct NiceLocalCandidate {
  Candidate candidate;
  SocketAddress base;
  /// For a relay candidate: which add_relay() of the session, counted from 0.
  unsigned relay = 0;
};

/// One NiceAgent with its one stream of one component. Everything happens on the loop's thread.
class NiceSession {
 public:
  /// What libnice says, from inside any method here and from the driver. Nothing but on_nice_packet may call back.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void on_nice_candidate(NiceLocalCandidate local) = 0;
    virtual void on_nice_gathered() = 0;
    virtual void on_nice_progress(Progress progress) = 0;
    /// The pair to send on, the candidates as libnice knows them.
    virtual void on_nice_pair(Candidate local, Candidate remote) = 0;
    virtual void on_nice_packet(ByteView packet) = 0;
    /// With Options::tap: what has arrived at the socket bound to `base`, before libnice sees it. May not call back.
    virtual void on_nice_arrival(ByteView datagram, const SocketAddress& base, const SocketAddress& from) = 0;
  };
  struct Options {
    bool controlling = true;
    bool relay_only = false;
    bool tap = false;
    Credentials local;
    std::uint16_t port_min = 0;
    std::uint16_t port_max = 0;
  };

  NiceSession(Reactor& reactor, const Options& options, Sink& sink);
  /// close() should have finished before; else allocations on TURN servers are left to expire.
  ~NiceSession();
  NiceSession(const NiceSession&) = delete;
  NiceSession& operator=(const NiceSession&) = delete;

  /// False when no socket could be opened. `stun_server` is asked by libnice's own client if given.
  bool gather(std::span<const SocketAddress> addresses, std::optional<SocketAddress> stun_server);
  /// After gather(); on_nice_gathered comes (again) when it has answered. False: nothing was begun.
  bool add_relay(const SocketAddress& server, ServerTransport transport, const std::string& username,
                 const std::string& password);
  void set_controlling(bool controlling);
  /// Before the first check.
  void set_local_credentials(const Credentials& local);
  void set_remote_credentials(const Credentials& remote);
  /// `foundation` must be unique, see claim_consent().
  void add_remote_candidate(const Candidate& remote, const SocketAddress& address, const std::string& foundation);
  void end_of_remote_candidates();
  /// Nothing is left to find out: libnice need not wait any longer for checks to come.
  void settle();
  /// No more sockets will be opened (see GlibDriver).
  /// Delivers what has arrived at one of the sockets.
  void drain(int socket) { driver_.drain(socket); }
  void expect_no_sockets() { driver_.set_descriptors_change(false); }
  /// Asks for consent on the selected pair for another while, after it was lost.
  void renew_consent();

  /// Sends on this path from now on, whatever libnice thinks of it; the peer sees us as `mapped`. False if libnice has
  /// not heard of the path.
  bool select(const SocketAddress& base, const SocketAddress& remote, const SocketAddress& mapped);
  /// With Options::tap: while `refuse` is true, no more connectivity checks get in.
  void refuse_checks(bool refuse) const;
  /// Sends from the socket bound to `base` without libnice's knowing.
  void send_beside(const SocketAddress& base, ByteView datagram, const SocketAddress& to) const;

  /// Returns how many of the packets, from the first, are on their way or lost; the rest cannot be sent now.
  std::size_t send(std::span<const ByteView> packets);

  /// How all its sockets mark what they send from now on: RFC 2474's six bits.
  void mark(std::uint8_t dscp);

  /// libnice's socket of the selected pair; -1 unless that is a plain UDP one. Valid until the next event.
  [[nodiscard]] int selected_socket() const;
  /// The descriptors of all UDP sockets.
  [[nodiscard]] std::vector<int> sockets() const;
  /// The one bound to `local`; -1 if there is none.
  [[nodiscard]] int socket_of(const SocketAddress& local) const;

  /// No more events. `closed` is called by the driver when allocations have been given back.
  void close(std::function<void()> closed);

 private:
  struct Signals;  // the C callbacks
  void check_at_once();
  void look(int fd);
  void hasten(int fd);
  [[nodiscard]] Candidate as_seen(const NiceCandidate& local, const NiceCandidate& remote) const;

  Sink& sink_;
  GlibDriver driver_;
  NiceAgent* agent_;
  unsigned stream_ = 0;
  unsigned relays_ = 0;
  std::string pair_local_, pair_remote_;  // foundations
  std::shared_ptr<std::function<void()>> closed_;
  const bool tap_;
  std::vector<std::pair<int, SocketAddress>> udp_;  // known once gather() has been called
  struct Selection {
    SocketAddress base, remote, mapped;
  };
  std::optional<Selection> selection_;  // by select()
  unsigned selections_ = 0;
  unsigned hastened_ = 0;
  bool checking_ = false, settled_ = false, closing_ = false, is_closed_ = false;
};

}  // namespace parley::ice
