#include "media/layer_selector.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {
namespace {

/// Of all video (RFC 7741 section 4.1, RFC 9628 section 4.1, RFC 6184 section 5.1).
constexpr std::int64_t kClockRate = 90000;
/// Names what is made of all the sources together.
constexpr Ssrc kOneSource{1};

std::int64_t ticks(TimePoint when) {
  const auto since = when.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(since - seconds).count();
  return seconds.count() * kClockRate + rest * kClockRate / 1'000'000;
}

}  // namespace

void LayerSelector::ArrivalClock::arrived(std::int64_t timestamp, TimePoint now) {
  const std::int64_t behind = ticks(now) - timestamp;
  if (!begun_ || now - *begun_ > 1s) {
    behind_before_ = begun_ ? behind_ : behind;
    behind_ = behind;
    begun_ = now;
  }
  behind_ = std::min(behind_, behind);
}

std::int64_t LayerSelector::ArrivalClock::at(TimePoint now) const {
  return ticks(now) - std::min(behind_, behind_before_);
}

void LayerSelector::select(std::optional<Layer> layer) {
  if (layer == target_) return;
  target_ = std::move(layer);
  requested_.reset();
}

std::optional<std::string> LayerSelector::key_frame_request(TimePoint now) {
  constexpr Duration kPause = 500ms;
  const bool needed = target_ && (!current_ || current_->rid != target_->rid ||
                                  current_->spatial_index < target_->spatial_index || chooser_.wants_key_frame());
  if (!needed || (requested_ && now - *requested_ < kPause)) return std::nullopt;
  requested_ = now;
  return target_->rid;
}

LayerSelector::Source& LayerSelector::source_of(Ssrc id, TimePoint now) {
  auto found = std::ranges::find(sources_, id, &Source::id);
  if (found == sources_.end() && sources_.size() >= kMostSources) {
    // The one that has been silent longest, but not the one that others are compared with.
    found = std::ranges::min_element(
        sources_, {}, [&](const Source& one) { return one.id == forwarded_ ? TimePoint::max() : one.last_packet; });
    *found = Source{.id = id};
  } else if (found == sources_.end()) {
    found = sources_.insert(found, Source{.id = id});
  }
  found->last_packet = now;
  return *found;
}

std::optional<OutgoingPacket> LayerSelector::forward(const LayerPacket& given, TimePoint now) {
  const OutgoingPacket& packet = given.packet;
  Source& source = source_of(packet.source, now);
  const std::int64_t number = source.numbers.unwrap(packet.number);
  const std::int64_t timestamp = source.timestamps.unwrap(packet.timestamp);
  const bool newest = !source.newest || number > *source.newest;
  if (newest) {
    source.newest = number;
    source.clock.arrived(timestamp, now);
  }
  const bool begins = !current_ || forwarded_ != packet.source;
  if (begins) {
    // What has come of the key frame before its beginning was not forwarded, so it would remain incomplete.
    if (!target_ || given.rid != target_->rid || !given.begins_key_frame || !newest) return std::nullopt;
    change_to(source, given, number, timestamp, now);
  } else if (!target_ && timestamp > pictures_.back().timestamp) {
    current_.reset();
    return std::nullopt;
  }

  auto info = formats::read_layer(packet.codec, packet.payload).value_or(formats::LayerInfo{});
  const auto told = descriptors_.read(number, packet.descriptor);
  if (begins) descriptor_map_.begin(told);
  const auto choice = choose(told, timestamp, info);
  const Picture picture = picture_of(timestamp, info, given.begins_key_frame || info.intra, choice);
  const bool wanted = choice ? choice->forwarded : picture.forwarded && info.spatial_index <= picture.spatial_index;
  const auto place = numbers_.map(number, wanted ? NumberMap::Use::Forward : NumberMap::Use::LeaveOut);
  if (!place) return std::nullopt;
  OutgoingPacket out = packet;
  out.source = kOneSource;
  out.number = static_cast<std::uint16_t>(*place);
  out.timestamp = packet.timestamp + timestamp_offset_;
  if (!wanted) {
    // It came too late for its number to be left out, so the number has to be filled.
    out.payload = {};
    out.owner = nullptr;
    out.descriptor = {};
    out.marker = false;
    return out;
  }
  out.descriptor = descriptor_map_.map(packet.descriptor, told, choice ? choice->active : std::nullopt);
  if (info.ends_layer && (choice ? choice->ends_picture : info.spatial_index == picture.spatial_index))
    out.marker = true;
  rewrite(out, info, picture);
  if (timestamp == pictures_.back().timestamp) note_last(out, info, picture);
  return out;
}

/// What the descriptor says of the layer counts, too. It follows what was selected as far as the structure allows it.
std::optional<FrameChooser::Choice> LayerSelector::choose(const std::optional<DescriptorReader::Told>& told,
                                                          std::int64_t timestamp, formats::LayerInfo& info) {
  if (!told) return std::nullopt;
  info.spatial_index = told->descriptor.frame.spatial;
  info.temporal_index = told->descriptor.frame.temporal;
  info.ends_layer = told->descriptor.last_packet;
  const Layer& wanted = target_ && target_->rid == current_->rid ? *target_ : *current_;
  const auto choice =
      chooser_.choose(*told, timestamp, {.spatial = wanted.spatial_index, .temporal = wanted.temporal_index});
  current_->spatial_index = chooser_.current().spatial;
  current_->temporal_index = chooser_.current().temporal;
  return choice;
}

