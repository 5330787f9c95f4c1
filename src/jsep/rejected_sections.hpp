#pragma once

#include "sdp/model.hpp"

/// Answers that take what was not on offer.
namespace parley::jsep {

/// A section that the offer rejects, the answer has to reject, too (RFC 3264 section 6), and its mid is in no BUNDLE
/// group (RFC 9143 section 7.3.3). pion accepts it nevertheless, bundled as it was before: nothing can come of that, so
/// it counts as rejected. Any other contradiction stays, to be refused.
void reject_what_the_offer_rejects(const sdp::Description& offer, sdp::Description& answer);

}  // namespace parley::jsep
