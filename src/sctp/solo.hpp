#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "dcep/wire.hpp"

namespace parley::sctp {

/// Keeps a partially reliable message of several chunks apart from other streams' messages while a peer that
/// interleaves (RFC 8260) is sent to. The stack, when it gives up such a message, drops every chunk from the lost one
/// to the end of the message, whosever they are: it is right only if the message's chunks follow one another. So as
/// long as such a message may not have left to its end, only its own stream may give the stack more, and it may begin
/// only when nothing of another stream waits inside.
class Solo {
 public:
  using StreamId = dcep::StreamId;

  /// Whether a message may be given to the stack now; else when idle() says so, or the stack is empty.
  [[nodiscard]] bool may_begin(StreamId stream, bool alone) const {
    if (idle()) return true;
    return alone ? only_ == stream : !alone_ || only_ == stream;
  }
  void begun(StreamId stream, bool alone) {
    if (idle()) {
      only_ = stream;
      alone_ = false;
    } else if (only_ != stream) {
      only_.reset();
    }
    alone_ = alone_ || alone;
    ++begun_;
  }
  /// The stack did not take it after all.
  void refused() { --begun_; }
  /// Every packet that goes to the peer.
  void watch(ByteView packet);
  /// Nothing of what was begun is left inside: also the way out when messages were given up before they left.
  void emptied() { left_ = begun_; }
  /// Every message begun has left to its end, though perhaps not for the last time.
  [[nodiscard]] bool idle() const { return left_ == begun_; }

 private:
  std::uint64_t begun_ = 0, left_ = 0;
  std::optional<std::uint32_t> last_tsn_;
  std::optional<StreamId> only_;  // the stream of all messages that have not left, if it is one
  bool alone_ = false;            // one of those must not be mixed with others
};

}  // namespace parley::sctp
