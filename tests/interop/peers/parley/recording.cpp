#include "recording.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

namespace interop {

using namespace parley;
using namespace std::chrono_literals;

/// A header of 32 bytes, then frames of 12 bytes and as many as the first four of these say (little endian).
static std::vector<std::vector<std::uint8_t>> read_ivf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::vector<std::uint8_t>> frames;
  for (std::size_t at = 32; at + 12 < bytes.size();) {
    std::size_t size = 0;
    for (std::size_t i = 4; i > 0; --i) size = size << 8 | static_cast<std::uint8_t>(bytes[at + i - 1]);
    at += 12;
    if (size > bytes.size() - at) break;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    frames.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += size;
  }
  if (frames.empty()) throw TypeError("no recording: " + file);
  return frames;
}

Recording::Recording(const std::string& file, std::string mime_type, std::vector<std::string> rids) {
  reel_->frames = read_ivf(file);
  reel_->mime_type = std::move(mime_type);
  reel_->rids = std::move(rids);
  reel_->show_next();
}

/// The recordings of tests/data/formats: every third frame is a key frame.
void Recording::Reel::show_next() {
  for (const std::string& rid : rids) {
    RTCEncodedVideoFrame frame;
    frame.type = next % frames.size() % 3 == 0 ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta;
    frame.data = frames[next % frames.size()];
    frame.metadata.mimeType = mime_type;
    frame.metadata.rid = rid;
    track->write(std::move(frame));
  }
  ++next;
  EventLoop::shared()->after(33ms, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->show_next();
  });
}

}  // namespace interop
