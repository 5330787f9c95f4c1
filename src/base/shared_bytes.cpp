#include "base/shared_bytes.hpp"

#include <memory_resource>

namespace parley {

std::shared_ptr<const std::uint8_t[]> share(ByteView bytes) {
  // Never destroyed: somebody may own bytes until the very end.
  static auto& pool = *new std::pmr::synchronized_pool_resource(
      {.max_blocks_per_chunk = 64, .largest_required_pool_block = 2048}, std::pmr::new_delete_resource());
  auto shared =
      std::allocate_shared_for_overwrite<std::uint8_t[]>(std::pmr::polymorphic_allocator<>(&pool), bytes.size());
  copy_bytes(bytes, {shared.get(), bytes.size()});
  return shared;
}

}  // namespace parley
