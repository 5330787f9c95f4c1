#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "support/link_emulator.hpp"

namespace parley::test {

/// What the link_emulator program was asked for.
struct LinkOptions {
  LinkEmulatorConfig config;
  /// Side B, if it is known from the start.
  std::optional<Endpoint> to;
};

/// `arguments` without the program's name.
Result<LinkOptions> parse_link_options(std::span<const char* const> arguments);
std::string link_options_help();

}  // namespace parley::test
