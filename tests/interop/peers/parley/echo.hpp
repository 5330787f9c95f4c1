#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "parley/parley.hpp"

namespace interop {

/// Sends back what arrives, and counts it.
class Echo {
 public:
  /// With `offer`, transceivers are made for video in `codec` and for audio, to be offered.
  Echo(parley::RTCPeerConnection& pc, const std::string& codec, bool offer);
  [[nodiscard]] nlohmann::json state() const;

 private:
  struct Counts {
    int video = 0, key_frames = 0, audio = 0, width = 0, height = 0;
    std::string video_codec, audio_codec;
    std::map<std::string, std::pair<int, int>> layers;  // by rid: frames, and the width of key frames
  };
  parley::RTCPeerConnection& pc_;
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

}  // namespace interop
