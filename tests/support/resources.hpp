#pragma once

#include <cstddef>

/// What this program holds, for tests that say nothing may grow.
namespace parley::test {

/// Instrumented programs are slower, and their allocators have other habits.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// Bytes allocated and not freed: by us and by every library that uses the C heap. What the allocator keeps for later
/// does not count.
std::size_t allocated_bytes();
/// Bytes of physical memory in use.
std::size_t resident_bytes();
/// What the C heap keeps for later goes back to the system.
void return_free_memory();
std::size_t open_descriptors();
std::size_t threads();

}  // namespace parley::test
