#pragma once

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "parley/encoded_frame.hpp"
#include "parley/export.hpp"
#include "parley/promise.hpp"
#include "parley/unique_function.hpp"

/// Encoded frames on their way between a track and the network, in the program's hands: WebRTC Encoded Transform. What
/// is encrypted here, end to end, no server in between can read. For encryption alone there is SFrameTransform
/// (parley/sframe.hpp).
namespace parley {

namespace api {
struct TransformCore;
}

/// Where the handler of an RTCRtpScriptTransform puts the frames it is done with: WebRTC Encoded Transform
/// section 5.2, whose `readable` is the handler itself. A value; copies are the same. Any thread may call, also long
/// after the handler has returned.
class PARLEY_EXPORT RTCRtpScriptTransformer {
 public:
  /// Sends the frame on: of a sender to the peer, of a receiver to its track. In the order of the calls. Ignored when
  /// the transform is no longer in use. Throws TypeError for a frame of the other kind. (The `writable` of W3C.)
  void write(RTCEncodedVideoFrame frame) const;
  /// The same for audio.
  void write(RTCEncodedAudioFrame frame) const;

  /// Asks the source of a video sender for a key frame of the encoding `rid`, or of all that are active; resolves just
  /// before the handler gets it. Rejects with InvalidStateError unless the transform is in use by a sender of video
  /// and when the transform ends first, TypeError for what is no rid, NotFoundError if no active encoding has it or
  /// there is no live track.
  Promise<void> generateKeyFrame(std::optional<std::string> rid = std::nullopt) const;
  /// Asks the peer for a key frame, unless that was done just now; resolves when it has been asked. Rejects with
  /// InvalidStateError unless the transform is in use by a receiver of video.
  Promise<void> sendKeyFrameRequest() const;

  /// For the library's own use.
  explicit RTCRtpScriptTransformer(std::shared_ptr<api::TransformCore> core);

 private:
  std::shared_ptr<api::TransformCore> core_;
};

namespace detail {

template <class F, class Frame>
concept TransformHandlerOf = std::is_invocable_v<F&, Frame, RTCRtpScriptTransformer>;

/// Calls handlers that return nothing, and those that return Promise<void>, alike.
template <class Frame>
using TransformFunction = UniqueFunction<std::optional<Promise<void>>(Frame, RTCRtpScriptTransformer)>;

template <class Frame, class F>
TransformFunction<Frame> transform_function(const std::shared_ptr<F>& handler) {
  if constexpr (!TransformHandlerOf<F, Frame>) {
    return nullptr;
  } else {
    return [handler](Frame frame, RTCRtpScriptTransformer out) -> std::optional<Promise<void>> {
      if constexpr (std::is_void_v<decltype((*handler)(std::move(frame), std::move(out)))>) {
        (*handler)(std::move(frame), std::move(out));
        return std::nullopt;
      } else {
        return (*handler)(std::move(frame), std::move(out));
      }
    };
  }
}

}  // namespace detail

/// A handler of encoded frames that takes the place of the direct way: WebRTC Encoded Transform section 5.1.
///
///     sender->transform([key](RTCEncodedVideoFrame frame, const RTCRtpScriptTransformer& out) {
///       encrypt(key, frame.data);
///       out.write(std::move(frame));
///     });
///
/// The handler may change a frame, write it now or later, write another or several, or drop it. It takes
/// RTCEncodedVideoFrame, RTCEncodedAudioFrame, or either (`auto frame`), and returns nothing or Promise<void>: if it is
/// a coroutine, it takes the transformer by value. It runs on the connection's loop and is kept until the transform is
/// replaced or the transceiver has ended; what it throws goes to the unhandled-error hook, and the frame is lost.
///
/// Formats look at what they carry: a video frame's head has to stay what its codec wants. It is enough to leave the
/// first 10 bytes of VP8's key frames and 3 of its delta frames, and in H.264 and H.265 all up to the slice's data. In
/// these two, what replaces that data may neither contain a start code nor end with a zero: emulation prevention (H.264
/// section 7.4.1) and a last byte that is not zero see to it. SFrameTransform does all of that by itself.
///
/// A value; copies are the same transform, which can be used by one sender or receiver only.
class PARLEY_EXPORT RTCRtpScriptTransform {
 public:
  /// A transform that calls `handler`.
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, RTCRtpScriptTransform> &&
           (detail::TransformHandlerOf<std::decay_t<F>, RTCEncodedVideoFrame> ||
            detail::TransformHandlerOf<std::decay_t<F>, RTCEncodedAudioFrame>))
      RTCRtpScriptTransform(F&& handler)  // NOLINT: implicit by design
      : RTCRtpScriptTransform(std::make_shared<std::decay_t<F>>(std::forward<F>(handler)), Shared()) {}

  /// Whether both are the same transform.
  bool operator==(const RTCRtpScriptTransform& other) const = default;

  /// For the library's own use.
  explicit RTCRtpScriptTransform(std::shared_ptr<api::TransformCore> core) : core_(std::move(core)) {}
  /// For the library's own use.
  [[nodiscard]] const std::shared_ptr<api::TransformCore>& core() const { return core_; }

 private:
  struct Shared {};
  template <class F>
  RTCRtpScriptTransform(const std::shared_ptr<F>& handler, Shared /*tag*/)
      : core_(make_core(detail::transform_function<RTCEncodedVideoFrame>(handler),
                        detail::transform_function<RTCEncodedAudioFrame>(handler))) {}
  static std::shared_ptr<api::TransformCore> make_core(detail::TransformFunction<RTCEncodedVideoFrame> video,
                                                       detail::TransformFunction<RTCEncodedAudioFrame> audio);

  std::shared_ptr<api::TransformCore> core_;
};

}  // namespace parley
