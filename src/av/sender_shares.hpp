#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace parley::av {

/// What the senders of a track can carry of it. One encoder serves them all, so the least counts: of those that still
/// take part, which are those that are there and have said something lately. (Whoever sends another track now says
/// nothing of this one any more. Whose share does not change for so long is not the narrow one: such shares move.)
class SenderShares {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kSilence{10};

  explicit SenderShares(std::chrono::seconds silence = kSilence) : silence_(silence) {}

  /// `sender`: whatever lives as long as it does; nullptr is one, too. The least of all now.
  double note(const std::shared_ptr<const void>& sender, double share, TimePoint now) {
    std::erase_if(told_, [&](const Told& told) { return !told.is_there() || told.sender.lock() == sender; });
    told_.push_back({.sender = sender, .anonymous = !sender, .share = share, .at = now});
    return least();
  }
  /// The least of those that are left, if somebody has left.
  std::optional<double> leave(TimePoint now) {
    const bool left = std::erase_if(told_, [&](const Told& told) {
                        return !told.is_there() || (told_.size() > 1 && now - told.at > silence_);
                      }) > 0;
    return left && !told_.empty() ? std::optional(least()) : std::nullopt;
  }

 private:
  struct Told {
    std::weak_ptr<const void> sender;
    bool anonymous = false;
    double share = 0;
    TimePoint at;
    [[nodiscard]] bool is_there() const { return anonymous || !sender.expired(); }
  };
  [[nodiscard]] double least() const { return std::ranges::min_element(told_, {}, &Told::share)->share; }

  std::chrono::seconds silence_;
  std::vector<Told> told_;
};

}  // namespace parley::av
