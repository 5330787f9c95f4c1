#pragma once

#include <vector>

#include "base/result.hpp"
#include "sdp/model.hpp"

/// Encrypted header extensions (RFC 9335, a=cryptex) in descriptions.
namespace parley::jsep {

/// RTCRtpHeaderEncryptionPolicy of webrtc-extensions, or that this side cannot read such packets.
enum class HeaderEncryption { Unable, Negotiate, Require };

/// Of each section, whether whoever describes it takes packets whose header extensions are encrypted. A MID may be
/// among them, so that all RTP sections of a BUNDLE group have to say it (section 4): else none of them counts.
std::vector<bool> takes_encrypted_headers(const sdp::Description& description);

/// What the policy Require asks of a remote description: InvalidAccessError if a section of RTP does not say it.
Result<void> check_takes_encrypted_headers(const sdp::Description& description);

}  // namespace parley::jsep
