#pragma once

#include <optional>
#include <string>

#include "jsep/plan.hpp"

namespace parley::test {

/// The first rule of a snapshot that does not hold, whatever descriptions made it; nothing if all do.
std::optional<std::string> broken_rule(const jsep::Snapshot& snapshot);

/// Likewise, of what a description did.
std::optional<std::string> broken_rule(const jsep::Snapshot& before, const jsep::Plan& plan);

/// Likewise, of an offer of ours.
std::optional<std::string> broken_rule_of_offer(const std::string& offer);

}  // namespace parley::test
