#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "ice/address.hpp"
#include "ice/agent.hpp"
#include "ice/stun_message.hpp"

namespace parley::ice {

/// From a socket of ours to an address of the peer's.
struct Path {
  SocketAddress base, remote;
  bool operator==(const Path&) const = default;
};

/// Chooses a path where libnice waits or does not look. It sees the checks and answers that arrive for libnice, and
/// makes checks of its own (RFC 8445 section 7.2) beside libnice's:
/// - The controlling side nominates what is valid a short time after the first sign of life; libnice waits for a second
///   valid pair, or until every check has failed.
/// - After that, a peer who checks from another address than the selected one is followed if it answers there, and no
///   longer here: its router has given it another address. libnice keeps the pair of the higher priority, dead or not.
/// Decides only; time is an argument.
class Paths {
 public:
  /// Checks are sent in the order of priority: a better path would have shown itself by then, unless it is much longer.
  static constexpr Duration kBetter = 50ms;
  static constexpr Duration kFirstTimeout = 100ms;
  static constexpr int kSends = 4;
  /// A selected path that says nothing for so long is asked again each time; libnice's checks and the peer's come
  /// within 6 s.
  static constexpr Duration kSilence = 7s;
  /// From one comparison of two paths to the next.
  static constexpr Duration kCompare = 500ms;
  static constexpr Duration kFresh = 1s;
  static constexpr std::size_t kMaxKnown = 16;
  static constexpr std::size_t kMaxEarly = 100;
  /// Paths of which is counted what they have brought.
  static constexpr std::size_t kMaxHeard = 32;

  explicit Paths(bool controlling);

  struct Outgoing {
    Path path;
    Bytes message;
  };
  struct Choice {
    Path path;
    SocketAddress mapped;  // how the peer sees us
  };

  // What happened.
  void set_controlling(bool controlling) { controlling_ = controlling; }
  /// As the peer's checks since a pair was selected tell: libnice keeps to itself how it has settled a conflict.
  [[nodiscard]] bool controlling() const { return controlling_; }
  void set_local(const Credentials& local) { local_ = local; }
  void set_remote(const Credentials& remote) {
    remote_ = remote;
    early_ = {};
  }
  void add_base(const SocketAddress& base, std::uint32_t priority) { bases_.emplace_back(base, priority); }
  void add_remote(const SocketAddress& remote, std::uint32_t priority) { remotes_.emplace_back(remote, priority); }
  /// True if something may follow from it. Before set_remote(), checks and where they come from are only counted.
  bool arrived(ByteView datagram, const Path& path, TimePoint now);
  /// A pair was selected; nothing if it is not one of plain UDP.
  void selected(std::optional<Path> path, TimePoint now);
  /// Asks the selected path for nothing but its round trip, unless something was asked within kFresh. True if something
  /// follows from it.
  bool measure(TimePoint now);

  // What follows.
  /// Before set_remote(): checks have come from so many addresses that no more should. libnice keeps each of them.
  [[nodiscard]] bool too_many_early() const { return early_.size() == kMaxEarly; }
  std::vector<Outgoing> advance(TimePoint now);
  std::optional<Choice> take_choice() { return std::exchange(choice_, std::nullopt); }
  [[nodiscard]] const std::optional<Path>& selected_path() const { return selected_; }
  /// Of questions that were sent once: what a repeated one's answer answers cannot be said.
  [[nodiscard]] RoundTrips round_trips(const Path& path) const;
  [[nodiscard]] HeardStun heard(const Path& path) const;
  /// Those on which an answer has come, and how the peer sees us there.
  [[nodiscard]] std::vector<Choice> valid() const;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  struct Known {
    Path path;
    std::uint32_t priority = 0;  // the remote candidate's
    bool valid = false;
    bool refused = false;  // the selected path was alive, too
    SocketAddress mapped = {};
    RoundTrips round_trips = {};
  };
  struct Question {
    Path path;
    bool nominate;
    stun::TransactionId id;
    Bytes message;
    TimePoint next;
    int sends = 0;
    TimePoint sent = {};  // first
  };
  bool arrived_early(ByteView datagram, const Path& path);
  void count(const stun::Message& message, const Path& path);
  [[nodiscard]] bool signed_by_peer(const stun::Message& message, ByteView datagram) const;
  Known& know(const Path& path, std::uint32_t priority);
  [[nodiscard]] std::uint64_t rank(const Known& known) const;
  [[nodiscard]] std::uint32_t local_priority(const Path& path, std::uint32_t type) const;
  void heard_check(const stun::Message& message, const Path& path, TimePoint now);
  void heard_answer(const stun::Message& message, const Path& path, TimePoint now);
  void ask(const Path& path, bool nominate, TimePoint now);
  void unanswered(const Path& path, TimePoint now);
  void nominate_best(TimePoint now);
  void conclude();

  Credentials local_;
  std::optional<Credentials> remote_;
  bool controlling_, conflict_ = false;
  std::uint64_t tie_breaker_;
  std::vector<std::pair<SocketAddress, std::uint32_t>> bases_, remotes_;
  std::vector<Known> known_;
  std::vector<SocketAddress> early_;
  std::vector<std::pair<Path, HeardStun>> heard_;
  std::vector<Question> open_;
  std::optional<TimePoint> decide_;  // when to nominate
  bool is_selected_ = false;
  std::optional<Path> selected_;
  TimePoint selected_heard_{};
  struct Comparison {
    Path other;
    TimePoint began;
    bool answered = false, alone = false;  // the other path; and the selected one has failed
  };
  std::optional<Comparison> comparison_;
  std::optional<TimePoint> compared_, measured_;
  std::optional<Choice> choice_;
};

}  // namespace parley::ice
