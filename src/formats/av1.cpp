#include "formats/av1.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "formats/av1_obu.hpp"

namespace parley::formats {
namespace {

/// The aggregation header.
constexpr std::uint8_t kContinues = 0x80;    // Z: the first element continues one of the packet before
constexpr std::uint8_t kContinued = 0x40;    // Y: the last one goes on in the next packet
constexpr std::uint8_t kNewSequence = 0x08;  // N

bool is_left_out(const Obu& obu) {
  return obu.is(ObuType::TemporalDelimiter) || obu.is(ObuType::TileList) || obu.is(ObuType::Padding);
}

std::optional<std::vector<Obu>> read_unit(ByteView frame) {
  std::vector<Obu> obus;
  ByteReader reader(frame);
  while (reader.remaining() > 0) {
    const auto obu = read_obu(reader);
    if (!obu) return std::nullopt;
    if (!is_left_out(*obu)) obus.push_back(*obu);
  }
  return obus;
}

/// Fills packets with OBUs as elements that all tell their length (W is 0).
class Sender {
 public:
  Sender(const std::vector<Obu>& obus, bool begins_sequence, std::size_t most, PayloadSink& sink)
      : most_(std::min(most, kLongest)), sink_(sink) {
    for (const Obu& obu : obus) rest_ += kLengthSize + obu.header.size() + obu.content.size();
    if (begins_sequence) head_ = kNewSequence;
    share();
  }

  void add(const Obu& obu) {
    Bytes header(obu.header.begin(), obu.header.end());
    header[0] &= static_cast<std::uint8_t>(~0x02U);  // the element tells the size
    // The header and a byte of content at least.
    if (room() < header.size() + 1) flush(0);
    ByteView content = obu.content;
    append(header, take(content, room() - header.size()));
    while (!content.empty()) {
      rest_ += kLengthSize;
      flush(kContinued);
      head_ = kContinues;
      append({}, take(content, room()));
    }
  }
  void finish() { send(0, true); }

 private:
  static constexpr std::size_t kHeadSize = 1;
  static constexpr std::size_t kLengthSize = 2;
  static constexpr std::size_t kLongest = 1U << 14;  // what such a length can tell

  static ByteView take(ByteView& from, std::size_t most) {
    const ByteView taken = from.first(std::min(from.size(), most));
    from = from.subspan(taken.size());
    return taken;
  }
  [[nodiscard]] std::size_t room() const {
    const std::size_t used = kHeadSize + packet_.size() + kLengthSize;
    return used >= limit_ ? 0 : limit_ - used;
  }
  /// Gives the next packet its share of what is left, so that all are about equally long.
  void share() {
    const std::size_t whole = most_ - kHeadSize - kLengthSize;
    const std::size_t packets = std::max<std::size_t>((rest_ + whole - 1) / whole, 1);
    limit_ = kHeadSize + kLengthSize + (rest_ + packets - 1) / packets;
  }
  void append(ByteView header, ByteView part) {
    append_leb128(packet_, static_cast<std::uint32_t>(header.size() + part.size()));
    packet_.insert(packet_.end(), header.begin(), header.end());
    packet_.insert(packet_.end(), part.begin(), part.end());
    rest_ -= kLengthSize + header.size() + part.size();
  }
  void flush(std::uint8_t flags) {
    send(flags, false);
    head_ = 0;
    share();
  }
  void send(std::uint8_t flags, bool last) {
    const std::array<std::uint8_t, 1> head{static_cast<std::uint8_t>(head_ | flags)};
    const ByteView pieces[] = {head, packet_};
    sink_.on_payload(pieces, last);
    packet_.clear();
  }

  std::size_t most_, limit_ = 0;
  std::size_t rest_ = 0;  ///< of all elements, with their lengths
  PayloadSink& sink_;
  std::uint8_t head_ = 0;
  Bytes packet_;
};

/// Calls `each(element)` for the elements of one payload, as long as it returns true. False if the payload is cut off.
template <class Each>
bool each_element(ByteView payload, Each each) {
  if (payload.size() < 2) return false;
  const unsigned count = payload[0] >> 4 & 3;
  ByteReader reader(payload.subspan(1));
  for (unsigned number = 1; reader.remaining() > 0; ++number) {
    std::size_t size = reader.remaining();
    if (count == 0 || number < count) {
      const auto told = read_leb128(reader);
      if (!told) return false;
      size = *told;
    }
    const auto element = reader.take(size);
    if (!element) return false;
    if (!each(*element)) return true;
  }
  return true;
}

/// What of a frame's beginning tells whether decoding can begin with it. N says so, and then nothing else counts, since
/// programs encrypt frames. But not all senders set it: without, it is a sequence header before a key frame.
class Beginning {
 public:
  explicit Beginning(bool new_sequence) : new_sequence_(new_sequence) {}

