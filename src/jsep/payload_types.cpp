#include <algorithm>
#include <iterator>

#include "jsep/protection.hpp"
#include "jsep/static_payload_types.hpp"

namespace parley::jsep {
namespace {

/// Whether two formats may have one number. Who does not say what RED carries contradicts nobody.
bool same_meaning(const Format& a, const Format& b) {
  const bool same_blocks = a.blocks.empty() || b.blocks.empty() || a.blocks == b.blocks;
  return matches(a.codec, b.codec) && a.associated == b.associated && same_blocks;
}

/// RFC 5761 section 4 leaves these, the usual ones first.
struct Range {
  unsigned first, last;
};
constexpr Range kDynamic[] = {{96, 127}, {35, 63}};

}  // namespace

void PayloadTypes::bind(const Format& format) {
  const auto known = std::ranges::find(bindings_, format.payload_type,
                                       [](const Binding& binding) { return binding.format.payload_type; });
  if (known == bindings_.end())
    bindings_.push_back({.format = format});
  else if (!same_meaning(known->format, format))
    known->ambiguous = true;
}

void PayloadTypes::bind(const std::vector<Format>& formats) {
  for (const Format& format : formats) bind(format);
}

bool PayloadTypes::is_free(PayloadType payload_type) const {
  return std::ranges::none_of(bindings_,
                              [&](const Binding& binding) { return binding.format.payload_type == payload_type; });
}

std::optional<PayloadType> PayloadTypes::existing(const Format& format, const std::vector<Format>& except) const {
  std::optional<PayloadType> similar;
  for (const Binding& binding : bindings_) {
    const PayloadType payload_type = binding.format.payload_type;
    if (binding.ambiguous || !same_meaning(binding.format, format) || find_format(except, payload_type)) continue;
    if (has_same_parameters(binding.format.codec, format.codec)) return payload_type;
    if (!similar) similar = payload_type;
  }
  return similar;
}

std::optional<PayloadType> PayloadTypes::number(const Format& format, const std::vector<Format>& except) {
  if (const auto known = existing(format, except)) return known;
  const auto take = [&](PayloadType payload_type) {
    Format bound = format;
    bound.payload_type = payload_type;
    bind(bound);
    return payload_type;
  };
  if (const auto fixed = static_payload_type(format.codec); fixed && is_free(*fixed)) return take(*fixed);
  if (const auto usual = usual_payload_type(format); usual && is_free(*usual)) return take(*usual);
  for (const bool of_others : {false, true})
    for (const auto& [first, last] : kDynamic)
      for (unsigned i = first; i <= last; ++i)
        if (const PayloadType candidate(static_cast<std::uint8_t>(i));
            is_free(candidate) && is_usual_payload_type(candidate) == of_others)
          return take(candidate);
  return std::nullopt;
}

namespace {

/// Numbers a list. Every entry becomes a group: its own format and the RTX that repairs it.
class Numbering {
 public:
  Numbering(const std::vector<Codec>& codecs, PayloadTypes& in_use) : codecs_(codecs), in_use_(in_use) {}

  std::vector<Format> run() {
    std::vector<std::vector<Format>> groups(codecs_.size());
    // RED of audio names others by their numbers, which have to exist first.
    for (const bool repeats : {false, true})
      for (std::size_t i = 0; i < codecs_.size(); ++i)
        if (!is_rtx(codecs_[i]) && repeats_others(codecs_[i]) == repeats) groups[i] = group_of(codecs_[i]);
    std::vector<Format> formats;
    for (std::vector<Format>& group : groups) std::ranges::move(group, std::back_inserter(formats));
    return formats;
  }

 private:
  static bool repeats_others(const Codec& codec) { return is_red(codec) && kind_of(codec) == MediaKind::Audio; }

  /// Numbers are taken from `in_use_`; `numbered_` has those of this section.
  bool add(std::vector<Format>& group, Format format) {
    const auto number = in_use_.number(format, numbered_);
    if (!number) return false;
    format.payload_type = *number;
    numbered_.push_back(format);
    group.push_back(std::move(format));
    return true;
  }

  std::vector<Format> group_of(const Codec& codec) {
    std::vector<Format> group;
    Format format{.codec = codec};
    if (repeats_others(codec)) {
      const Format* repeated = first_media_like(codec);
      if (!repeated) return {};
      format.blocks = {repeated->payload_type, repeated->payload_type};
    }
    if (!add(group, std::move(format)) || !can_be_repaired(codec)) return group;
    const auto rtx = std::ranges::find_if(
        codecs_, [&](const Codec& other) { return is_rtx(other) && other.clock_rate == codec.clock_rate; });
    if (rtx != codecs_.end()) add(group, {.codec = *rtx, .associated = group.front().payload_type});
    return group;
  }

  const Format* first_media_like(const Codec& red) const {
    const auto found = std::ranges::find_if(numbered_, [&](const Format& format) {
      return is_media(format.codec) && format.codec.clock_rate == red.clock_rate &&
             format.codec.channels == red.channels;
    });
    return found == numbered_.end() ? nullptr : &*found;
  }

  const std::vector<Codec>& codecs_;
  PayloadTypes& in_use_;
  std::vector<Format> numbered_;
};

}  // namespace

std::vector<Format> number_codecs(const std::vector<Codec>& codecs, PayloadTypes& in_use) {
  return Numbering(codecs, in_use).run();
}

}  // namespace parley::jsep
