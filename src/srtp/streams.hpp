#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/rtp_numbers.hpp"
#include "srtp/numbers.hpp"

namespace parley::srtp {

/// What is kept for each SSRC of one direction. Sorted, not hashed: the peer chooses the SSRCs.
///
/// A source that has been silent for longer than all others makes room for another one. It leaves behind where its
/// numbers stopped: should it go on, nothing is taken or sent twice, and rollovers have been counted.
template <class State>
class Streams {
 public:
  /// Of one direction of a session. A connection to a conference has some hundred at a time.
  static constexpr std::size_t kMost = 512;
  /// Sources that have made room. Only the peer can make us keep those that are received: they have been authentic.
  static constexpr std::size_t kMostGone = 16384;

  struct Stream {
    Ssrc ssrc;
    State state;
    std::uint64_t used = 0;
  };

  /// Null if unknown, or gone; valid until the next add() or remove().
  Stream* find(Ssrc ssrc) { return entry(all_, ssrc); }
  /// A packet of it has been sent, or taken.
  void use(Stream& stream) { stream.used = ++uses_; }
  /// Where the numbers of a source stopped that is gone.
  std::optional<Stop> stop(Ssrc ssrc) {
    const Gone* const gone = entry(gone_, ssrc);
    return gone == nullptr ? std::nullopt : std::optional(gone->stop);
  }
  /// Whether an SSRC can be added.
  bool takes(Ssrc ssrc) { return !full() || gone_.size() < kMostGone || entry(gone_, ssrc) != nullptr; }
  /// Who makes room for it, if somebody has to.
  [[nodiscard]] std::optional<Ssrc> next_to_go() const {
    return full() ? std::optional(std::ranges::min_element(all_, {}, &Stream::used)->ssrc) : std::nullopt;
  }
  /// An SSRC that is not known, or gone, where it can be added.
  Stream& add(Ssrc ssrc, const State& state = State()) {
    std::erase_if(gone_, [&](const Gone& one) { return one.ssrc == ssrc; });
    if (const auto silent = next_to_go()) {
      const auto at = place(all_, *silent);
      gone_.insert(place(gone_, *silent), {*silent, at->state.stop()});
      all_.erase(at);
    }
    Stream& added = *all_.insert(place(all_, ssrc), {ssrc, state});
    use(added);
    return added;
  }
  /// Nothing stays of it.
  bool remove(Ssrc ssrc) {
    const auto is_it = [&](const auto& one) { return one.ssrc == ssrc; };
    return std::erase_if(all_, is_it) + std::erase_if(gone_, is_it) > 0;
  }

 private:
  struct Gone {
    Ssrc ssrc;
    Stop stop;
  };

  [[nodiscard]] bool full() const { return all_.size() >= kMost; }
  template <class Entry>
  static auto place(std::vector<Entry>& list, Ssrc ssrc) {
    return std::ranges::lower_bound(list, ssrc, {}, &Entry::ssrc);
  }
  template <class Entry>
  static Entry* entry(std::vector<Entry>& list, Ssrc ssrc) {
    const auto at = place(list, ssrc);
    return at != list.end() && at->ssrc == ssrc ? &*at : nullptr;
  }

  std::vector<Stream> all_;
  std::vector<Gone> gone_;
  std::uint64_t uses_ = 0;
};

}  // namespace parley::srtp
