#pragma once

#include <cstdint>
#include <deque>

namespace parley::sctp {

/// About how many messages are inside the stack: it tells bytes only, and a message costs it some hundred bytes beside
/// its own. Counts in batches, as if messages left in the order in which they came.
class Ledger {
 public:
  void add(std::size_t bytes) {
    total_ += bytes;
    ++messages_;
    if (batches_.empty() || batches_.back().messages == kBatch) batches_.push_back({});
    ++batches_.back().messages;
    batches_.back().end = total_;
  }
  /// `bytes` of all that came are still there.
  void settle(std::uint64_t bytes) {
    while (!batches_.empty() && batches_.front().end + bytes <= total_) {
      messages_ -= batches_.front().messages;
      batches_.pop_front();
    }
  }
  [[nodiscard]] std::size_t messages() const { return messages_; }

 private:
  static constexpr std::uint32_t kBatch = 64;
  struct Batch {
    std::uint32_t messages = 0;
    std::uint64_t end = 0;  // all bytes up to its last message
  };
  std::uint64_t total_ = 0;
  std::size_t messages_ = 0;
  std::deque<Batch> batches_;
};

}  // namespace parley::sctp
