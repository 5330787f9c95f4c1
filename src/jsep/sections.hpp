#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "jsep/snapshot.hpp"
#include "sdp/model.hpp"

/// The m= lines of a session and which of them is the data section.
namespace parley::jsep {

/// The smallest number that is not in `taken`: short, and it says nothing about the user (RFC 9429 section 5.2.1).
std::string unused_mid(const std::unordered_set<std::string>& taken);

/// Adds the mids of the sections, if they are such numbers.
void remember_mids(std::unordered_set<std::string>& past, const std::vector<Section>& sections);

/// The sections after a description was set. `before` names those that the description leaves without a mid.
std::vector<Section> sections_after(const std::vector<Section>& before, const sdp::Description& description);

/// The data section that counts: the existing one if it lives, or else the first that does. nullopt if none does.
std::optional<std::size_t> data_section(const sdp::Description& description,
                                        const std::optional<DataSection>& existing);

}  // namespace parley::jsep
