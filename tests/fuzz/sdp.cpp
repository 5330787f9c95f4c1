// Whatever text is accepted must read the same when printed again.
#include <cstdlib>

#include "base/bytes.hpp"
#include "sdp/parse.hpp"
#include "sdp/print.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto first = parley::sdp::parse(parley::as_text({data, size}));
  if (!first) {
    if (first.error().detail->sdpLineNumber.value_or(0) < 1) std::abort();
    return 0;
  }
  const auto second = parley::sdp::parse(parley::sdp::print(*first));
  if (!second || *second != *first) std::abort();
  return 0;
}
