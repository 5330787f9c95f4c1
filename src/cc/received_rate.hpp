#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "cc/feedback.hpp"

namespace parley::cc {

/// How much gets through: the bytes that the peer has received over its last half second, on its clock.
class ReceivedRate {
 public:
  void add(Duration arrival, std::size_t size);
  /// Nothing as long as too little is known.
  [[nodiscard]] std::optional<double> rate() const;

 private:
  struct Arrival {
    Duration at;
    std::size_t size;
  };
  std::deque<Arrival> arrivals_;
  std::size_t bytes_ = 0;
};

}  // namespace parley::cc
