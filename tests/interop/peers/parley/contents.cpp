#include "contents.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdio>

namespace interop {

using nlohmann::json;

std::string fill(const json& recipe) {
  const bool text = recipe.at("kind") == "text";
  std::uint32_t x = recipe.at("seed").get<std::uint32_t>();
  std::string bytes(recipe.at("size").get<std::size_t>(), '\0');
  for (char& byte : bytes) {
    x = x * 1664525U + 1013904223U;
    const unsigned top = x >> 24;
    byte = static_cast<char>(text ? 'a' + top % 26 : top);
  }
  return bytes;
}

std::string base64(std::span<const std::byte> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::vector<std::uint8_t> from_base64(std::string_view text) {
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3 + 1);
  const int length =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  const std::size_t padding = text.size() - text.find_last_not_of('=') - 1;
  bytes.resize(length < 0 || text.empty() ? 0 : static_cast<std::size_t>(length) - padding);
  return bytes;
}

static std::string sha256(std::span<const std::byte> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    std::array<char, 3> pair{};
    std::snprintf(pair.data(), pair.size(), "%02x", digest[i]);
    hex += pair.data();
  }
  return hex;
}

json describe(bool text, std::span<const std::byte> bytes) {
  json fields{{"kind", text ? "text" : "binary"}, {"size", bytes.size()}, {"sha256", sha256(bytes)}};
  if (bytes.size() > 256) return fields;
  if (text)
    fields["text"] = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  else
    fields["base64"] = base64(bytes);
  return fields;
}

}  // namespace interop
