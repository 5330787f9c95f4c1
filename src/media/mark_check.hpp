#pragma once

#include <cstddef>
#include <vector>

#include "base/time.hpp"
#include "cc/feedback.hpp"

namespace parley::media {

/// Whether packets with ECT(1) get through with their mark: some networks erase it, and some drop them. Like RFC 9000
/// section 13.4.2 has it for QUIC: a few are tried, and others follow when one of them has arrived as it was sent.
class MarkCheck {
 public:
  /// So many are tried; later, so many in succession that were lost or lost their mark are enough.
  static constexpr std::size_t kTrial = 50;

  /// Nothing is known of another path, and what was sent before tells nothing of it.
  void begin_anew(TimePoint now) {
    *this = {};
    since_ = now;
  }
  void sent() {
    if (!proven_) ++tried_;
  }
  /// What one message tells.
  void add(const std::vector<cc::PacketResult>& results) {
    for (const cc::PacketResult& one : results) {
      if (one.packet.ecn != Ecn::Ect1 || one.packet.sent < since_) continue;
      if (one.arrival && one.ecn != Ecn::NotCapable) {
        proven_ = true;
        failed_ = 0;
        return;
      }
      ++failed_;
    }
    if (failed_ >= kTrial) given_up_ = true;
  }
  [[nodiscard]] bool usable() const { return !given_up_ && (proven_ || tried_ < kTrial); }

 private:
  std::size_t tried_ = 0, failed_ = 0;
  bool proven_ = false, given_up_ = false;
  TimePoint since_{};
};

}  // namespace parley::media
