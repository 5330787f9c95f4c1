#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/ecn.hpp"
#include "base/time.hpp"
#include "ice/candidate.hpp"
#include "ice/mark.hpp"
#include "ice/server_url.hpp"

namespace parley {
class EventLoop;
}

namespace parley::ice {

/// One server URL with what it takes to use it (TURN only).
struct Server {
  ServerUrl url;
  std::string username = {};
  std::string credential = {};
};

struct Credentials {
  std::string ufrag;
  std::string password;
  bool operator==(const Credentials&) const = default;
};

enum class Role { Controlling, Controlled };
/// RTCIceTransportState, webrtc-pc section 5.6.1.
enum class State { New, Checking, Connected, Completed, Disconnected, Failed, Closed };
std::string_view to_string(State state);

/// Where a local candidate came from: the URL as configured, empty for host candidates and peer-reflexive ones.
struct CandidateSource {
  std::string url = {};
  /// How a relay candidate's server is reached; nothing for other types.
  std::optional<ServerTransport> relay_protocol = std::nullopt;
};

/// The content of an icecandidateerror event, webrtc-pc section 4.8.2.
struct CandidateError {
  /// The local address the server was asked from; empty when there was none, or it may not be told (relay_only).
  std::string address;
  std::optional<std::uint16_t> port;
  std::string url;
  /// What the server answered (300 to 699), 701 if it could not be reached.
  int code = 701;
  std::string text;
};

/// Whether 127.0.0.1 and ::1 give candidates.
enum class Loopback { IfAlone, Always, Never };

struct Counters {
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t bytes_received = 0;
  /// Given to send() but neither sent nor queued: no pair, no consent, queue full.
  std::uint64_t packets_discarded = 0;
  std::uint64_t bytes_discarded = 0;
  /// Arrived from an address that is not the peer's.
  std::uint64_t packets_refused = 0;
  /// Times a pair was selected after the first.
  std::uint64_t pair_changes = 0;

  friend Counters operator+(Counters a, const Counters& b);
  friend Counters operator-(Counters a, const Counters& b);
};

struct CandidatePair {
  Candidate local;
  Candidate remote;
  bool operator==(const CandidatePair&) const = default;
};

/// What connectivity checks of our own have measured on a path.
struct RoundTrips {
  std::optional<Duration> last = std::nullopt;
  Duration total{};
  std::uint64_t answers = 0;
};

/// When packets last left and came, as far as the loop looks at the clock: once for what leaves together.
struct LastPackets {
  std::optional<TimePoint> sent = std::nullopt;
  std::optional<TimePoint> received = std::nullopt;
};

/// Connectivity checks of the peer's and its answers to ours, each with the right password.
struct HeardStun {
  std::uint64_t requests = 0;
  std::uint64_t answers = 0;
};

/// A pair that is, or was, the selected one, or that an answer of the peer's has shown to work.
struct UsedPair {
  CandidatePair pair;
  bool selected = false;
  /// It is or was selected.
  bool nominated = true;
  /// Of the time in which it was selected.
  Counters traffic = {};
  LastPackets last = {};
  RoundTrips round_trips = {};
  /// Nothing where what arrives for libnice cannot be seen: pairs of relays and TCP, other platforms.
  std::optional<HeardStun> heard = std::nullopt;
};

/// One ICE generation of one transport on one loop: sockets, candidates, checks, consent, packets. An ICE restart is a
/// new Agent. All methods belong to the loop's thread and none blocks.
class Agent {
 public:
  /// Nothing here throws or is called after close(). Every method but on_ice_packet runs as a task of its own, never
  /// from inside a method of the Agent; every method may close or destroy the Agent.
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_ice_candidate(const Candidate& local, const CandidateSource& source) = 0;
    virtual void on_ice_candidate_error(const CandidateError& error) = 0;
    /// Once after gather(), whatever the servers do.
    virtual void on_ice_gathering_complete() = 0;
    /// Every change except the one to Closed.
    virtual void on_ice_state(State state) = 0;
    virtual void on_ice_selected_pair(const Candidate& local, const Candidate& remote) = 0;
    /// A packet, not STUN, from an address of the peer's that has passed a connectivity check. From the receive path:
    /// the bytes are valid during the call.
    virtual void on_ice_packet(ByteView packet) = 0;
  };

