#pragma once

#include "base/result.hpp"
#include "parley/configuration.hpp"
#include "session/connection.hpp"

namespace parley::api {

/// The part that concerns ICE, which setConfiguration() can change.
Result<ice::Agent::Config> to_ice_config(const RTCConfiguration& configuration);

/// Whether other candidates are to be gathered.
bool gathers_otherwise(const RTCConfiguration& before, const RTCConfiguration& now);
/// What setConfiguration() must not change: InvalidModificationError.
Result<void> check_unchanged(const RTCConfiguration& now, const RTCConfiguration& wanted);

/// webrtc-pc section 4.4.1.6, "set a configuration", steps that can refuse: SyntaxError, InvalidAccessError,
/// NotSupportedError. Makes a certificate if none is given.
Result<session::Config> to_session_config(const RTCConfiguration& configuration);

}  // namespace parley::api
