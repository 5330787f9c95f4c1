#pragma once

// Its headers do not say that they are C.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

/// FFmpeg's objects with owners. Nothing else in this folder frees one.
namespace parley::av {

template <auto Free>
struct FreedByAddress {
  template <class T>
  void operator()(T* object) const {
    Free(&object);
  }
};
template <auto Free>
struct FreedBy {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using PacketPtr = std::unique_ptr<AVPacket, FreedByAddress<av_packet_free>>;
using FramePtr = std::unique_ptr<AVFrame, FreedByAddress<av_frame_free>>;
using FilterPtr = std::unique_ptr<AVBSFContext, FreedByAddress<av_bsf_free>>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreedByAddress<avcodec_free_context>>;
using InputPtr = std::unique_ptr<AVFormatContext, FreedByAddress<avformat_close_input>>;
using OutputPtr = std::unique_ptr<AVFormatContext, FreedBy<avformat_free_context>>;
using ScalerPtr = std::unique_ptr<SwsContext, FreedBy<sws_freeContext>>;
using ResamplerPtr = std::unique_ptr<SwrContext, FreedByAddress<swr_free>>;

/// What an FFmpeg function is told, by name.
class Options {
 public:
  Options() = default;
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options() { av_dict_free(&options_); }
  void set(const char* name, const std::string& value) { av_dict_set(&options_, name, value.c_str(), 0); }
  AVDictionary** get() { return &options_; }

 private:
  AVDictionary* options_ = nullptr;
};

inline constexpr AVRational kMicroseconds{1, 1'000'000};
/// AV_NOPTS_VALUE, whose macro is C.
inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

/// What an FFmpeg function means by the number it has returned.
std::string error_text(int code);
/// Throws an EncodingError that says what failed, if the number means that something has.
void check(int code, std::string_view what);
/// Keeps FFmpeg from writing to standard error, unless the program has told it how much to write.
void make_quiet();

/// In a time base of FFmpeg.
inline std::int64_t to_ticks(std::chrono::microseconds time, AVRational base) {
  return av_rescale_q(time.count(), kMicroseconds, base);
}

}  // namespace parley::av
