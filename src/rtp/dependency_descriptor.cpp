#include "rtp/dependency_descriptor.hpp"

#include <algorithm>
#include <utility>

#include "base/bit_reader.hpp"
#include "base/bit_writer.hpp"

namespace parley::rtp {
namespace {

/// What comes after a template in the list of layers.
enum class NextLayer : std::uint32_t { Same = 0, NextTemporal = 1, NextSpatial = 2, End = 3 };
constexpr std::size_t kMandatory = 3;  // bytes
constexpr unsigned kMostTemplateDistance = 16, kMostTemplateChain = 15;

/// How many bits a number below `n` has, and how many of the smallest do with one less: ns(n) of the AV1 specification.
std::pair<unsigned, std::uint32_t> width_of(std::uint32_t n) {
  unsigned width = 0;
  for (std::uint32_t rest = n; rest != 0; rest >>= 1) ++width;
  return {width, (1U << width) - n};
}

std::uint32_t read_below(BitReader& reader, std::uint32_t n) {
  const auto [width, shorter] = width_of(n);
  const std::uint32_t value = reader.bits(width - 1);
  return value < shorter ? value : (value << 1) - shorter + reader.bits(1);
}

void write_below(BitWriter& writer, std::uint32_t value, std::uint32_t n) {
  const auto [width, shorter] = width_of(n);
  if (value < shorter) {
    writer.bits(value, width - 1);
  } else {
    writer.bits(value + shorter, width);
  }
}

DecodeTargetUse read_use(BitReader& reader) { return static_cast<DecodeTargetUse>(reader.bits(2)); }

/// template_layers()
bool read_layers(BitReader& reader, DependencyStructure& structure) {
  FrameDependencies one;
  for (;;) {
    if (reader.failed() || structure.templates.size() == DependencyStructure::kMostTemplates) return false;
    structure.templates.push_back(one);
    switch (static_cast<NextLayer>(reader.bits(2))) {
      case NextLayer::Same:
        break;
      case NextLayer::NextTemporal:
        if (++one.temporal == DependencyStructure::kMostTemporal) return false;
        break;
      case NextLayer::NextSpatial:
        one.temporal = 0;
        if (++one.spatial == DependencyStructure::kMostSpatial) return false;
        break;
      case NextLayer::End:
        return !reader.failed();
    }
  }
}

/// template_chains()
void read_chains(BitReader& reader, DependencyStructure& structure) {
  structure.chains = read_below(reader, static_cast<std::uint32_t>(structure.decode_targets + 1));
  if (structure.chains == 0) return;
  for (std::size_t i = 0; i < structure.decode_targets; ++i)
    structure.protected_by.push_back(
        static_cast<std::uint8_t>(read_below(reader, static_cast<std::uint32_t>(structure.chains))));
  for (FrameDependencies& one : structure.templates)
    for (std::size_t i = 0; i < structure.chains; ++i) one.chains.push_back(static_cast<std::uint8_t>(reader.bits(4)));
}

/// template_dependency_structure()
std::optional<DependencyStructure> read_structure(BitReader& reader) {
  DependencyStructure structure;
  structure.first_template = static_cast<std::uint8_t>(reader.bits(6));
  structure.decode_targets = reader.bits(5) + 1;
  if (!read_layers(reader, structure)) return std::nullopt;
  for (FrameDependencies& one : structure.templates)
    for (std::size_t i = 0; i < structure.decode_targets; ++i) one.uses.push_back(read_use(reader));
  for (FrameDependencies& one : structure.templates)
    while (reader.flag()) one.distances.push_back(static_cast<std::uint16_t>(reader.bits(4) + 1));
  read_chains(reader, structure);
  if (reader.flag())
    for (unsigned i = 0; i <= structure.templates.back().spatial; ++i) {
      const std::uint32_t width = reader.bits(16) + 1, height = reader.bits(16) + 1;
      structure.sizes.push_back({.width = width, .height = height});
    }
  return reader.failed() ? std::nullopt : std::optional(std::move(structure));
}

/// Where the template with an id is.
std::size_t index_of(std::uint8_t id, const DependencyStructure& structure) {
  return (id + DependencyStructure::kMostTemplates - structure.first_template) % DependencyStructure::kMostTemplates;
}

struct Custom {
  bool uses = false, distances = false, chains = false;
};

/// frame_dependency_definition(): the template, and what differs from it.
void read_custom(BitReader& reader, Custom custom, FrameDependencies& frame) {
  if (custom.uses)
    for (DecodeTargetUse& use : frame.uses) use = read_use(reader);
  if (custom.distances) {
    frame.distances.clear();
    for (std::uint32_t size = reader.bits(2); size != 0; size = reader.bits(2))
      frame.distances.push_back(static_cast<std::uint16_t>(reader.bits(4 * size) + 1));
  }
  if (custom.chains)
    for (std::uint8_t& chain : frame.chains) chain = static_cast<std::uint8_t>(reader.bits(8));
}

void write_structure(const DependencyStructure& structure, BitWriter& writer) {
  writer.bits(structure.first_template, 6).bits(static_cast<std::uint32_t>(structure.decode_targets - 1), 5);
  for (std::size_t i = 1; i < structure.templates.size(); ++i) {
    const FrameDependencies &before = structure.templates[i - 1], &one = structure.templates[i];
    const NextLayer next = one.spatial != before.spatial     ? NextLayer::NextSpatial
                           : one.temporal != before.temporal ? NextLayer::NextTemporal
                                                             : NextLayer::Same;
    writer.bits(static_cast<std::uint32_t>(next), 2);
  }
  writer.bits(static_cast<std::uint32_t>(NextLayer::End), 2);
  for (const FrameDependencies& one : structure.templates)
    for (const DecodeTargetUse use : one.uses) writer.bits(static_cast<std::uint32_t>(use), 2);
  for (const FrameDependencies& one : structure.templates) {
    for (const unsigned distance : one.distances) writer.flag(true).bits(distance - 1, 4);
    writer.flag(false);
  }
  write_below(writer, static_cast<std::uint32_t>(structure.chains),
              static_cast<std::uint32_t>(structure.decode_targets + 1));
  for (const std::uint8_t chain : structure.protected_by)
    write_below(writer, chain, static_cast<std::uint32_t>(structure.chains));
  for (const FrameDependencies& one : structure.templates)
    for (const std::uint8_t chain : one.chains) writer.bits(chain, 4);
  writer.flag(!structure.sizes.empty());
  for (const auto& [width, height] : structure.sizes) writer.bits(width - 1, 16).bits(height - 1, 16);
}

void write_custom(const FrameDependencies& frame, Custom custom, BitWriter& writer) {
  if (custom.uses)
    for (const DecodeTargetUse use : frame.uses) writer.bits(static_cast<std::uint32_t>(use), 2);
  if (custom.distances) {
    for (const unsigned distance : frame.distances) {
      const unsigned size = distance <= 16 ? 1 : distance <= 256 ? 2 : 3;
      writer.bits(size, 2).bits(distance - 1, 4 * size);
    }
    writer.bits(0, 2);
  }
  if (custom.chains)
    for (const std::uint8_t chain : frame.chains) writer.bits(chain, 8);
}

/// Whether what is said of a frame has the structure's form.
bool fits(const FrameDependencies& frame, const DependencyStructure& structure, unsigned most_distance) {
  return frame.uses.size() == structure.decode_targets && frame.chains.size() == structure.chains &&
         std::ranges::all_of(frame.distances, [&](unsigned one) { return one >= 1 && one <= most_distance; });
}

bool is_next(const FrameDependencies& before, const FrameDependencies& one) {
  if (one.spatial != before.spatial) return one.spatial == before.spatial + 1 && one.temporal == 0;
  return one.temporal == before.temporal || one.temporal == before.temporal + 1;
}

bool is_sayable(const DependencyStructure& structure) {
  using S = DependencyStructure;
  if (structure.decode_targets == 0 || structure.decode_targets > S::kMostDecodeTargets ||
      structure.chains > structure.decode_targets || structure.templates.empty() ||
      structure.templates.size() > S::kMostTemplates || structure.first_template >= S::kMostTemplates)
    return false;
  if (structure.protected_by.size() != (structure.chains == 0 ? 0 : structure.decode_targets)) return false;
  if (std::ranges::any_of(structure.protected_by, [&](std::uint8_t one) { return one >= structure.chains; }))
    return false;
  FrameDependencies before;
  for (const FrameDependencies& one : structure.templates) {
    if (!fits(one, structure, kMostTemplateDistance) || one.spatial >= S::kMostSpatial ||
        one.temporal >= S::kMostTemporal ||
        (&one == structure.templates.data() ? one.spatial + one.temporal != 0 : !is_next(before, one)) ||
        std::ranges::any_of(one.chains, [](unsigned chain) { return chain > kMostTemplateChain; }))
      return false;
    before = one;
  }
  return (structure.sizes.empty() || structure.sizes.size() == structure.templates.back().spatial + 1U) &&
         std::ranges::all_of(structure.sizes, [](const S::Size& size) {
           return size.width >= 1 && size.width <= 65536 && size.height >= 1 && size.height <= 65536;
         });
}

}  // namespace

std::optional<DependencyDescriptor> DependencyReader::read(ByteView value) {
  if (value.size() < kMandatory) return std::nullopt;
  BitReader reader(value);
  DependencyDescriptor told;
  told.first_packet = reader.flag();
  told.last_packet = reader.flag();
  told.template_id = static_cast<std::uint8_t>(reader.bits(6));
  told.frame_number = static_cast<std::uint16_t>(reader.bits(16));
  Custom custom;
  bool has_active = false;
  if (value.size() > kMandatory) {
    const bool has_structure = reader.flag();
    has_active = reader.flag();
    custom.uses = reader.flag();
    custom.distances = reader.flag();
    custom.chains = reader.flag();
    if (has_structure && !(told.structure = read_structure(reader))) return std::nullopt;
  }
  const DependencyStructure* structure = told.structure ? &*told.structure : structure_ ? &*structure_ : nullptr;
  if (structure == nullptr) return std::nullopt;
  if (has_active) told.active_targets = reader.bits(static_cast<unsigned>(structure->decode_targets));
  const std::size_t index = index_of(told.template_id, *structure);
  if (index >= structure->templates.size()) return std::nullopt;
  told.frame = structure->templates[index];
  read_custom(reader, custom, told.frame);
  if (reader.failed()) return std::nullopt;
  if (told.structure) structure_ = told.structure;
  return told;
}

bool write(const DependencyDescriptor& descriptor, const DependencyStructure& structure, Bytes& out) {
  const std::size_t index = index_of(descriptor.template_id, structure);
  if (!is_sayable(structure) || descriptor.template_id >= DependencyStructure::kMostTemplates ||
      index >= structure.templates.size() || (descriptor.structure && *descriptor.structure != structure))
    return false;
  const FrameDependencies &known = structure.templates[index], &frame = descriptor.frame;
  if (!fits(frame, structure, DependencyDescriptor::kMostDistance) || frame.spatial != known.spatial ||
      frame.temporal != known.temporal)
    return false;
  const Custom custom{.uses = frame.uses != known.uses,
                      .distances = frame.distances != known.distances,
                      .chains = frame.chains != known.chains};
  BitWriter writer(out);
  writer.flag(descriptor.first_packet).flag(descriptor.last_packet).bits(descriptor.template_id, 6);
  writer.bits(descriptor.frame_number, 16);
  if (!descriptor.structure && !descriptor.active_targets && !custom.uses && !custom.distances && !custom.chains)
    return true;
  writer.flag(descriptor.structure.has_value()).flag(descriptor.active_targets.has_value());
  writer.flag(custom.uses).flag(custom.distances).flag(custom.chains);
  if (descriptor.structure) write_structure(structure, writer);
  if (descriptor.active_targets)
    writer.bits(*descriptor.active_targets, static_cast<unsigned>(structure.decode_targets));
  write_custom(frame, custom, writer);
  return true;
}

}  // namespace parley::rtp
