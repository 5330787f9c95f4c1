// Two peers create and set each other's descriptions and those of other stacks, whole and broken, as the input says:
// no crash, no broken rule, no effect of what is refused.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "support/negotiation_walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> samples = parley::test::read_descriptions(PARLEY_TEST_DATA "/sdp");
  // Steps cost as much as the descriptions have grown long.
  constexpr std::size_t kMost = 512;
  const auto broken = parley::test::walk_through_negotiation({data, std::min(size, kMost)}, samples);
  if (!broken) return 0;
  std::fprintf(stderr, "%s\n", broken->c_str());
  std::abort();
}
