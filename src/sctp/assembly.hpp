#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.hpp"
#include "dcep/wire.hpp"

namespace parley::sctp {

/// Puts messages together that the stack hands over in pieces: pieces of one message come in order, those of different
/// streams, and of ordered and unordered messages of a stream, may come in turns.
class Assembly {
 public:
  struct Piece {
    dcep::StreamId stream;
    bool unordered = false;
    std::uint16_t sequence = 0;
    bool last = false;
    ByteView bytes;
  };
  enum class Outcome {
    More,     ///< the message has still to become complete
    Whole,    ///< it is: take()
    TooLong,  ///< it exceeds the limit; reported once, the rest of it is swallowed
  };

  /// `max_message`, `max_total`: bytes of one message, and of all incomplete ones together; 0: no limit.
  Assembly(std::size_t max_message, std::size_t max_total) : max_message_(max_message), max_total_(max_total) {}

  /// True if the piece alone is a whole message, which then needs no copy.
  [[nodiscard]] bool is_whole(const Piece& piece) const;
  Outcome add(const Piece& piece);
  Bytes take() { return std::move(whole_); }
  /// The sender gave up a message that had begun to arrive, or the stream was reset.
  void abandon(dcep::StreamId stream, std::optional<std::uint16_t> sequence);
  /// The incomplete messages hold more than they may together.
  [[nodiscard]] bool overflowed() const { return max_total_ != 0 && total_ > max_total_; }
  [[nodiscard]] std::size_t total() const { return total_; }

 private:
  struct Begun {
    std::uint16_t sequence;
    bool too_long = false;
    Bytes bytes{};
  };
  using Key = std::pair<dcep::StreamId, bool>;
  using Messages = std::map<Key, Begun>;
  void drop(Messages::iterator message);

  std::size_t max_message_, max_total_;
  std::size_t total_ = 0;
  Messages begun_;
  Bytes whole_;
};

}  // namespace parley::sctp
