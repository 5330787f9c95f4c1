#pragma once

#include <functional>
#include <memory>

namespace parley {

/// Capture copies of `token` and ask later whether the last of them is gone.
struct Tracked {
  std::shared_ptr<int> token = std::make_shared<int>(0);
  std::weak_ptr<int> watch = token;
  /// Gives the token away: what it is moved into is now the only owner.
  std::shared_ptr<int> take() { return std::move(token); }
  [[nodiscard]] bool gone() const { return watch.expired(); }
};

/// Calls a function when it is destroyed: whoever captures it by move runs it with its own end.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> function) : function_(std::move(function)) {}
  AtEnd(AtEnd&& other) noexcept : function_(std::exchange(other.function_, nullptr)) {}
  AtEnd& operator=(AtEnd&&) = delete;
  ~AtEnd() {
    if (function_) function_();
  }

 private:
  std::function<void()> function_;
};

}  // namespace parley
