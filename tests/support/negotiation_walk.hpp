#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley::test {

/// Two peers without transports create and set descriptions in whatever order `choices` say: each other's and those in
/// `samples`, as they are or changed, of every type in every state. The first rule that was broken, with the text that
/// broke it; nothing if none was.
std::optional<std::string> walk_through_negotiation(std::span<const std::uint8_t> choices,
                                                    const std::vector<std::string>& samples);

/// The descriptions in the files of a folder, in the order of their names.
std::vector<std::string> read_descriptions(const std::string& folder);

}  // namespace parley::test
