#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "formats/annex_b.hpp"
#include "formats/format.hpp"
#include "formats/parts.hpp"

/// What the payload formats of H.264 (RFC 6184) and H.265 (RFC 7798) have in common: a payload is one NAL unit, several
/// together, or a fragment of one. They differ in the headers, which a `Syntax` tells:
///   kHeader               how long the header of a unit is, which is also a payload's
///   kTogether, kFragment  the types of payloads that are not one unit
///   type(bytes)           of a unit or payload that has a header
///   is_unit(type)         whether it may be a unit's
///   together(units)       the header of a payload of them
///   fragment(unit)        the header of its fragments
///   unit(payload)         the header of the unit whose fragment it is
///   tells(unit)           what is known by the header and a byte behind it
///   note(unit, info)      adds what the whole unit tells
namespace parley::formats {

namespace fragment_flag {
inline constexpr std::uint8_t kBegins = 0x80, kEnds = 0x40;
}

template <class Syntax>
bool is_whole_unit(ByteView unit) {
  return unit.size() >= Syntax::kHeader && Syntax::is_unit(Syntax::type(unit));
}

/// Whether small units that follow each other share a payload.
enum class Aggregation { Never, WhereThereIsRoom };

/// Sends units as payloads.
template <class Syntax>
class UnitSender {
 public:
  UnitSender(std::size_t most, PayloadSink& sink, Aggregation aggregation)
      : most_(most), most_together_(aggregation == Aggregation::Never ? 1 : kMostTogether), sink_(sink) {}

  void add(ByteView unit, bool last) {
    const std::size_t grown = size_ + kLengthSize + unit.size();
    if (!together_.empty() && (grown > most_ || together_.size() == most_together_)) flush(false);
    if (unit.size() > most_) {
      fragment(unit, last);
      return;
    }
    together_.push_back(unit);
    size_ += kLengthSize + unit.size();
    if (last) flush(true);
  }

 private:
  static constexpr std::size_t kMostTogether = 16;
  static constexpr std::size_t kLengthSize = 2;

