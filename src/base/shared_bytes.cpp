#include "base/shared_bytes.hpp"

#include <array>
#include <cstddef>
#include <new>

namespace parley {
namespace {

/// Memory that a thread has given back and takes again. Enough for the packets of one turn.
class Spare {
 public:
  /// A packet, and who owns it.
  static constexpr std::size_t kSize = 2048;

  Spare() = default;
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;
  ~Spare() {
    while (count_ > 0) ::operator delete(blocks_[--count_]);
    gone_ = true;
  }
  static void* take(std::size_t size) {
    if (size > kSize) return ::operator new(size);
    if (!gone_ && mine_.count_ > 0) return mine_.blocks_[--mine_.count_];
    return ::operator new(kSize);
  }
  static void give(void* block, std::size_t size) {
    if (size > kSize || gone_ || mine_.count_ == mine_.blocks_.size()) return ::operator delete(block);
    mine_.blocks_[mine_.count_++] = block;
  }

 private:
  std::array<void*, 128> blocks_{};
  std::size_t count_ = 0;

  static thread_local bool gone_;  // somebody may own bytes until the thread's very end
  static thread_local Spare mine_;
};
thread_local bool Spare::gone_ = false;
thread_local Spare Spare::mine_;

template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class Other>
  explicit(false) Allocator(const Allocator<Other>& /*other*/) {}
  T* allocate(std::size_t count) { return static_cast<T*>(Spare::take(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) { Spare::give(block, count * sizeof(T)); }
  bool operator==(const Allocator& /*other*/) const { return true; }
};

}  // namespace

std::shared_ptr<const std::uint8_t[]> share(ByteView bytes) {
  auto shared = std::allocate_shared_for_overwrite<std::uint8_t[]>(Allocator<std::byte>(), bytes.size());
  copy_bytes(bytes, {shared.get(), bytes.size()});
  return shared;
}

}  // namespace parley
