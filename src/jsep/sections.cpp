#include "jsep/sections.hpp"

#include <algorithm>

#include "jsep/view.hpp"

namespace parley::jsep {

std::string unused_mid(const std::unordered_set<std::string>& taken) {
  for (std::size_t number = 0;; ++number)
    if (std::string mid = std::to_string(number); !taken.contains(mid)) return mid;
}

void remember_mids(std::unordered_set<std::string>& past, const std::vector<Section>& sections) {
  constexpr std::size_t kMostDigits = 3;  // a peer that thinks of ever more mids fills no memory
  for (const Section& section : sections)
    if (section.mid.size() <= kMostDigits &&
        std::ranges::all_of(section.mid, [](char c) { return c >= '0' && c <= '9'; }))
      past.insert(section.mid);
}

std::vector<Section> sections_after(const std::vector<Section>& before, const sdp::Description& description) {
  std::unordered_set<std::string> taken;
  for (const Section& section : before) taken.insert(section.mid);
  for (const sdp::MediaDescription& media : description.media)
    if (media.mid) taken.insert(*media.mid);

  std::vector<Section> sections;
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    const sdp::MediaDescription& media = description.media[i];
    Section section{.mid = media.mid.value_or(""), .kind = media.kind, .rejected = is_rejected(media)};
    if (!media.mid && i < before.size()) {
      section.mid = before[i].mid;
      section.mid_is_signaled = before[i].mid_is_signaled;
    } else if (!media.mid) {
      section.mid = unused_mid(taken);
      section.mid_is_signaled = false;
      taken.insert(section.mid);
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

std::optional<std::size_t> data_section(const sdp::Description& description,
                                        const std::optional<DataSection>& existing) {
  const auto lives = [&](std::size_t index) {
    const sdp::MediaDescription& media = description.media[index];
    return is_data(media) && !is_rejected(media) && (!is_bundle_only(media) || bundle_of(description, index));
  };
  if (existing && existing->index < description.media.size() && lives(existing->index)) return existing->index;
  for (std::size_t i = 0; i < description.media.size(); ++i)
    if (lives(i)) return i;
  return std::nullopt;
}

}  // namespace parley::jsep
