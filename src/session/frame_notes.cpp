#include "session/frame_notes.hpp"

#include <algorithm>
#include <cmath>

namespace parley::session {
namespace {

constexpr double kPerMs = 4'294'967.296;  // 2^-32 s

template <class Told>
std::optional<rtp::CaptureTime> capture_of(const Told& told) {
  const auto time = told.captureTime ? rtp::from_ms(*told.captureTime) : std::nullopt;
  if (!time) return std::nullopt;
  rtp::CaptureTime capture{.time = *time};
  constexpr double kMost = 2'147'483'647e3;  // 31 bits of seconds
  if (told.senderCaptureTimeOffset && std::abs(*told.senderCaptureTimeOffset) <= kMost)
    capture.offset = std::llround(*told.senderCaptureTimeOffset * kPerMs);
  return capture;
}

template <class Told>
void tell_capture(const std::optional<rtp::CaptureTime>& capture, Told& told) {
  if (!capture) return;
  told.captureTime = rtp::to_ms(capture->time);
  if (capture->offset) told.senderCaptureTimeOffset = static_cast<double>(*capture->offset) / kPerMs;
}

rtp::ColorSpace to_rtp(const RTCVideoColorSpace& color) {
  rtp::ColorSpace made{.primaries = color.primaries, .transfer = color.transfer, .matrix = color.matrix};
  if (color.fullRange) made.range = *color.fullRange ? 2 : 1;
  made.chroma_horizontal = color.chromaSitingHorizontal;
  made.chroma_vertical = color.chromaSitingVertical;
  if (const auto& hdr = color.hdr) {
    const auto point = [](const RTCHdrMetadata::Point& one) {
      const auto scaled = [](double value) {
        return static_cast<std::uint16_t>(value >= 0 && value <= 1 ? std::lround(value * 50'000) : 0);
      };
      return rtp::ColorSpace::Point{scaled(one.x), scaled(one.y)};
    };
    const double least = hdr->luminanceMin >= 0 && hdr->luminanceMin <= 6.5535 ? hdr->luminanceMin : 0;
    made.high_range =
        rtp::ColorSpace::HighRange{.luminance_most = hdr->luminanceMax,
                                   .luminance_least = static_cast<std::uint16_t>(std::lround(least * 1e4)),
                                   .primaries = {point(hdr->red), point(hdr->green), point(hdr->blue)},
                                   .white = point(hdr->white),
                                   .content_most = hdr->maxContentLightLevel,
                                   .frame_average_most = hdr->maxFrameAverageLightLevel};
  }
  return made;
}

RTCVideoColorSpace to_api(const rtp::ColorSpace& color) {
  RTCVideoColorSpace made{.primaries = color.primaries, .transfer = color.transfer, .matrix = color.matrix};
  if (color.range == 1 || color.range == 2) made.fullRange = color.range == 2;
  made.chromaSitingHorizontal = color.chroma_horizontal;
  made.chromaSitingVertical = color.chroma_vertical;
  if (const auto& hdr = color.high_range) {
    const auto point = [](const rtp::ColorSpace::Point& one) {
      return RTCHdrMetadata::Point{one.x / 50'000.0, one.y / 50'000.0};
    };
    made.hdr = RTCHdrMetadata{.luminanceMax = hdr->luminance_most,
                              .luminanceMin = hdr->luminance_least / 1e4,
                              .red = point(hdr->primaries[0]),
                              .green = point(hdr->primaries[1]),
                              .blue = point(hdr->primaries[2]),
                              .white = point(hdr->white),
                              .maxContentLightLevel = hdr->content_most,
                              .maxFrameAverageLightLevel = hdr->frame_average_most};
  }
  return made;
}

std::uint16_t ms16(std::chrono::milliseconds time) {
  return static_cast<std::uint16_t>(std::clamp<std::chrono::milliseconds::rep>(time.count(), 0, 0xFFFF));
}

rtp::VideoTiming to_rtp(const RTCVideoTiming& timing) {
  return {.by_timer = timing.byTimer,
          .large_frame = timing.largeFrame,
          .encode_begin = ms16(timing.encodeBegin),
          .encode_end = ms16(timing.encodeEnd),
          .packetized = ms16(timing.packetized),
          .left_pacer = ms16(timing.leftPacer),
          .network_1 = ms16(timing.network1),
          .network_2 = ms16(timing.network2)};
}

RTCVideoTiming to_api(const rtp::VideoTiming& timing) {
  using std::chrono::milliseconds;
  return {.byTimer = timing.by_timer,
          .largeFrame = timing.large_frame,
          .encodeBegin = milliseconds(timing.encode_begin),
          .encodeEnd = milliseconds(timing.encode_end),
          .packetized = milliseconds(timing.packetized),
          .leftPacer = milliseconds(timing.left_pacer),
          .network1 = milliseconds(timing.network_1),
          .network2 = milliseconds(timing.network_2)};
}

rtp::LayersAllocation to_rtp(const RTCVideoLayersAllocation& allocation) {
  rtp::LayersAllocation made{.stream = allocation.encoding, .streams = allocation.encodings, .layers = {}};
  made.layers.reserve(allocation.layers.size());
  made.has_sizes = std::ranges::any_of(allocation.layers, [](const auto& one) { return one.width > 0; });
  for (const RTCVideoLayersAllocation::Layer& one : allocation.layers) {
    auto& layer = made.layers.emplace_back(rtp::LayersAllocation::Layer{.stream = one.encoding,
                                                                        .spatial = one.spatialIndex,
                                                                        .rates = {},
                                                                        .width = one.width,
                                                                        .height = one.height,
                                                                        .frame_rate = one.framerate});
    layer.rates.reserve(one.bitrates.size());
    for (const std::uint64_t rate : one.bitrates)
      layer.rates.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(rate / 1000, 0xFFFFFFFF)));
  }
  return made;
}

RTCVideoLayersAllocation to_api(const rtp::LayersAllocation& allocation) {
  RTCVideoLayersAllocation made{.encoding = allocation.stream, .encodings = allocation.streams};
  made.layers.reserve(allocation.layers.size());
  for (const rtp::LayersAllocation::Layer& one : allocation.layers) {
    auto& layer = made.layers.emplace_back(RTCVideoLayersAllocation::Layer{.encoding = one.stream,
                                                                           .spatialIndex = one.spatial,
                                                                           .width = one.width,
                                                                           .height = one.height,
                                                                           .framerate = one.frame_rate});
    layer.bitrates.reserve(one.rates.size());
    for (const std::uint32_t rate : one.rates) layer.bitrates.push_back(std::uint64_t{rate} * 1000);
  }
  return made;
}

rtp::VideoOrientation orientation_of(std::uint16_t rotation, bool flip) {
  return {.rotation = static_cast<std::uint16_t>((rotation + 45U) / 90 % 4 * 90), .flipped = flip};
}

}  // namespace

media::FrameNotes notes_of(const RTCEncodedVideoFrameMetadata& metadata) {
  media::FrameNotes notes{.capture = capture_of(metadata)};
  notes.orientation = orientation_of(metadata.rotation, metadata.flip);
  if (const auto& delay = metadata.playoutDelay)
    notes.playout_delay = rtp::PlayoutDelay{.least = delay->minimum, .most = std::max(delay->minimum, delay->maximum)};
  if (metadata.colorSpace) notes.color_space = to_rtp(*metadata.colorSpace);
  if (metadata.timing) notes.timing = to_rtp(*metadata.timing);
  if (metadata.layersAllocation) notes.allocation = to_rtp(*metadata.layersAllocation);
  return notes;
}

media::FrameNotes notes_of(const RTCEncodedAudioFrameMetadata& metadata) { return {.capture = capture_of(metadata)}; }

media::FrameNotes notes_of(const RTCRtpPacket& packet) {
  media::FrameNotes notes{.capture = capture_of(packet)};
  if (packet.rotation) notes.orientation = orientation_of(*packet.rotation, packet.flip);
  return notes;
}

void tell(const media::FrameNotes& notes, RTCEncodedVideoFrameMetadata& metadata) {
  tell_capture(notes.capture, metadata);
  if (notes.orientation) {
    metadata.rotation = notes.orientation->rotation;
    metadata.flip = notes.orientation->flipped;
  }
  if (const auto& delay = notes.playout_delay)
    metadata.playoutDelay = {.minimum = delay->least, .maximum = delay->most};
  if (notes.color_space) metadata.colorSpace = to_api(*notes.color_space);
  if (notes.timing) metadata.timing = to_api(*notes.timing);
  if (notes.allocation) metadata.layersAllocation = to_api(*notes.allocation);
}

void tell(const media::FrameNotes& notes, RTCEncodedAudioFrameMetadata& metadata) {
  tell_capture(notes.capture, metadata);
}

void tell(const media::FrameNotes& notes, RTCRtpPacket& packet) {
  tell_capture(notes.capture, packet);
  if (!notes.orientation) return;
  packet.rotation = notes.orientation->rotation;
  packet.flip = notes.orientation->flipped;
}

void tell(const media::Dependencies& dependencies, RTCEncodedVideoFrameMetadata& metadata) {
  metadata.frameId = static_cast<std::uint64_t>(dependencies.id);
  for (const std::int64_t id : dependencies.needs)
    if (id >= 0) metadata.dependencies.push_back(static_cast<std::uint64_t>(id));
  metadata.spatialIndex = dependencies.spatial;
  metadata.temporalIndex = dependencies.temporal;
}

}  // namespace parley::session
