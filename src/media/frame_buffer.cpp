#include "media/frame_buffer.hpp"

#include <algorithm>

namespace parley::media {

/// What is kept while a key frame is waited for: enough for one whose first packet comes late.
static constexpr std::int64_t kBeforeKeyFrame = 1024;
static constexpr std::int64_t kBeforeFirst = 64;

/// Nothing of its frame comes before it.
static bool begins_alone(const formats::PayloadInfo& info) { return info.begins_frame && !info.may_follow_others; }

const FrameBuffer::Slot* FrameBuffer::find(std::int64_t number) const {
  const Slot& slot = slots_[static_cast<std::size_t>(number) & (slots_.size() - 1)];
  return slot.number == number ? &slot : nullptr;
}

/// The ring grows with the distance between what is waited for and what arrives.
void FrameBuffer::make_room(std::int64_t number) {
  const auto needed = static_cast<std::size_t>(std::max(number, highest_) - oldest_ + 1);
  if (needed <= slots_.size()) return;
  std::size_t size = slots_.size();
  while (size < needed) size *= 2;
  std::vector<Slot> larger(size);
  payload_bytes_ = 0;
  for (Slot& slot : slots_) {
    if (slot.number < oldest_) continue;
    payload_bytes_ += slot.payload.capacity();
    larger[static_cast<std::size_t>(slot.number) & (size - 1)] = std::move(slot);
  }
  slots_ = std::move(larger);
}

bool FrameBuffer::insert(const MediaPacket& packet, TimePoint now) {
  constexpr auto kReach = static_cast<std::int64_t>(kMost);
  if (highest_ < 0) {
    // The first that arrives need not be the first that was sent.
    oldest_ = std::max<std::int64_t>(packet.number - kBeforeFirst, 0);
    first_ = packet.number;
    if (continuity_ == Continuity::Any) begin_at(packet.number);
  }
  if (packet.number < oldest_ || find(packet.number) != nullptr) return false;
  if (packet.number - oldest_ >= kReach) {
    forget(std::min(packet.number - kReach + 1, highest_ + 1));
    oldest_ = std::max(oldest_, packet.number - kReach + 1);
    if (next_ ? *next_ < oldest_ : trust_.may_continue()) {
      begin_at(oldest_);
      wait_for_key_frame();
    }
  }
  make_room(packet.number);
  Slot& slot = slots_[static_cast<std::size_t>(packet.number) & (slots_.size() - 1)];
  slot.number = packet.number;
  slot.timestamp = packet.timestamp;
  slot.marker = packet.marker;
  slot.payload_type = packet.payload_type;
  slot.info = packet.info;
  payload_bytes_ -= slot.payload.capacity();
  slot.payload.assign(packet.payload.begin(), packet.payload.end());
  payload_bytes_ += slot.payload.capacity();
  slot.arrival = now;
  slot.audio_level = packet.audio_level;
  highest_ = std::max(highest_, packet.number);
  if (needs_key_frame()) forget(highest_ - kBeforeKeyFrame);
  while (find(whole_until_) != nullptr) ++whole_until_;
  return true;
}

void FrameBuffer::begin_at(std::int64_t number) {
  next_ = number;
  awaited_.reset();
  forget(number);
  whole_until_ = std::max(whole_until_, number);
  while (find(whole_until_) != nullptr) ++whole_until_;
}

void FrameBuffer::go_on_after(std::int64_t last, const formats::PayloadInfo& head) {
  last_picture_ = head.picture_id;
  // Where a picture may begin with something else, nobody sees what is missing in front of it.
  if (continuity_ == Continuity::KeyFrame) begins_alone(head) ? trust_.given(head) : trust_.give_up();
  passed_until_ = last + 1;
  begin_at(last + 1);
  if (!trust_.is_whole()) next_.reset();  // not every frame can be decoded
}

void FrameBuffer::wait_for_key_frame() {
  if (continuity_ == Continuity::Any) return;
  trust_.give_up();
  next_.reset();
}

void FrameBuffer::forget(std::int64_t end) {
  for (; oldest_ < end; ++oldest_) {
    Slot& slot = slots_[static_cast<std::size_t>(oldest_) & (slots_.size() - 1)];
    if (slot.number != oldest_) continue;
    slot.number = -1;
    if (oldest_ < given_until_ || slot.payload.empty() || last_dropped_ == slot.timestamp) continue;
    last_dropped_ = slot.timestamp;
    ++dropped_;
  }
}

bool FrameBuffer::begins(const Slot& slot) const {
  return !slot.payload.empty() && slot.info.begins_frame && slot.info.key_frame;
}

/// The first frame that needs none of what is lost. What is missing in front of it has to come first, or be given up.
std::optional<std::int64_t> FrameBuffer::find_decodable() {
  for (std::int64_t& number = passed_until_; number <= highest_; ++number) {
    const Slot* slot = find(number);
    if (slot == nullptr) {
      awaited_ = number;
      return std::nullopt;
    }
    if (slot->payload.empty()) continue;
    using enum TemporalTrust::Verdict;
    const Slot* const before = find(number - 1);
    const bool is_inside = before == nullptr || before->payload.empty() || before->timestamp == slot->timestamp;
    const auto verdict = begins_alone(slot->info) ? trust_.judge(slot->info) : is_inside ? PassOver : Broken;
    if (verdict == Decodable) return number;
    if (verdict == Broken) {
      trust_.give_up();
      return std::nullopt;
    }
    trust_.passed_over(slot->info);
  }
  return std::nullopt;
}

/// Where video can go on after a loss, or begin: the oldest key frame whose first packet is there. If that may have had
/// others in front of it, what is missing there has to come first, or be given up.
void FrameBuffer::find_a_start() {
  last_picture_.reset();
  awaited_.reset();
  if (trust_.may_continue()) {
    if (const auto decodable = find_decodable()) {
      whole_until_ = *decodable;
      begin_at(*decodable);
      return;
    }
  }
  for (std::int64_t number = trust_.may_continue() ? passed_until_ : oldest_; number <= highest_; ++number) {
    const Slot* slot = find(number);
    if (slot == nullptr || !begins(*slot)) continue;
    bool may_follow = slot->info.may_follow_others;
    // Packets of the same frame may precede the one that is known to begin it: messages before parameter sets.
    for (const Slot* before = find(number - 1); before != nullptr && number > oldest_; before = find(number - 1)) {
      if (before->timestamp != slot->timestamp || before->payload.empty()) break;
      if (before->info.begins_frame && !before->info.may_follow_others) may_follow = false;
      --number;
    }
    if (may_follow && number > std::max(oldest_, first_) && find(number - 1) == nullptr) {
      awaited_ = number - 1;
      return;
    }
    whole_until_ = number;
    begin_at(number);
    return;
  }
}

void FrameBuffer::skip_padding() {
  for (const Slot* slot = find(*next_); slot != nullptr && slot->payload.empty(); slot = find(*next_))
    begin_at(*next_ + 1);
}

/// Packets between the last frame and the beginning of the one that is counted next had nothing of either: FEC, which
/// browsers number like media and do not send again, or padding.
void FrameBuffer::skip_lost_protection() {
  if (!last_picture_ || find(*next_) != nullptr) return;
  std::int64_t number = *next_;
  const Slot* slot = nullptr;
  while (number <= highest_ && ((slot = find(number)) == nullptr || slot->payload.empty())) ++number;
  if (number > highest_ || !slot->info.begins_frame || slot->info.may_follow_others || !slot->info.picture_id) return;
  const int id = *slot->info.picture_id, last = *last_picture_;
  const bool follows = id == ((last + 1) & 0x7FFF) || (id == 0 && last == 0x7F);
  if (follows) begin_at(number);
}

/// The last packet of the frame that begins at `first`, if all of them are there.
std::optional<std::int64_t> FrameBuffer::end_of_frame(std::int64_t first) {
  const Slot* head = find(first);
  if (head == nullptr) return std::nullopt;
  if (continuity_ == Continuity::Any) return first;
  // What was looked at when the packets before this one came need not be looked at again: frames may be large.
  std::int64_t number = looked_at_.first == first ? looked_at_.last + 1 : first;
  for (; const Slot* slot = find(number); ++number) {
    // A sender may leave the marker out, or it may be on a packet of padding.
    if (slot->timestamp != head->timestamp) return number - 1;
    if (slot->marker) return number;
  }
  looked_at_ = {first, number - 1};
  return std::nullopt;
}

std::optional<FrameBuffer::Range> FrameBuffer::complete() {
  if (highest_ < 0) return std::nullopt;
  if (!next_) find_a_start();
  if (!next_) return std::nullopt;
  skip_padding();
  skip_lost_protection();
  const auto last = end_of_frame(*next_);
  if (!last) return std::nullopt;
  return Range{*next_, *last};
}

std::optional<FrameBuffer::Head> FrameBuffer::head() {
  const auto range = complete();
  if (!range) return std::nullopt;
  const Slot& first = *find(range->first);
  Head head{.timestamp = first.timestamp, .payload_type = first.payload_type, .last_arrival = first.arrival};
  for (std::int64_t number = range->first; number <= range->last; ++number)
    head.last_arrival = std::max(head.last_arrival, find(number)->arrival);
  return head;
}

std::optional<std::int64_t> FrameBuffer::missing() const {
  if (!next_) return awaited_;
  return whole_until_ < highest_ ? std::optional(whole_until_) : std::nullopt;
}

TimePoint FrameBuffer::missing_since() const {
  std::int64_t number = missing().value_or(highest_);
  while (number < highest_ && find(number) == nullptr) ++number;
  const Slot* const behind = find(number);
  return behind == nullptr ? TimePoint() : behind->arrival;
}

bool FrameBuffer::can_do_without_missing() const {
  const auto first = missing();
  TemporalTrust trust = trust_;
  trust.lost();
  if (!first || !trust.may_continue()) return false;
  for (std::int64_t number = *first + 1; number <= highest_; ++number) {
    const Slot* slot = find(number);
    if (slot == nullptr || slot->payload.empty() || !begins_alone(slot->info)) continue;
    const auto verdict = trust.judge(slot->info);
    if (verdict != TemporalTrust::Verdict::PassOver) return verdict == TemporalTrust::Verdict::Decodable;
  }
  return false;
}

void FrameBuffer::drop() {
  if (highest_ < 0) return;
  begin_at(highest_ + 1);
  wait_for_key_frame();
  slots_ = std::vector<Slot>(kSlots);
  payload_bytes_ = 0;
}

void FrameBuffer::begin_anew() {
  const std::uint32_t dropped = dropped_;
  *this = FrameBuffer(continuity_);
  dropped_ = dropped;
}

void FrameBuffer::skip() {
  if (!next_ && !awaited_) return;
  if (continuity_ == Continuity::Any) {
    std::int64_t number = *next_;
    while (number <= highest_ && find(number) == nullptr) ++number;
    begin_at(number);
    return;
  }
  // The frame that is not whole, and with it what needs it. All that is missing there was missed at the same time.
  std::int64_t lost = missing().value_or(oldest_);
  while (lost < highest_ && find(lost + 1) == nullptr) ++lost;
  passed_until_ = lost + 1;
  forget(passed_until_);
  next_.reset();
  trust_.lost();
  find_a_start();
}

}  // namespace parley::media
