#include "jsep/protection.hpp"

#include <algorithm>

namespace parley::jsep {
namespace {

bool can_be_block(const std::vector<Format>& formats, PayloadType payload_type) {
  const Format* block = find_format(formats, payload_type);
  return block && !is_rtx(block->codec) && !is_red(block->codec);
}

/// Whether the blocks of this RED are known, after those that do not matter are taken out.
bool settle_blocks(Format& red, const std::vector<Format>& formats) {
  if (red.blocks.empty()) return true;
  const auto missing = [&](PayloadType block) { return !can_be_block(formats, block); };
  if (kind_of(red.codec) == MediaKind::Audio) return std::ranges::none_of(red.blocks, missing);
  std::erase_if(red.blocks, missing);
  return !red.blocks.empty();
}

bool repairs_something(const Format& rtx, const std::vector<Format>& formats) {
  const Format* repaired = rtx.associated ? find_format(formats, *rtx.associated) : nullptr;
  return repaired && can_be_repaired(repaired->codec) && repaired->codec.clock_rate == rtx.codec.clock_rate;
}

template <class Test>
void keep_if(std::vector<Format>& formats, Test test) {
  std::vector<Format> kept;
  for (Format format : formats)
    if (test(format)) kept.push_back(std::move(format));
  formats = std::move(kept);
}

bool has_media(const std::vector<Format>& formats, std::uint32_t clock_rate) {
  return std::ranges::any_of(
      formats, [&](const Format& other) { return is_media(other.codec) && other.codec.clock_rate == clock_rate; });
}

}  // namespace

bool can_be_repaired(const Codec& codec) { return is_media(codec) || is_red(codec); }

void drop_dangling(std::vector<Format>& formats) {
  // RTX may repair RED, and RED contains neither: in this order once is enough.
  keep_if(formats, [&](Format& format) { return !is_red(format.codec) || settle_blocks(format, formats); });
  keep_if(formats, [&](Format& format) { return !is_rtx(format.codec) || repairs_something(format, formats); });
}

void drop_unserved(std::vector<Format>& formats) {
  keep_if(formats, [&](const Format& format) {
    const bool serves = is_resiliency(format.codec) && !is_rtx(format.codec);
    return !serves || has_media(formats, format.codec.clock_rate);
  });
  if (std::ranges::none_of(formats, [](const Format& format) { return is_media(format.codec); })) formats.clear();
  drop_dangling(formats);
}

void drop_flexfec(std::vector<Format>& formats) {
  std::erase_if(formats, [](const Format& format) { return has_name(format.codec, "flexfec-03"); });
}

}  // namespace parley::jsep
