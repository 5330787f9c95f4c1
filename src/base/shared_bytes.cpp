#include "base/shared_bytes.hpp"

#include <array>
#include <cstddef>
#include <new>

namespace parley {
namespace {

/// Memory that a thread has given back and takes again: enough for the packets of one turn, in steps of their length.
class Spare {
 public:
  static void* take(std::size_t size) {
    if (size > kMost) return ::operator new(size);
    if (gone || mine.steps_[step(size)].count == 0) return ::operator new((step(size) + 1) * kStep);
    Blocks& from = mine.steps_[step(size)];
    return from.all[--from.count];
  }
  static void give(void* block, std::size_t size) {
    if (size > kMost || gone || mine.steps_[step(size)].count == kBlocks) return ::operator delete(block);
    Blocks& to = mine.steps_[step(size)];
    to.all[to.count++] = block;
  }

  Spare() = default;
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;
  ~Spare() {
    for (Blocks& blocks : steps_)
      while (blocks.count > 0) ::operator delete(blocks.all[--blocks.count]);
    gone = true;
  }

 private:
  /// Up to a packet, and what counts its owners.
  static constexpr std::size_t kStep = 256, kMost = 2048, kBlocks = 128;
  static std::size_t step(std::size_t size) { return (size - 1) / kStep; }

  static thread_local bool gone;  // somebody may own bytes until the thread's very end
  static thread_local Spare mine;

  struct Blocks {
    std::array<void*, kBlocks> all{};
    std::size_t count = 0;
  };
  std::array<Blocks, kMost / kStep> steps_;
};
thread_local bool Spare::gone = false;
thread_local Spare Spare::mine;

template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class Other>
  Allocator(const Allocator<Other>& /*other*/) {}  // NOLINT: as allocators are
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
