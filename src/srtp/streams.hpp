#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/rtp_numbers.hpp"

namespace parley::srtp {

/// What is kept for each SSRC of one direction. Sorted, not hashed: the peer chooses the SSRCs.
template <class State>
class Streams {
 public:
  /// Of one direction of a session. A connection to a conference has some hundred.
  static constexpr std::size_t kMost = 512;

  /// Null if unknown; valid until the next add() or remove().
  State* find(Ssrc ssrc) {
    const auto at = place(ssrc);
    return at != all_.end() && at->first == ssrc ? &at->second : nullptr;
  }
  [[nodiscard]] bool full() const { return all_.size() >= kMost; }
  /// An SSRC that is unknown, unless full.
  State& add(Ssrc ssrc) { return all_.emplace(place(ssrc), ssrc, State{})->second; }
  bool remove(Ssrc ssrc) {
    return std::erase_if(all_, [&](const auto& entry) { return entry.first == ssrc; }) > 0;
  }

 private:
  auto place(Ssrc ssrc) {
    return std::lower_bound(all_.begin(), all_.end(), ssrc,
                            [](const auto& entry, Ssrc wanted) { return entry.first < wanted; });
  }

  std::vector<std::pair<Ssrc, State>> all_;
};

}  // namespace parley::srtp
