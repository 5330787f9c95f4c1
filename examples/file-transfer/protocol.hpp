// What sender and receiver say to each other on the data channel, beside the bytes of the file:
//   sender:   {"name": "…", "size": n, "sha256": "…"}    first
//   receiver: {"offset": n}                              it has so much already: go on from there
//   receiver: {"ok": true} or {"error": "…"}             last
#pragma once

#include <glib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <parley/errors.hpp>
#include <string>
#include <vector>

constexpr std::size_t kBlockBytes = 64 << 10;

/// The SHA-256 of a file, in hexadecimal.
inline std::string sha256(const std::filesystem::path& path) {
  const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> sum(g_checksum_new(G_CHECKSUM_SHA256), g_checksum_free);
  std::ifstream in(path, std::ios::binary);
  if (!in) throw parley::NotReadableError("cannot read " + path.string());
  std::vector<char> block(kBlockBytes);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0)
    g_checksum_update(sum.get(), reinterpret_cast<const guchar*>(block.data()), in.gcount());
  return g_checksum_get_string(sum.get());
}

/// One line that counts up to 100 %.
class Progress {
 public:
  explicit Progress(std::uint64_t size) : size_(size) {}
  void show(std::uint64_t done) {
    const auto percent = size_ == 0 ? 100 : static_cast<int>(done * 100 / size_);
    if (percent == shown_) return;
    shown_ = percent;
    std::cerr << '\r' << std::setw(3) << percent << " %" << (percent == 100 ? "\n" : "") << std::flush;
  }

 private:
  std::uint64_t size_;
  int shown_ = -1;
};
