#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interop {

/// {kind, size, seed} → the bytes that every peer makes of it: the upper byte of x = 1664525 x + 1013904223 modulo
/// 2^32, folded to a..z for text.
std::string fill(const nlohmann::json& recipe);

std::string base64(std::span<const std::byte> bytes);
std::vector<std::uint8_t> from_base64(std::string_view text);

/// The fields that say what arrived: size, sha256, and the content itself if it is short.
nlohmann::json describe(bool text, std::span<const std::byte> bytes);

}  // namespace interop
