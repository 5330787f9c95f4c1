#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace parley::media {

/// Which layer of somebody's simulcast a sender that has none itself passes on: the largest whose key frames come, and
/// another one once it has been silent for a second.
class LayerChoice {
 public:
  enum class Verdict {
    Take,
    TakeFromNow,  ///< it is of another layer than those before it
    Leave,
    NeedsKeyFrame,  ///< to have something to pass on
  };
  static constexpr Duration kSilence = 1s;

  /// `pixels` of a key frame: 0 if that is not known.
  Verdict judge(std::string_view rid, bool key_frame, std::uint32_t pixels, TimePoint now) {
    if (rid_ == rid) {
      if (pixels > 0) pixels_ = pixels;
      last_ = now;
      return Verdict::Take;
    }
    const bool has_none = !rid_ || now - last_ > kSilence;
    if (!key_frame || (!has_none && pixels <= pixels_)) return has_none ? Verdict::NeedsKeyFrame : Verdict::Leave;
    rid_ = rid;
    pixels_ = pixels;
    last_ = now;
    return Verdict::TakeFromNow;
  }

 private:
  std::optional<std::string> rid_;
  std::uint32_t pixels_ = 0;
  TimePoint last_{};
};

}  // namespace parley::media
