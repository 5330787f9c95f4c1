#pragma once

#include "jsep/build.hpp"

namespace parley::jsep {

/// The BUNDLE group that the last answer agreed on; nullptr if there is none.
const sdp::Group* negotiated_group(const Snapshot& snapshot);

/// Gives each live section of an offer its transport: the one in use, that of its BUNDLE group, or by the bundle policy
/// a new one or none (a=bundle-only). The offer's groups are already there. OperationError if there are too few
/// LocalParameters::fresh.
Result<void> put_offered_transports(const Snapshot& snapshot, const OfferOptions& options, sdp::Description& offer);

}  // namespace parley::jsep
