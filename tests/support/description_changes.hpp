#pragma once

#include <string>

#include "support/choices.hpp"

namespace parley::test {

/// A session description as it should not be: lines dropped, doubled, swapped, moved, taken from `other`, with values
/// of other lines or other characters, ports closed, or cut off somewhere.
std::string with_changes(const std::string& description, const std::string& other, Choices& choices);

}  // namespace parley::test
