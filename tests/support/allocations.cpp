#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

namespace parley::test {

constinit std::atomic<long> allocations = 0;

}  // namespace parley::test

void* operator new(std::size_t size) {
  ++parley::test::allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// std::stable_sort allocates with this one, and releases with the same as everybody.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++parley::test::allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
