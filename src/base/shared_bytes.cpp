#include "base/shared_bytes.hpp"

#include <array>
#include <cstddef>
#include <new>

namespace parley {
namespace {

/// Memory that a thread has given back and takes again: enough for the packets of one turn.
template <std::size_t Size>
class Spare {
 public:
  static void* take() {
    if (gone || mine.count_ == 0) return ::operator new(Size);
    return mine.blocks_[--mine.count_];
  }
  static void give(void* block) {
    if (gone || mine.count_ == mine.blocks_.size()) return ::operator delete(block);
    mine.blocks_[mine.count_++] = block;
  }

  Spare() = default;
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;
  ~Spare() {
    while (count_ > 0) ::operator delete(blocks_[--count_]);
    gone = true;
  }

 private:
  static inline thread_local bool gone = false;  // somebody may own bytes until the thread's very end
  static thread_local Spare mine;

  std::array<void*, 128> blocks_{};
  std::size_t count_ = 0;
};
template <std::size_t Size>
thread_local Spare<Size> Spare<Size>::mine;

/// A packet of sound or of video, with what counts its owners.
constexpr std::size_t kSmall = 256, kLarge = 2048;

void* take(std::size_t size) {
  if (size <= kSmall) return Spare<kSmall>::take();
  return size <= kLarge ? Spare<kLarge>::take() : ::operator new(size);
}
void give(void* block, std::size_t size) {
  if (size <= kSmall) return Spare<kSmall>::give(block);
  return size <= kLarge ? Spare<kLarge>::give(block) : ::operator delete(block);
}

template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class Other>
  Allocator(const Allocator<Other>& /*other*/) {}  // NOLINT: as allocators are
  T* allocate(std::size_t count) { return static_cast<T*>(take(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) { give(block, count * sizeof(T)); }
  bool operator==(const Allocator& /*other*/) const { return true; }
};

}  // namespace

std::shared_ptr<const std::uint8_t[]> share(ByteView bytes) {
  auto shared = std::allocate_shared_for_overwrite<std::uint8_t[]>(Allocator<std::byte>(), bytes.size());
  copy_bytes(bytes, {shared.get(), bytes.size()});
  return shared;
}

}  // namespace parley
