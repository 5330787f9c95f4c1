#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "ice/address.hpp"
#include "ice/stun_message.hpp"

namespace parley::ice {

/// Binding transactions with STUN servers: what our addresses look like from there. Decides only; somebody else sends
/// and receives. RFC 8489 section 6.2.1, with the timing bounded for gathering.
class StunClient {
 public:
  static constexpr Duration kFirstTimeout = 500ms;
  static constexpr int kSends = 3;
  /// After the last sending.
  static constexpr Duration kLastTimeout = 1500ms;
  /// RFC 8445 section 14.2: Ta.
  static constexpr Duration kPacing = 5ms;

  explicit StunClient(std::uint32_t tag) : tag_(tag) {}

  /// Who asks (a socket of the caller's, by number) whom (a server, by number).
  struct Question {
    std::size_t socket = 0;
    std::size_t server = 0;
    SocketAddress to;
  };
  struct Outgoing {
    std::size_t socket;
    SocketAddress to;
    Bytes message;
  };
  /// One per question: an address, an error of the server's, or neither (no answer).
  struct Outcome {
    Question question;
    std::optional<SocketAddress> mapped = std::nullopt;
    std::optional<stun::ErrorCode> error = std::nullopt;
  };

  void ask(const Question& question, TimePoint now);
  /// What to send now, first times and again.
  std::vector<Outgoing> advance(TimePoint now);
  /// Nothing if it answers no question of ours.
  std::optional<Outcome> receive(ByteView message, const SocketAddress& from);
  /// Questions that advance() gave up.
  std::vector<Outcome> take_unanswered() { return std::exchange(unanswered_, {}); }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  [[nodiscard]] bool idle() const { return open_.empty(); }

 private:
  struct Open {
    Question question;
    stun::TransactionId id;
    Bytes message;
    TimePoint next;
    int sends = 0;
  };
  std::uint32_t tag_;
  TimePoint free_from_{};
  std::vector<Open> open_;
  std::vector<Outcome> unanswered_;
};

}  // namespace parley::ice