  /// The next OBU, or as much of it as is there. False if nothing else counts.
  bool add(ByteView obu) {
    ByteReader reader(obu);
    const auto first = reader.number<std::uint8_t>();
    if (!first) return false;
    const auto is = [&](ObuType type) { return (*first >> 3 & 0x0F) == static_cast<int>(type); };
    if (is(ObuType::SequenceHeader)) has_header_ = true;
    if (!is(ObuType::Frame) && !is(ObuType::FrameHeader)) return true;
    if ((*first & 0x04) != 0) reader.number<std::uint8_t>();
    if ((*first & 0x02) != 0) read_leb128(reader);
    // AV1 bitstream specification section 5.9.2: show_existing_frame and frame_type, all zero in key frames.
    const auto head = reader.number<std::uint8_t>();
    is_delta_ = head && (*head & 0xE0) != 0;
    return false;
  }
  [[nodiscard]] bool is_key_frame() const { return new_sequence_ || (has_header_ && !is_delta_); }

 private:
  bool new_sequence_, has_header_ = false, is_delta_ = false;
};

}  // namespace

/// Encoders may repeat the sequence header wherever they like. What is in front of a key frame may be encrypted.
static bool begins_sequence(const std::vector<Obu>& obus, const FrameInfo& info) {
  const bool has_header = std::ranges::any_of(obus, [](const Obu& obu) { return obu.is(ObuType::SequenceHeader); });
  const auto is_frame = [](const Obu& obu) { return obu.is(ObuType::Frame) || obu.is(ObuType::FrameHeader); };
  const auto head = std::ranges::find_if(obus, is_frame);
  const bool is_delta = head != obus.end() && !head->content.empty() && (head->content[0] & 0xE0) != 0;
  return has_header && (info.key_frame || !is_delta);
}

Result<void> Av1Packetizer::packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) {
  const auto obus = read_unit(frame);
  if (!obus || obus->empty()) return fail(ErrorKind::DataError, "an AV1 frame is a sequence of OBUs");
  Sender sender(*obus, begins_sequence(*obus, info), most, sink);
  for (const Obu& obu : *obus) sender.add(obu);
  sender.finish();
  return {};
}

Result<PayloadInfo> Av1Depacketizer::inspect(ByteView payload) const {
  if (payload.size() < 2) return fail(ErrorKind::DataError, "an AV1 payload is cut off");
  const bool new_sequence = (payload[0] & kNewSequence) != 0, continues = (payload[0] & kContinues) != 0;
  if (new_sequence && continues) return fail(ErrorKind::DataError, "a sequence begins inside an OBU");
  Beginning beginning(new_sequence);
  if (!new_sequence && !continues) each_element(payload, [&](ByteView element) { return beginning.add(element); });
  return PayloadInfo{.begins_frame = beginning.is_key_frame(), .key_frame = beginning.is_key_frame()};
}

Result<Frame> Av1Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads));
  Beginning beginning(!payloads.empty() && !payloads[0].empty() && (payloads[0][0] & kNewSequence) != 0);
  bool begun = false, goes_on = false;  // of the unit
  bool told = false;
  Bytes unit;
  // What has been put together. None is empty; otherwise a packet of zeros would be thousands of them.
  const auto finish = [&] {
    ByteReader reader(unit);
    const auto obu = read_obu(reader);
    if (!obu) return false;
    if (!is_left_out(*obu)) {
      if (!told) told = !beginning.add(unit);
      if (obu->is(ObuType::SequenceHeader)) read_sequence_header(obu->content, frame.info);
      if (obu->header.size() > 1) {
        frame.info.temporal_index = obu->header[1] >> 5;
        frame.info.spatial_index = obu->header[1] >> 3 & 3;
      }
      append_obu(frame.data, *obu);
    }
    unit.clear();
    return true;
  };
  for (const ByteView payload : payloads) {
    if (payload.size() < 2) return fail(ErrorKind::DataError, "an AV1 payload is cut off");
    if (((payload[0] & kContinues) != 0) != goes_on) return fail(ErrorKind::DataError, "a part of an OBU is missing");
    bool broken = false;
    const bool whole = each_element(payload, [&](ByteView element) {
      if (begun && !goes_on && !finish()) broken = true;
      begun = true;
      goes_on = false;
      unit.insert(unit.end(), element.begin(), element.end());
      return !broken;
    });
    if (!whole) return fail(ErrorKind::DataError, "an AV1 payload is cut off");
    if (broken) return fail(ErrorKind::DataError, "a broken OBU");
    goes_on = (payload[0] & kContinued) != 0;
  }
  if (goes_on) return fail(ErrorKind::DataError, "the end of an OBU is missing");
  if (!begun || !finish()) return fail(ErrorKind::DataError, "a broken OBU");
  if (frame.data.empty()) return fail(ErrorKind::DataError, "an empty AV1 frame");
  frame.info.key_frame = beginning.is_key_frame();
  return frame;
}

}  // namespace parley::formats
