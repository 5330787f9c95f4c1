#include "parley/layer_selector.hpp"

#include <string_view>
#include <utility>

#include "media/layer_rates.hpp"
#include "media/layer_selector.hpp"

namespace parley {
namespace {

std::optional<media::Layer> inner(std::optional<MediaLayer> layer) {
  if (!layer) return std::nullopt;
  return media::Layer{
      .rid = std::move(layer->rid), .spatial_index = layer->spatial_index, .temporal_index = layer->temporal_index};
}

std::optional<MediaLayer> outer(std::optional<media::Layer> layer) {
  if (!layer) return std::nullopt;
  return MediaLayer{
      .rid = std::move(layer->rid), .spatial_index = layer->spatial_index, .temporal_index = layer->temporal_index};
}

/// "video/VP8" → "VP8".
std::string_view codec_of(std::string_view mime_type) { return mime_type.substr(mime_type.find('/') + 1); }

media::LayerPacket inner(const RTCRtpPacket& packet) {
  return {.packet = {.payload = packet.payload,
                     .owner = packet.owner,
                     .source = Ssrc(packet.synchronizationSource),
                     .number = packet.sequenceNumber,
                     .timestamp = packet.timestamp,
                     .marker = packet.marker,
                     .codec = codec_of(packet.mimeType),
                     .descriptor = packet.dependencyDescriptor},
          .rid = packet.rid,
          .begins_key_frame = packet.beginsKeyFrame};
}

}  // namespace

struct LayerSelector::State {
  media::LayerSelector selector;
};

LayerSelector::LayerSelector() : state_(std::make_unique<State>()) {}
LayerSelector::~LayerSelector() = default;
LayerSelector::LayerSelector(LayerSelector&& other) noexcept = default;
LayerSelector& LayerSelector::operator=(LayerSelector&& other) noexcept = default;

void LayerSelector::select(std::optional<MediaLayer> layer) { state_->selector.select(inner(std::move(layer))); }

std::optional<RTCRtpPacket> LayerSelector::forward(const RTCRtpPacket& packet, TimePoint now) {
  auto out = state_->selector.forward(inner(packet), now);
  if (!out) return std::nullopt;
  RTCRtpPacket result;
  result.mimeType = packet.mimeType;
  result.payloadType = packet.payloadType;
  result.marker = out->marker;
  result.sequenceNumber = out->number;
  result.timestamp = out->timestamp;
  result.synchronizationSource = out->source.get();
  result.contributingSources = packet.contributingSources;
  result.contributor_levels = packet.contributor_levels;
  result.captureTime = packet.captureTime;
  result.senderCaptureTimeOffset = packet.senderCaptureTimeOffset;
  result.rotation = packet.rotation;
  result.flip = packet.flip;
  result.dependencyDescriptor.assign(out->descriptor.begin(), out->descriptor.end());
  result.beginsKeyFrame = packet.beginsKeyFrame;
  result.payload = out->payload;
  result.owner = std::move(out->owner);
  return result;
}

std::optional<std::string> LayerSelector::key_frame_request(TimePoint now) {
  return state_->selector.key_frame_request(now);
}

std::optional<MediaLayer> LayerSelector::current() const { return outer(state_->selector.current()); }

struct LayerRates::State {
  media::LayerRates rates;
};

LayerRates::LayerRates() : state_(std::make_unique<State>()) {}
LayerRates::~LayerRates() = default;
LayerRates::LayerRates(LayerRates&& other) noexcept = default;
LayerRates& LayerRates::operator=(LayerRates&& other) noexcept = default;

void LayerRates::add(const RTCRtpPacket& packet, TimePoint now) { state_->rates.add(inner(packet), now); }

double LayerRates::rate(const MediaLayer& layer, TimePoint now) const { return state_->rates.rate(*inner(layer), now); }

std::optional<MediaLayer> LayerRates::best(double bits_per_second, const std::optional<MediaLayer>& current,
                                           TimePoint now) const {
  return outer(state_->rates.best(bits_per_second, inner(current), now));
}

}  // namespace parley
