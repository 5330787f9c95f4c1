#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "base/last_second.hpp"
#include "media/format.hpp"

namespace parley::media {

/// What part of the target rate each sender of video is told of: what sound leaves, by importance (RFC 8835 section
/// 4.1), but to none more than it may send. What somebody does not use, the others have meanwhile; it stays told of its
/// part, and has it back with what it sends next.
class Shares {
 public:
  struct Share {
    SectionKey section;
    double rate;  ///< bits per second
  };
  /// Who sends from now on. Those that stay keep what is known of them.
  void set_senders(const std::vector<Section>& sections);
  /// True if the sender needs again what it had left to others: then it is time to divide.
  bool sent(SectionKey section, std::size_t bytes, TimePoint now);
  /// Those whose share is another one than they were told. Valid until the next call.
  const std::vector<Share>& divide(double total, TimePoint now);
  /// All that is sent, in bits per second.
  [[nodiscard]] double sent_rate(TimePoint now) const;

 private:
  static constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  struct Sender {
    SectionKey section;
    Kind kind;
    double weight = 0, most = kNoLimit;
    double share = 0, keeps = 0;  // its own part; what it keeps of that
    std::optional<double> told = {};
    std::optional<TimePoint> quiet_since = {};
    bool quiet = false;
    LastSecond bytes = {};
    [[nodiscard]] double rate(TimePoint now) const { return bytes.sum(now) * 8.0; }
  };
  static Sender sender_of(const Section& section);
  void listen(Sender& sender, double entitled, TimePoint now);
  template <class Taking>
  void fill(double Sender::*part, double total, Taking takes);

  std::vector<Sender> senders_;
  std::vector<Share> changed_;
};

}  // namespace parley::media
