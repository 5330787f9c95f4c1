#pragma once

#include <vector>

#include "base/result.hpp"
#include "jsep/snapshot.hpp"
#include "sdp/model.hpp"

/// What a description may say (RFC 9429 section 5.8.3). Every refusal is an InvalidAccessError, except that what is
/// well said but beyond this library is an OperationError.
namespace parley::jsep {

/// The description by itself.
Result<void> check_description(const sdp::Description& description, SdpType type);
/// An offer after what has been negotiated: no section disappears or becomes another one (RFC 3264 section 8).
Result<void> check_reoffer(const Agreement& agreement, const sdp::Description& offer);
/// An answer to an offer: the same sections, nothing accepted that was not offered (RFC 3264 section 6, RFC 9143
/// section 7.3).
Result<void> check_answer(const sdp::Description& offer, const sdp::Description& answer);

}  // namespace parley::jsep
