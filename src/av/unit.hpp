#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "av/codec_table.hpp"

namespace parley::av {

using std::chrono::microseconds;

/// One frame of one of a file's streams.
struct Unit {
  Kind kind = Kind::Video;
  /// Decoding can begin with it. True of sound.
  bool key = true;
  std::vector<std::uint8_t> data{};
  /// Since the beginning. Frames are decoded in the order of `decode_at`, and shown in that of `show_at`.
  microseconds decode_at{0}, show_at{0};
  microseconds duration{0};
};

/// Where units come from, in the order in which they are to be decoded.
class UnitSource {
 public:
  virtual ~UnitSource() = default;
  /// nullopt at the end. Throws DataError if the rest cannot be read.
  virtual std::optional<Unit> read() = 0;
  /// The next one is the first again. Throws as the opening did.
  virtual void rewind() = 0;
  /// The next one is a key frame at that time or before it; which is the last such one where that can be found without
  /// reading everything. Throws as rewind() does.
  virtual void seek(microseconds /*to*/) { rewind(); }
};

}  // namespace parley::av
