#pragma once

#include <atomic>

namespace parley::test {

/// How often the program that is linked with allocations.cpp has used `new`.
extern std::atomic<long> allocations;

}  // namespace parley::test
