#pragma once

#include <memory>
#include <string>
#include <vector>

#include "parley/parley.hpp"

namespace interop {

/// A track that shows a recording (IVF) over and over. Lives on the current event loop.
class Recording {
 public:
  /// The frames carry `rids` in turn: one frame for each.
  Recording(const std::string& file, std::string mime_type, std::vector<std::string> rids = {""});
  [[nodiscard]] const std::shared_ptr<parley::MediaStreamTrack>& track() const { return reel_->track; }

 private:
  struct Reel : std::enable_shared_from_this<Reel> {
    void show_next();
    std::shared_ptr<parley::MediaStreamTrack> track = parley::MediaStreamTrack::create("video");
    std::string mime_type;
    std::vector<std::string> rids;
    std::vector<std::vector<std::uint8_t>> frames;
    std::size_t next = 0;
  };
  std::shared_ptr<Reel> reel_ = std::make_shared<Reel>();
};

}  // namespace interop
