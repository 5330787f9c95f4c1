#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "parley/parley.hpp"
#include "recording.hpp"

namespace interop {

/// Sends back what arrives, and counts it.
class Echo {
 public:
  /// `settings`: {codec, sound, offer, kinds, recordings, protection}. With `offer`, transceivers are made for the
  /// kinds, video in that codec and audio in `sound`, if there is one, to be offered; `protection` lists what protects
  /// video (red, ulpfec).
  Echo(parley::RTCPeerConnection& pc, const nlohmann::json& settings);
  /// One of {enabled}, {track}: none, original or other, {direction}, {add}, {remove}, {restart}; all for `kind`.
  parley::Promise<void> alter(nlohmann::json change);
  [[nodiscard]] nlohmann::json state() const;

 private:
  struct Counts {
    int video = 0, key_frames = 0, audio = 0, width = 0, height = 0;
    std::string video_codec, audio_codec;
    std::map<std::string, std::pair<int, int>> layers;  // by rid: frames, and the width of key frames
  };
  void offer(const std::string& kind);

  parley::RTCPeerConnection& pc_;
  const std::string recordings_;
  std::map<std::string, std::set<std::string>> names_;  // by kind: the formats that are taken, if not all
  std::optional<Recording> other_;
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

}  // namespace interop
