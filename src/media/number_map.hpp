#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace parley::media {

/// New sequence numbers for packets of which some are left out on purpose: without gaps there, while what is missing
/// keeps its place and may come later. Numbers do not wrap.
class NumberMap {
 public:
  enum class Use { Forward, LeaveOut };

  /// What comes from here on, `first` and later, is another source's; its numbers go on after those of the last one.
  /// The very first one keeps its number.
  void begin(std::int64_t first);
  /// nullopt: has no place, since it is left out, has been there already, or is too old. What turns up too late to be
  /// left out has one, which has to be filled.
  std::optional<std::int64_t> map(std::int64_t number, Use use);

 private:
  static constexpr std::int64_t kKept = 1024;
  static constexpr std::int64_t kTaken = -1;  // has no place any more
  std::int64_t& place(std::int64_t number) { return places_[static_cast<std::size_t>(number & (kKept - 1))]; }

  std::array<std::int64_t, kKept> places_{};
  std::int64_t oldest_ = 0, expected_ = 0, next_ = 0;
};

}  // namespace parley::media
