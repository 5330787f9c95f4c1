#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::api {

/// [[ToneBuffer]], [[Duration]] and [[InterToneGap]] of an RTCDTMFSender: what is played next, and for how long.
/// webrtc-pc section 7.2.
class ToneBuffer {
 public:
  /// One run of the "DTMF playout task steps".
  struct Step {
    /// What `tonechange` says: a key, ",", or "" for the end.
    std::string tone;
    /// How long the key sounds; zero for "," and the end.
    std::chrono::milliseconds duration{};
    /// When the next step is due, from now on; zero: there is none.
    std::chrono::milliseconds next{};
    bool operator==(const Step&) const = default;
  };

  /// Instead of what there was. False, and no effect, if something is no key.
  [[nodiscard]] bool set(std::string_view tones, std::uint32_t duration, std::uint32_t gap) {
    std::string keys(tones);
    for (char& key : keys) {
      if (key >= 'a' && key <= 'd') key = static_cast<char>(key - 'a' + 'A');
      if (kKeys.find(key) == std::string_view::npos) return false;
    }
    keys_ = std::move(keys);
    duration_ = std::chrono::milliseconds(std::clamp<std::uint32_t>(duration, 40, 6000));
    gap_ = std::chrono::milliseconds(std::clamp<std::uint32_t>(gap, 30, 6000));
    return true;
  }
  Step next() {
    if (keys_.empty()) return {};
    const std::string tone = keys_.substr(0, 1);
    keys_.erase(0, 1);
    if (tone == ",") return {.tone = tone, .next = kPause};
    return {.tone = tone, .duration = duration_, .next = duration_ + gap_};
  }
  [[nodiscard]] const std::string& keys() const { return keys_; }

 private:
  static constexpr std::string_view kKeys = "0123456789ABCD#*,";
  static constexpr std::chrono::milliseconds kPause{2000};
  std::string keys_;
  std::chrono::milliseconds duration_{100}, gap_{70};
};

}  // namespace parley::api
