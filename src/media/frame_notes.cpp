#include "media/frame_notes.hpp"

#include <algorithm>

namespace parley::media {

PacketNotes read_notes(const rtp::PacketView& packet, const rtp::ExtensionMap& map) {
  using rtp::ExtensionKind;
  PacketNotes told;
  FrameNotes& notes = told.frame;
  if (const auto value = packet.extension(map.id(ExtensionKind::CaptureTime)))
    notes.capture = rtp::parse_capture_time(*value);
  if (const auto value = packet.extension(map.id(ExtensionKind::VideoOrientation)))
    notes.orientation = rtp::parse_video_orientation(*value);
  if (const auto value = packet.extension(map.id(ExtensionKind::PlayoutDelay)))
    notes.playout_delay = rtp::parse_playout_delay(*value);
  if (const auto value = packet.extension(map.id(ExtensionKind::ColorSpace)))
    notes.color_space = rtp::parse_color_space(*value);
  if (const auto value = packet.extension(map.id(ExtensionKind::VideoTiming)))
    notes.timing = rtp::parse_video_timing(*value);
  if (const auto value = packet.extension(map.id(ExtensionKind::LayersAllocation)))
    notes.allocation = rtp::parse_layers_allocation(*value);
  told.descriptor = packet.extension(map.id(ExtensionKind::DependencyDescriptor)).value_or(ByteView());
  return told;
}

NoteLog::Entry& NoteLog::entry_of(std::uint32_t timestamp) {
  const auto known =
      std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.used && entry.timestamp == timestamp; });
  if (known != entries_.end()) return *known;
  const auto free =
      std::ranges::find_if(entries_, [&](const Entry& entry) { return !entry.used || count_ - entry.order >= kMost; });
  Entry& entry = free != entries_.end() ? *free : entries_.emplace_back();
  entry.used = true;
  entry.order = count_++;
  entry.timestamp = timestamp;
  entry.notes = {};
  entry.first.value.clear();  // its memory is used again
  entry.last.value.clear();
  return entry;
}

void NoteLog::add(const rtp::Header& header, const PacketNotes& told) {
  const auto& [notes, descriptor] = told;
  if (notes.is_empty() && descriptor.empty()) return;
  Entry& entry = entry_of(header.timestamp);
  if (notes.capture) entry.notes.capture = notes.capture;
  if (notes.orientation) entry.notes.orientation = notes.orientation;
  if (notes.playout_delay) entry.notes.playout_delay = notes.playout_delay;
  if (notes.color_space) entry.notes.color_space = notes.color_space;
  if (notes.timing) entry.notes.timing = notes.timing;
  if (notes.allocation) entry.notes.allocation = notes.allocation;
  if (descriptor.empty()) return;
  const std::uint16_t number = header.sequence_number;
  const auto keep = [&](Descriptor& place) {
    place.number = number;
    place.value.assign(told.descriptor.begin(), told.descriptor.end());
  };
  if (entry.first.value.empty() || rtp::is_later(entry.first.number, number)) keep(entry.first);
  if (entry.last.value.empty() || rtp::is_later(number, entry.last.number)) keep(entry.last);
}

NoteLog::Noted NoteLog::take(std::uint32_t timestamp, std::uint32_t clock_rate, bool key_frame) {
  Noted noted;
  const auto entry =
      std::ranges::find_if(entries_, [&](const Entry& one) { return one.used && one.timestamp == timestamp; });
  if (entry != entries_.end()) {
    noted.notes = entry->notes;
    noted.dependencies = read(*entry);
    entry->used = false;
  }
  FrameNotes& notes = noted.notes;
  if (notes.capture) {
    clock_.tell(timestamp, clock_rate, *notes.capture);
  } else {
    notes.capture = clock_.at(timestamp, clock_rate);
  }
  // 3GPP TS 26.114 section 7.4.5: until another is told. A color space is that of a key frame and what needs it.
  if (notes.orientation) orientation_ = notes.orientation;
  notes.orientation = orientation_;
  if (notes.color_space || key_frame) color_space_ = notes.color_space;
  notes.color_space = color_space_;
  return noted;
}

/// A picture of several spatial layers is one frame here: it has the number and the needs of its lowest layer, which
/// comes first.
std::optional<Dependencies> NoteLog::read(const Entry& entry) {
  if (entry.first.value.empty()) return std::nullopt;
  const auto first = reader_.read(entry.first.value);
  if (!first) return std::nullopt;
  Dependencies told{.id = frame_numbers_.unwrap(first->frame_number),
                    .needs = {},
                    .spatial = first->frame.spatial,
                    .temporal = first->frame.temporal};
  told.needs.reserve(first->frame.distances.size());
  for (const std::uint16_t distance : first->frame.distances) told.needs.push_back(told.id - distance);
  if (const auto last = reader_.read(entry.last.value)) told.spatial = std::max(told.spatial, last->frame.spatial);
  return told;
}

}  // namespace parley::media
