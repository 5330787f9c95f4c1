// Candidate lines and server URLs: what is read and printed is read again as the same, and nothing printed breaks out
// of its line.
#include <algorithm>
#include <cstdlib>

#include "base/bytes.hpp"
#include "ice/candidate.hpp"
#include "ice/server_url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view text = as_text({data, size});
  if (const auto candidate = ice::parse_candidate(text)) {
    const std::string printed = ice::print_candidate(*candidate);
    if (std::any_of(printed.begin(), printed.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      std::abort();
    const auto again = ice::parse_candidate(printed);
    if (!again || !(*again == *candidate)) std::abort();
  }
  if (const auto url = ice::parse_server_url(text))
    if (url->host.empty() || url->port == 0 || url->text != text) std::abort();
  return 0;
}
