#pragma once

#include <cstddef>

namespace parley::media {

/// Bytes that several keep together.
class Budget {
 public:
  /// What one of them has. It goes with its owner.
  class Share {
   public:
    explicit Share(Budget& budget) : budget_(budget) {}
    ~Share() { set(0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    void set(std::size_t bytes) {
      budget_.used_ += bytes;
      budget_.used_ -= bytes_;
      bytes_ = bytes;
    }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

   private:
    Budget& budget_;
    std::size_t bytes_ = 0;
  };

  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::size_t used_ = 0;
};

}  // namespace parley::media
