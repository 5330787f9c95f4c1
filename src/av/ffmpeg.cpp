#include "av/ffmpeg.hpp"

#include <array>
#include <mutex>

#include "parley/errors.hpp"

namespace parley::av {

std::string error_text(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

void check(int code, std::string_view what) {
  if (code < 0) throw EncodingError(std::string(what) + ": " + error_text(code));
}

void make_quiet() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (av_log_get_level() == AV_LOG_INFO) av_log_set_level(AV_LOG_QUIET);
  });
}

}  // namespace parley::av