/// Ids are only written where they change, so that the payload can stay where it is otherwise.
void LayerSelector::rewrite(OutgoingPacket& packet, const formats::LayerInfo& info, const Picture& picture) {
  if (picture.id_offset == 0 && base_index_offset_ == 0) return;
  if (!info.picture_id && !info.base_index) return;
  rewritten_.assign(packet.payload.begin(), packet.payload.end());
  formats::replace_ids(rewritten_, info, static_cast<std::uint16_t>(info.picture_id.value_or(0) + picture.id_offset),
                       static_cast<std::uint8_t>(info.base_index.value_or(0) + base_index_offset_));
  packet.payload = rewritten_;
  packet.owner = nullptr;
}

void LayerSelector::note_last(const OutgoingPacket& packet, const formats::LayerInfo& info, const Picture& picture) {
  last_timestamp_ = packet.timestamp;
  if (info.picture_id) last_picture_id_ = static_cast<std::uint16_t>(*info.picture_id + picture.id_offset);
  if (info.base_index) last_base_index_ = static_cast<std::uint8_t>(*info.base_index + base_index_offset_);
}

/// From this packet on the stream is continued by another source, or by the same one after a pause.
void LayerSelector::change_to(const Source& source, const LayerPacket& given, std::int64_t number,
                              std::int64_t timestamp, TimePoint now) {
  if (forwarded_) {
    const auto before = std::ranges::find(sources_, *forwarded_, &Source::id);
    // Pictures of one moment arrive at the same time from all encodings, if they are not delayed.
    const std::int64_t same_moment = timestamp + before->clock.at(now) - source.clock.at(now);
    auto next = static_cast<std::uint32_t>(same_moment) + timestamp_offset_;
    if (!rtp::is_later(next, last_timestamp_)) next = last_timestamp_ + 1;
    timestamp_offset_ = next - given.packet.timestamp;
    const auto info = formats::read_layer(given.packet.codec, given.packet.payload).value_or(formats::LayerInfo{});
    picture_id_offset_ = static_cast<std::uint16_t>(last_picture_id_ + 1 - info.picture_id.value_or(0));
    base_index_offset_ = static_cast<std::uint8_t>(last_base_index_ + 1 - info.base_index.value_or(0));
  }
  forwarded_ = source.id;
  current_ = target_;
  numbers_.begin(number);
  descriptors_ = {};
  chooser_ = {};
  pictures_.clear();
  may_switch_up_ = false;
}

/// Decides for all packets of a picture when the first of them comes.
LayerSelector::Picture LayerSelector::picture_of(std::int64_t timestamp, const formats::LayerInfo& info, bool key,
                                                 const std::optional<FrameChooser::Choice>& choice) {
  const auto behind = std::ranges::upper_bound(pictures_, timestamp, {}, &Picture::timestamp);
  // Careless senders have several pictures of one time; then their ids tell them apart.
  for (auto known = behind; known != pictures_.begin() && (--known)->timestamp == timestamp;)
    if (!info.picture_id || known->id == info.picture_id) return *known;
  Picture picture{.timestamp = timestamp, .id = info.picture_id};
  if (behind == pictures_.end()) {
    if (!choice) follow_target(info, key);
    picture.spatial_index = current_->spatial_index;
    picture.temporal_index = current_->temporal_index;
    picture.forwarded = choice ? choice->forwarded : info.temporal_index <= picture.temporal_index;
    if (!picture.forwarded && info.counts_pictures) --picture_id_offset_;
    picture.id_offset = picture_id_offset_;
  } else {
    // All of it has been late: as with the picture before it.
    const Picture& like = behind == pictures_.begin() ? *behind : *std::prev(behind);
    picture.spatial_index = like.spatial_index;
    picture.temporal_index = like.temporal_index;
    picture.forwarded = choice ? choice->forwarded : info.temporal_index <= picture.temporal_index;
    picture.id_offset = like.id_offset;
  }
  pictures_.insert(behind, picture);
  if (pictures_.size() > kMostPictures) pictures_.erase(pictures_.begin());
  return picture;
}

/// To what was selected, as far as this picture allows it.
void LayerSelector::follow_target(const formats::LayerInfo& info, bool key) {
  using formats::SwitchUp;
  Layer& now = *current_;
  if (target_ && target_->rid == now.rid) {
    now.spatial_index = std::min(now.spatial_index, target_->spatial_index);
    now.temporal_index = std::min(now.temporal_index, target_->temporal_index);
    if (key) now.spatial_index = target_->spatial_index;
    if (key || may_switch_up_) {
      now.temporal_index = target_->temporal_index;
    } else if (info.temporal_index == now.temporal_index + 1 && info.temporal_index <= target_->temporal_index &&
               (info.switch_up == SwitchUp::ThisPicture ||
                (info.switch_up == SwitchUp::NextPicture && has_references(info)))) {
      now.temporal_index = info.temporal_index;
    }
  }
  may_switch_up_ = info.switch_up == SwitchUp::NextPicture && info.temporal_index <= now.temporal_index;
}

/// Whether everything that the picture says it refers to has been forwarded.
bool LayerSelector::has_references(const formats::LayerInfo& info) const {
  if (!info.picture_id || info.references[0] == 0) return false;
  return std::ranges::all_of(info.references, [&](std::uint8_t distance) {
    const auto id = static_cast<std::uint16_t>((*info.picture_id - distance) & 0x7FFF);
    const auto found = std::ranges::find(pictures_, std::optional(id), &Picture::id);
    return distance == 0 || (found != pictures_.end() && found->forwarded);
  });
}

}  // namespace parley::media