  struct Config {
    std::vector<Server> servers = {};
    /// iceTransportPolicy "relay": no candidate but relayed ones leaves the Agent, and no check from another.
    bool relay_only = false;
    Role role = Role::Controlling;
    /// Empty: made at random, 8 and 24 characters.
    Credentials local = {};
    Loopback loopback = Loopback::IfAlone;
    /// Local UDP ports, both 0 for the operating system's choice.
    std::uint16_t port_min = 0;
    std::uint16_t port_max = 0;
    /// Whether an interface's address may be used; empty: all.
    std::function<bool(std::string_view interface_name, std::string_view address)> allow = {};
    /// Packets of a direct UDP pair go through a socket of our own with segmentation offload, where the platform has
    /// it and as soon as there are enough of them.
    bool fast_path = true;
    /// Looks up a server's name and answers with IP literals, on any thread, sooner or later; empty: the system's
    /// resolver. For tests.
    std::function<void(std::string_view name, std::function<void(std::vector<std::string> addresses)> answer)> resolve =
        {};
    struct Times {
      /// Gathering ends after this long, whatever is missing.
      Duration gathering = 10s;
      /// No Failed before this long after the checks could begin (RFC 8863 section 4)…
      Duration patience = 15s;
      /// …nor before this long while the peer may still send candidates.
      Duration trickle_patience = 30s;
    } times = {};
  };

  /// What is kept of packets that cannot be sent at once; later ones are discarded.
  static constexpr std::size_t kMaxQueuedBytes = 256 * 1024;
  static constexpr std::size_t kMaxUsedPairs = 16;

  Agent(EventLoop& loop, Config config, Handler& handler);
  /// As close().
  ~Agent();
  /// What it is moved from can only be destroyed.
  Agent(Agent&&) noexcept = default;
  Agent& operator=(Agent&&) = delete;
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// What an agent is for.
  struct Purpose {
    Handler& handler;
    Role role;
    Credentials local;
  };
  /// For an agent that gathers before anybody knows what for: the handler is told everything from the beginning, and
  /// the former one nothing more. Before the peer's credentials or candidates.
  void hand_over(const Purpose& purpose);

  [[nodiscard]] const Credentials& local_credentials() const;
  /// nullopt before set_remote_credentials().
  [[nodiscard]] const std::optional<Credentials>& remote_credentials() const;

  /// Once; begins to report local candidates.
  void gather();
  /// Takes effect until the first remote candidate or check; later the role is ICE's own business.
  void set_role(Role role);
  /// Once: the peer's credentials are those of a generation (RFC 8445 section 9).
  void set_remote_credentials(const Credentials& remote);
  /// Before or after the credentials. Candidates that cannot be used (unknown transport or type, component other than
  /// 1, names, another ufrag than the remote one) are counted and otherwise ignored.
  void add_remote_candidate(const Candidate& candidate);
  void set_remote_end_of_candidates();

  /// Sends one packet to the peer. Packets of one turn of the loop leave together when it ends. Only packets that go
  /// through our own socket are marked with `mark.ecn`.
  void send(ByteView packet, Mark mark = {});
  /// Sends one packet now, whose length the path is to be tried with: nobody may fragment it. Where that cannot be said
  /// (relays, TCP, a platform without) nothing is sent.
  void send_probe(ByteView packet);
  /// Sends what send() has gathered now.
  void flush();

  /// As given, or as a conflict with the peer's has settled it, if that was heard.
  [[nodiscard]] Role role() const;
  [[nodiscard]] State state() const;
  /// send() has somewhere to send to.
  [[nodiscard]] bool writable() const;
  [[nodiscard]] bool gathering_complete() const;
  [[nodiscard]] std::optional<CandidatePair> selected_pair() const;
  [[nodiscard]] const std::vector<std::pair<Candidate, CandidateSource>>& local_candidates() const;
  /// Those added, usable or not, and peer-reflexive ones that were selected.
  [[nodiscard]] const std::vector<Candidate>& remote_candidates() const;
  [[nodiscard]] std::size_t ignored_remote_candidates() const;
  [[nodiscard]] const Counters& counters() const;
  /// First those that only work, then the others in the order in which they were left, the selected one last; at most
  /// kMaxUsedPairs of each.
  [[nodiscard]] std::vector<UsedPair> used_pairs() const;
  /// Measures the round trip of the selected path, unless that was done a moment ago. For used_pairs(), later.
  void measure_round_trip();
  /// During on_ice_packet: how the network has marked the packet. Only our own socket tells.
  [[nodiscard]] Ecn arrival_mark() const;
  /// Packets go through our own socket.
  [[nodiscard]] bool on_fast_path() const;

  /// Ends in state Closed; the Handler is not called again. Allocations on TURN servers are given back in the
  /// background, on the loop.
  void close();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace parley::ice
