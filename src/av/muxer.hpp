#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "av/container.hpp"
#include "av/decode_order.hpp"
#include "av/ffmpeg.hpp"

namespace parley::av {

/// What a file's header tells of one stream.
struct StreamDescription {
  const CodecEntry* codec = nullptr;
  std::uint16_t width = 0, height = 0;
  /// How pictures are turned before they are shown, in degrees clockwise. In MP4 only: libavformat's Matroska has none.
  std::uint16_t rotation = 0;
  /// Nothing may come for long; the others are written meanwhile.
  bool late = false;
  /// A first frame, from which the headers are taken that the container has apart.
  std::span<const std::uint8_t> first{};
};

struct Sample {
  std::size_t stream = 0;
  bool key = true;
  std::vector<std::uint8_t> data{};
  /// Since the file's beginning.
  std::chrono::microseconds show_at{0};
};

/// A file that is written: streams, then begin(), then samples, then finish(). What has been written can be read two
/// seconds later, whatever becomes of the program.
class Muxer {
 public:
  enum class Mp4 {
    Fragments,  ///< each second with an index of its own
    OneIndex,   ///< at the file's end, without which it cannot be read
  };
  /// Throws NotSupportedError for an extension that is not known, OperationError if the file cannot be made.
  explicit Muxer(std::string path, Mp4 mp4 = Mp4::Fragments);
  /// As finish(), and nobody hears whether that worked.
  ~Muxer();
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  [[nodiscard]] const Container& container() const { return *container_; }
  /// Its number. Throws NotSupportedError if the container does not take the codec.
  std::size_t add_stream(const StreamDescription& description);
  /// Throws OperationError, as the next two.
  void begin();
  void write(const Sample& sample);
  /// Completes the file; without begin() there is none afterwards. Idempotent.
  void finish();

 private:
  struct Stream {
    AVStream* stream;
    const CodecEntry* codec;
    DecodeOrder order;
    std::int64_t last = kNoTime;  // when the sample before was decoded
    std::int64_t step = 0;        // and how long after the one before that
  };

  std::string path_;
  const Container* container_;
  Mp4 mp4_;
  OutputPtr output_;
  PacketPtr packet_;
  std::vector<Stream> streams_;
  std::chrono::microseconds sorted_{0};  // what is earlier is in the file
  bool late_ = false;
  bool begun_ = false;
  bool finished_ = false;
};

}  // namespace parley::av
