#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "parley/encoded_frame.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/promise.hpp"

/// Frames encrypted end to end in the form that RFC 9605 gives them: WebRTC Encoded Transform section 4.
namespace parley {

namespace api {
struct TransformCore;
}

/// How frames are encrypted: RFC 9605 section 4.5. The last number is how many bits of the tag each frame has: with 32
/// of them a forged frame comes through once in four billion attempts, which is for sound alone.
enum class SFrameCipherSuite {
  AES_128_CTR_HMAC_SHA256_80,
  AES_128_CTR_HMAC_SHA256_64,
  AES_128_CTR_HMAC_SHA256_32,
  AES_128_GCM_SHA256_128,
  AES_256_GCM_SHA512_128,
};
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(SFrameCipherSuite suite);

/// What a transform is made of.
struct SFrameTransformOptions {
  /// The same on both sides.
  SFrameCipherSuite cipherSuite = SFrameCipherSuite::AES_128_GCM_SHA256_128;
};

/// Why a frame was not decrypted.
enum class SFrameTransformErrorEventType { Authentication, KeyID, Syntax };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(SFrameTransformErrorEventType type);

/// A frame was not decrypted, and the track does not get it.
struct SFrameTransformErrorEvent {
  /// Authentication: it was changed on the way, or encrypted with another key of that id. KeyID: no key of its id is
  /// known. Syntax: it is not SFrame.
  SFrameTransformErrorEventType errorType = SFrameTransformErrorEventType::Syntax;
  /// The id, when no key of it is known.
  std::optional<std::uint64_t> keyID{};
  /// As it arrived.
  std::variant<RTCEncodedVideoFrame, RTCEncodedAudioFrame> frame{};
};

/// The events of an SFrameTransform.
using SFrameKeyManagementEvents = EventTarget<EventType<"error", SFrameTransformErrorEvent>>;

/// Keys of SFrame. Any thread may call; `error` is fired on the connection's loop.
class PARLEY_EXPORT SFrameKeyManagement : public SFrameKeyManagementEvents {
 public:
  /// Gives the key of an id. A sender encrypts with the key that was set last; a receiver keeps the last 256 ids, and
  /// frames say which they need: so a new key is set at the receivers first. `key` may be of any length; what encrypts
  /// is derived from it (HKDF). Two senders must never have the same key and id, and neither must both directions of a
  /// call: their frames could be read by anybody then. Rejects with InvalidModificationError if `key` is empty.
  Promise<void> setEncryptionKey(std::span<const std::uint8_t> key, std::uint64_t keyID = 0);

  /// A frame was not decrypted. Goes with the transform's use: no event comes after that.
  EventHandler<SFrameTransformErrorEvent> onerror{list<"error">()};

 protected:
  /// For what has keys.
  explicit SFrameKeyManagement(std::shared_ptr<api::TransformCore> core);
  ~SFrameKeyManagement();
  /// What it shares with its sender or receiver.
  std::shared_ptr<api::TransformCore> core_;
};

/// Encrypts what a sender sends, or decrypts what a receiver gets, without more of the program than its keys.
///
///     const auto transform = std::make_shared<SFrameTransform>(SFrameTransformOptions{});
///     transform->setEncryptionKey(key, 1);
///     sender->transform(transform);
///
/// Until it has a key, a sender sends nothing and a receiver fires `error`. So that packets can be made of frames, and
/// servers in between know key frames, some of each frame stays readable, authenticated with the rest: the first 10
/// bytes of a key frame of VP8 and VP9 and 3 or 1 of another, parameter sets of H.264 and H.265, the sequence header of
/// AV1. (RFC 9605 leaves that open; peers who encrypt frames otherwise are not understood.) Sound is encrypted whole.
/// What was sent twice by somebody in between is for SRTP to notice, and not for SFrame.
class PARLEY_EXPORT SFrameTransform final : public SFrameKeyManagement {
 public:
  /// For one sender or receiver.
  explicit SFrameTransform(SFrameTransformOptions options = {});
  ~SFrameTransform();

  /// For the library's own use.
  [[nodiscard]] const std::shared_ptr<api::TransformCore>& core() const { return core_; }
};

}  // namespace parley