  void flush(bool last) {
    if (together_.size() == 1) {
      sink_.on_payload(together_, last);
    } else {
      const auto head = Syntax::together(together_);
      std::array<std::array<std::uint8_t, kLengthSize>, kMostTogether> sizes{};
      std::array<ByteView, 1 + 2 * kMostTogether> pieces{head};
      std::size_t count = 1;
      for (std::size_t i = 0; i < together_.size(); ++i) {
        const std::size_t size = together_[i].size();
        sizes[i] = {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
        pieces[count++] = sizes[i];
        pieces[count++] = together_[i];
      }
      sink_.on_payload(std::span(pieces).first(count), last);
    }
    together_.clear();
    size_ = Syntax::kHeader;
  }

  void fragment(ByteView unit, bool last) {
    const auto head = Syntax::fragment(unit);
    const std::size_t room = most_ - Syntax::kHeader - 1;
    in_even_parts(unit.subspan(Syntax::kHeader), room, [&](ByteView part, bool first, bool end) {
      const std::array<std::uint8_t, 1> flags{static_cast<std::uint8_t>(
          Syntax::type(unit) | (first ? fragment_flag::kBegins : 0) | (end ? fragment_flag::kEnds : 0))};
      const ByteView pieces[] = {head, flags, part};
      sink_.on_payload(pieces, last && end);
    });
  }

  std::size_t most_, most_together_;
  PayloadSink& sink_;
  std::vector<ByteView> together_;
  std::size_t size_ = Syntax::kHeader;  ///< of the payload that `together_` would make
};

/// Sends the units of an Annex B stream but for those of type `delimiter`: packets delimit. Units whose type would be
/// taken for a payload's are left out, too.
template <class Syntax>
Result<void> send_units(ByteView stream, std::uint8_t delimiter, std::size_t most, PayloadSink& sink,
                        Aggregation aggregation = Aggregation::WhereThereIsRoom) {
  std::vector<ByteView> units = nal_units(stream);
  std::erase_if(units, [&](ByteView unit) { return !is_whole_unit<Syntax>(unit) || Syntax::type(unit) == delimiter; });
  if (units.empty()) return fail(ErrorKind::DataError, "not an Annex B byte stream");
  UnitSender<Syntax> sender(most, sink, aggregation);
  for (std::size_t i = 0; i < units.size(); ++i) sender.add(units[i], i + 1 == units.size());
  return {};
}

/// Calls `each(unit)` for all that are together in a payload. False if it is broken.
template <class Syntax, class Each>
bool each_together(ByteView payload, Each each) {
  ByteReader reader(payload.subspan(Syntax::kHeader));
  if (reader.remaining() == 0) return false;
  while (reader.remaining() > 0) {
    const auto size = reader.number<std::uint16_t>();
    const auto unit = size ? reader.take(*size) : std::nullopt;
    if (!unit || !is_whole_unit<Syntax>(*unit)) return false;
    each(*unit);
  }
  return true;
}

template <class Syntax>
struct Fragment {
  explicit Fragment(ByteView payload)
      : begins((payload[Syntax::kHeader] & fragment_flag::kBegins) != 0),
        ends((payload[Syntax::kHeader] & fragment_flag::kEnds) != 0),
        header(Syntax::unit(payload)),
        part(payload.subspan(Syntax::kHeader + 1)) {}
  bool begins, ends;
  std::array<std::uint8_t, Syntax::kHeader> header;
  ByteView part;
};

/// nullopt if it is broken. It may be empty (RFC 6184 section 5.8).
template <class Syntax>
std::optional<Fragment<Syntax>> read_fragment(ByteView payload) {
  if (payload.size() < Syntax::kHeader + 1) return std::nullopt;
  Fragment<Syntax> fragment(payload);
  return is_whole_unit<Syntax>(fragment.header) ? std::optional(fragment) : std::nullopt;
}

template <class Syntax>
Result<PayloadInfo> inspect_units(ByteView payload) {
  PayloadInfo info;
  bool valid = payload.size() >= Syntax::kHeader;
  if (!valid) {
  } else if (Syntax::type(payload) == Syntax::kTogether) {
    // What is in front of the one that is known to begin a frame belongs to it: messages, other parameter sets.
    valid = each_together<Syntax>(payload, [&](ByteView unit) {
      const PayloadInfo told = Syntax::tells(unit);
      if (told.begins_frame)
        info.may_follow_others = told.may_follow_others && (info.may_follow_others || !info.begins_frame);
      info.begins_frame = info.begins_frame || told.begins_frame;
      info.key_frame = info.key_frame || told.key_frame;
    });
  } else if (Syntax::type(payload) == Syntax::kFragment) {
    const auto fragment = read_fragment<Syntax>(payload);
    valid = fragment.has_value();
    if (valid) {
      std::array<std::uint8_t, Syntax::kHeader + 1> start{};
      std::ranges::copy(fragment->header, start.begin());
      if (!fragment->part.empty()) start.back() = fragment->part.front();
      info = Syntax::tells(ByteView(start).first(Syntax::kHeader + (fragment->part.empty() ? 0 : 1)));
      info.begins_frame = info.begins_frame && fragment->begins;
      info.may_follow_others = info.may_follow_others && info.begins_frame;
    }
  } else {
    valid = is_whole_unit<Syntax>(payload);
    if (valid) info = Syntax::tells(payload);
  }
  if (!valid) return fail(ErrorKind::DataError, "not a payload of NAL units");
  return info;
}

/// Puts fragments together.
template <class Syntax>
class UnitJoiner {
 public:
  /// The unit that this fragment ends, if it ends one. DataError if it does not follow the one before.
  Result<ByteView> add(ByteView payload) {
    if (ended_) unit_.clear();
    ended_ = false;
    const auto fragment = read_fragment<Syntax>(payload);
    if (!fragment) return fail(ErrorKind::DataError, "a broken fragment");
    if (fragment->begins != unit_.empty() ||
        (!fragment->begins && Syntax::type(unit_) != Syntax::type(fragment->header)))
      return fail(ErrorKind::DataError, "a fragment is missing");
    if (fragment->begins) unit_.assign(fragment->header.begin(), fragment->header.end());
    unit_.insert(unit_.end(), fragment->part.begin(), fragment->part.end());
    ended_ = fragment->ends;
    return ended_ ? ByteView(unit_) : ByteView();
  }
  /// Nothing of a unit is missing.
  [[nodiscard]] bool idle() const { return ended_; }

 private:
  Bytes unit_;
  bool ended_ = true;
};

template <class Syntax>
Result<Frame> join_units(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads) + 4 * payloads.size());
  UnitJoiner<Syntax> joiner;
  const auto take = [&](ByteView unit) {
    Syntax::note(unit, frame.info);
    append_nal_unit(frame.data, unit);
  };
  for (const ByteView payload : payloads) {
    if (payload.size() < Syntax::kHeader) return fail(ErrorKind::DataError, "a payload without header");
    const std::uint8_t type = Syntax::type(payload);
    if (type == Syntax::kFragment) {
      const auto unit = joiner.add(payload);
      if (!unit) return Unexpected(unit.error());
      if (!unit->empty()) take(*unit);
    } else if (!joiner.idle()) {
      return fail(ErrorKind::DataError, "a fragment is missing");
    } else if (type == Syntax::kTogether) {
      if (!each_together<Syntax>(payload, take)) return fail(ErrorKind::DataError, "units are cut off");
    } else if (Syntax::is_unit(type)) {
      take(payload);
    } else {
      return fail(ErrorKind::DataError, "not a payload of NAL units");
    }
  }
  if (!joiner.idle() || frame.data.empty()) return fail(ErrorKind::DataError, "the end of a unit is missing");
  return frame;
}

}  // namespace parley::formats
