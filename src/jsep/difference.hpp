#pragma once

#include "jsep/plan.hpp"
#include "jsep/snapshot.hpp"

namespace parley::jsep {

/// What has to be done to get from one snapshot to the next; `after` becomes the plan's result.
Plan difference(const Snapshot& before, Snapshot after);

}  // namespace parley::jsep
