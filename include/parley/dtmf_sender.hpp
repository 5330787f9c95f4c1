#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parley/events.hpp"
#include "parley/export.hpp"

namespace parley {

namespace api {
struct TransceiverCore;
}

/// A tone has begun, or all are over: webrtc-pc section 7.3.
struct RTCDTMFToneChangeEvent {
  /// The key, or "," for a pause; "" when the last tone and the gap after it are over.
  std::string tone;
};

/// The events of an RTCDTMFSender.
using RTCDTMFSenderEvents = EventTarget<EventType<"tonechange", RTCDTMFToneChangeEvent>>;

/// Plays the keys of a telephone beside the sound of a sender, as telephone events (RFC 4733): webrtc-pc section 7.2.
/// It belongs to an RTCRtpSender of audio, which has it as dtmf(). Any thread may call; `tonechange` is fired on the
/// connection's loop. As long as a tone lasts, frames of the sender's track are not sent.
class PARLEY_EXPORT RTCDTMFSender : public RTCDTMFSenderEvents {
 public:
  /// Plays `tones` instead of what toneBuffer() still has; "" stops after the present one. Keys are 0 to 9, A to D
  /// (a to d), # and *; "," is a pause of two seconds. `duration` is each tone's, in milliseconds, taken as 40 if it
  /// is less and 6000 if more; `interToneGap` the silence after it, 30 to 6000. Throws InvalidStateError if
  /// canInsertDTMF() is false, InvalidCharacterError for anything else in `tones`.
  void insertDTMF(std::string_view tones, std::uint32_t duration = 100, std::uint32_t interToneGap = 70);
  /// Whether the connection is connected and the sender sends, a track and with a format for tones that both sides
  /// have.
  [[nodiscard]] bool canInsertDTMF() const;
  /// The keys that have not begun yet.
  [[nodiscard]] std::string toneBuffer() const;

  /// Each key as it begins, and "" after the last one.
  EventHandler<RTCDTMFToneChangeEvent> ontonechange{list<"tonechange">()};

  /// For the library's own use: RTCRtpSender::dtmf() has it.
  explicit RTCDTMFSender(std::shared_ptr<api::TransceiverCore> core);
  ~RTCDTMFSender();

 private:
  std::shared_ptr<api::TransceiverCore> core_;
};

}  // namespace parley
