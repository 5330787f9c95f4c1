#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace parley {

/// A queue whose places are used over and over: what an element has allocated serves the next one in its place. It
/// grows and never shrinks.
template <class T>
class RingQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& front() { return places_[first_]; }

  /// The place behind the last element, with what is left there of an earlier one. References are good until the next
  /// push().
  T& push() {
    if (size_ == places_.size()) grow();
    return places_[(first_ + size_++) & (places_.size() - 1)];
  }
  /// The first element stays in its place until another needs it.
  void pop() {
    first_ = (first_ + 1) & (places_.size() - 1);
    --size_;
  }

 private:
  void grow() {
    std::vector<T> larger(places_.empty() ? 16 : places_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move(places_[(first_ + i) & (places_.size() - 1)]);
    places_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> places_;  // a power of two of them
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace parley
