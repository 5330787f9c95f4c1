#include "support/resources.hpp"

#include <dirent.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>

// The sanitizers' own account; only there when one of them is linked in.
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_current_allocated_bytes();

namespace parley::test {
namespace {

std::size_t entries(const char* directory) {
  std::size_t count = 0;
  DIR* dir = opendir(directory);
  if (dir == nullptr) return 0;
  while (readdir(dir) != nullptr) ++count;
  closedir(dir);
  return count;
}

}  // namespace

std::size_t allocated_bytes() {
  if (&__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t resident_bytes() {
  std::size_t total = 0, resident = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%zu %zu", &total, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void return_free_memory() { malloc_trim(0); }

std::size_t open_descriptors() { return entries("/proc/self/fd"); }
std::size_t threads() { return entries("/proc/self/task"); }

}  // namespace parley::test
