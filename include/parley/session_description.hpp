#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parley/export.hpp"

namespace parley {

/// webrtc-pc section 4.6.1.
enum class RTCSdpType { Offer, Pranswer, Answer, Rollback };
/// "offer", "pranswer", "answer", "rollback".
PARLEY_EXPORT std::string_view to_string(RTCSdpType type);
/// The other way round; nullopt for any other text.
PARLEY_EXPORT std::optional<RTCSdpType> to_sdp_type(std::string_view text);

/// webrtc-pc section 4.6.2: `{RTCSdpType::Offer, text}`, `{RTCSdpType::Rollback}`. `sdp` means nothing for a rollback.
/// (Made by a constructor, not from designated initializers: GCC up to 12 destroys the members of an aggregate twice
/// that is made inside a `co_await` expression, and that is where this is mostly made.)
struct RTCSessionDescriptionInit {
  /// Both members.
  RTCSessionDescriptionInit(RTCSdpType type_, std::string sdp_ = {}) : type(type_), sdp(std::move(sdp_)) {}  // NOLINT
  /// What it is.
  RTCSdpType type;
  /// The text.
  std::string sdp;
};

/// webrtc-pc section 4.6.2: what setLocalDescription takes. Without a type, the one that fits the signaling state is
/// used; with an empty sdp, the last one created, or a new one.
struct RTCLocalSessionDescriptionInit {
  RTCLocalSessionDescriptionInit() {}  // NOLINT: see RTCSessionDescriptionInit
  /// Both members.
  RTCLocalSessionDescriptionInit(RTCSdpType type_, std::string sdp_ = {})
      : type(type_), sdp(std::move(sdp_)) {}  // NOLINT
  /// What createOffer() or createAnswer() gave.
  RTCLocalSessionDescriptionInit(const RTCSessionDescriptionInit& init) : type(init.type), sdp(init.sdp) {}  // NOLINT
  /// What it is; absent: as the state wants it.
  std::optional<RTCSdpType> type;
  /// The text.
  std::string sdp;
};

/// A description as the connection holds it: webrtc-pc section 4.6.2. A value.
class RTCSessionDescription {
 public:
  /// Takes any text: it is looked at when it is set.
  explicit RTCSessionDescription(RTCSessionDescriptionInit init) : init_(std::move(init)) {}
  /// What it is.
  [[nodiscard]] RTCSdpType type() const { return init_.type; }
  /// The text.
  [[nodiscard]] const std::string& sdp() const { return init_.sdp; }
  /// The members that travel over signaling. parley/json.hpp turns them into JSON.
  [[nodiscard]] const RTCSessionDescriptionInit& toJSON() const { return init_; }
  /// For setRemoteDescription() and signaling: one is accepted as the other in IDL, too.
  operator const RTCSessionDescriptionInit&() const { return init_; }  // NOLINT
  /// For setLocalDescription(), likewise.
  operator RTCLocalSessionDescriptionInit() const { return {init_}; }  // NOLINT

 private:
  RTCSessionDescriptionInit init_;
};

}  // namespace parley
