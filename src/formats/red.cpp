#include "formats/red.hpp"

namespace parley::formats {
namespace {

/// Section 3: F, 7 bits of type, 14 of offset, 10 of length; and for the last block F and the type alone.
constexpr std::uint8_t kFollowed = 0x80;
constexpr std::size_t kHeaderSize = 4, kLastHeaderSize = 1;
constexpr std::uint32_t kMostOffset = 0x3FFF, kMostLength = 0x3FF;
/// Nobody repeats more; each of them may be a frame.
constexpr std::size_t kMostBlocks = 32;

}  // namespace

Result<std::vector<RedBlock>> read_red(ByteView payload) {
  ByteReader reader(payload);
  std::vector<RedBlock> blocks;
  std::vector<std::size_t> sizes;
  for (;;) {
    const auto type = reader.number<std::uint8_t>();
    if (!type) return fail(ErrorKind::DataError, "a redundant payload without a last header");
    if (blocks.size() == kMostBlocks) return fail(ErrorKind::DataError, "too many redundant blocks");
    RedBlock& block = blocks.emplace_back();
    block.payload_type = *type & static_cast<std::uint8_t>(~kFollowed);
    if ((*type & kFollowed) == 0) break;
    const auto high = reader.number<std::uint8_t>();
    const auto low = reader.number<std::uint16_t>();
    if (!high || !low) return fail(ErrorKind::DataError, "a redundant payload's header is cut off");
    block.timestamp_offset = static_cast<std::uint16_t>(*high << 6 | *low >> 10);
    sizes.push_back(*low & kMostLength);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto data = reader.take(i < sizes.size() ? sizes[i] : reader.remaining());
    if (!data) return fail(ErrorKind::DataError, "a redundant block is cut off");
    blocks[i].data = *data;
  }
  return blocks;
}

/// How many of the frames before, from the newest on.
std::size_t RedWriter::fitting(std::uint32_t timestamp, std::size_t room) const {
  std::size_t count = 0;
  while (count < sent_.size()) {
    const Sent& next = sent_[sent_.size() - 1 - count];
    const std::size_t needed = kHeaderSize + next.data.size();
    // An offset of 0 or beyond the half of all is not of the past.
    const std::uint32_t offset = timestamp - next.timestamp;
    if (offset == 0 || offset > kMostOffset || next.data.size() > kMostLength || needed > room) break;
    room -= needed;
    ++count;
  }
  return count;
}

Result<Bytes> RedWriter::write(std::uint8_t payload_type, std::uint32_t timestamp, ByteView frame, std::size_t most) {
  if (frame.size() + kLastHeaderSize > most)
    return fail(ErrorKind::DataError, "an audio frame has to fit into one packet");
  const std::size_t repeated = fitting(timestamp, most - frame.size() - kLastHeaderSize);
  const auto first = sent_.end() - static_cast<std::ptrdiff_t>(repeated);
  Bytes payload;
  ByteWriter writer(payload);
  for (auto one = first; one != sent_.end(); ++one) {
    const std::uint32_t offset = timestamp - one->timestamp, size = static_cast<std::uint32_t>(one->data.size());
    const std::uint32_t type = kFollowed | one->payload_type;
    writer.number(type << 24 | offset << 10 | size);
  }
  writer.number(static_cast<std::uint8_t>(payload_type & ~kFollowed));
  for (auto one = first; one != sent_.end(); ++one) writer.bytes(one->data);
  writer.bytes(frame);
  sent_.push_back({static_cast<std::uint8_t>(payload_type & ~kFollowed), timestamp, Bytes(frame.begin(), frame.end())});
  if (sent_.size() > repeats_) sent_.pop_front();
  return payload;
}

}  // namespace parley::formats
