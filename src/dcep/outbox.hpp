#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "dcep/wire.hpp"

namespace parley::dcep {

/// A message on its way to the wire.
struct Outgoing {
  Ppid ppid = Ppid::Binary;
  Bytes bytes{};
  std::size_t taken = 0;  ///< bytes the wire has
  /// How it is sent, decided when its first byte goes.
  std::optional<Reliability> reliability{};

  [[nodiscard]] ByteView rest() const { return ByteView(bytes).subspan(taken); }
  [[nodiscard]] bool begun() const { return reliability.has_value(); }
};

/// Whether the bytes of such a message are the application's: not those of DCEP, nor the filler of empty messages.
inline bool is_payload(Ppid ppid) { return ppid == Ppid::String || ppid == Ppid::Binary; }

/// The messages of one channel that wait for the wire, first in, first out. Costs nothing while empty, unlike
/// std::deque.
class Outbox {
 public:
  [[nodiscard]] bool empty() const { return head_ == messages_.size(); }
  Outgoing& front() { return messages_[head_]; }
  void push(Outgoing message) { messages_.push_back(std::move(message)); }
  void pop() {
    messages_[head_++] = Outgoing{};
    if (empty()) {
      clear();
    } else if (head_ >= 64 && head_ * 2 >= messages_.size()) {
      messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
  }
  void clear() {
    messages_ = {};
    head_ = 0;
  }

 private:
  std::vector<Outgoing> messages_;
  std::size_t head_ = 0;
};

}  // namespace parley::dcep
