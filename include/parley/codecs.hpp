#pragma once

#include "parley/export.hpp"
#include "parley/rtp_parameters.hpp"

namespace parley {

/// Makes a codec of the program's own known, or a known one with other parameters: getCapabilities() has it from now
/// on, behind those that are there, and connections made from now on offer and accept it. It lasts as long as the
/// program. What is registered already is left as it is. Any thread. (Not in W3C, where codecs are the browser's.)
///
///     register_codec({.mimeType = "video/x-depth", .clockRate = 90000});
///     track->write({.type = RTCEncodedVideoFrameType::Key, .data = frame, .metadata = {.mimeType = "video/x-depth"}});
///
/// Frames of a format that the library does not know are carried as they are: those of audio in one packet each, those
/// of video in pieces behind one byte, the format that libwebrtc calls generic. Their size and layers are not told.
/// Losses are repaired as with other codecs; feedback is the kind's usual one.
///
/// Throws TypeError unless `mimeType` is "audio/…" or "video/…" with a name as RFC 6838 has them, `clockRate` is
/// positive, `channels` is positive for audio (1 if absent) and absent for video, and `sdpFmtpLine` is one line of at
/// most 1024 bytes; and for a known name of the other kind, clock rate or channels. NotSupportedError for what
/// protects or accompanies media (rtx, red, ulpfec, flexfec, CN, telephone-event). OperationError for more than
/// eight in all: payload types are few.
PARLEY_EXPORT void register_codec(const RTCRtpCodec& codec);

}  // namespace parley
