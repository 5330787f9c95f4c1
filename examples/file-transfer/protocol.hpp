// What sender and receiver say to each other on the data channel, beside the bytes of the file:
//   sender:   {"name": "…", "size": n, "sha256": "…"}    first
//   receiver: {"offset": n}                              it has so much already: go on from there
//   receiver: {"ok": true} or {"error": "…"}             last
#pragma once

#include <glib.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <parley/errors.hpp>
#include <parley/promise.hpp>
#include <string>
#include <thread>
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

/// The same on a thread of its own: it takes long for a large file, and the event loop has a connection to keep alive.
inline parley::Promise<std::string> sha256InBackground(const std::filesystem::path& path) {
  const parley::PromiseResolver<std::string> done;
  std::thread([path, done] {
    try {
      done.resolve(sha256(path));
    } catch (const std::exception&) {
      done.reject(std::current_exception());
    }
  }).detach();
  return done.promise();
}

inline std::string megabytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

/// One line that counts up to 100 %, a few times a second.
class Progress {
 public:
  Progress(std::uint64_t size, std::uint64_t already) : size_(size), first_(already) {}
  void show(std::uint64_t done) {
    const auto now = Clock::now();
    if (done < size_ && now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(done - first_) / std::max(seconds, 1e-3));
    std::fprintf(stderr, "\r%3d %%  %s of %s  %s/s   %s", static_cast<int>(size_ == 0 ? 100 : done * 100 / size_),
                 megabytes(done).c_str(), megabytes(size_).c_str(), megabytes(rate).c_str(), done < size_ ? "" : "\n");
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t size_, first_;
  Clock::time_point start_ = Clock::now(), shown_;
};
