#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// RTP payload formats: how frames are cut into payloads and put together again. Pure.
namespace parley::formats {

/// What is known of a frame beside its bytes. Packetizers write of it what their descriptors have room for.
struct FrameInfo {
  bool key_frame = false;
  /// In pixels; 0: not told.
  std::uint16_t width = 0, height = 0;
  /// Pictures a second, as encoders write it into parameter sets; 0: not told.
  double frame_rate = 0;
  std::uint8_t spatial_index = 0;
  /// Of its picture. A frame that is not of the last of them is followed by another one of the same picture.
  std::uint8_t spatial_layers = 1;
  /// Not told in streams without temporal layers.
  std::optional<std::uint8_t> temporal_index = std::nullopt;
  /// Where receivers of fewer temporal layers can have more: SwitchUp, as the format can say it (VP8: this picture,
  /// VP9: the next one).
  bool switch_up = false;
  /// Temporal layers need each other as in the modes of webrtc-svc called LnTm: a picture refers to the last one of the
  /// layers below, in the lowest layer to the last one of that, and to nothing else. Only for packetizers.
  bool regular_layers = false;
  /// Of VP8 and VP9: 15 bits.
  std::optional<std::uint16_t> picture_id = std::nullopt;
};

struct Frame {
  Bytes data;
  FrameInfo info;
};

/// What a frame of these payloads has at most, but for what a format puts between them.
inline std::size_t total_size(std::span<const ByteView> payloads) {
  std::size_t size = 0;
  for (const ByteView payload : payloads) size += payload.size();
  return size;
}

/// Takes payloads as they are made.
class PayloadSink {
 public:
  virtual ~PayloadSink() = default;
  /// `pieces` one after the other are one payload, valid during the call. `last`: of the frame; in video that is the
  /// marker bit (in audio the marker begins a talkspurt, RFC 3551 section 4.1).
  virtual void on_payload(std::span<const ByteView> pieces, bool last) = 0;
};

class Packetizer {
 public:
  virtual ~Packetizer() = default;
  /// Payloads of at most `most` bytes, which is 100 at least, about equally long. DataError, and no payload, for what
  /// is not a frame of the codec.
  virtual Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) = 0;
};

/// When decoders can go on with higher temporal layers. `NextPicture`: of what comes after this picture, nothing in
/// layers above its own refers to what came before it. `ThisPicture`: it refers to the lowest layer only.
enum class SwitchUp : std::uint8_t { No, NextPicture, ThisPicture };

/// Of pictures in temporal layers, where the lowest is counted.
struct TemporalPlace {
  std::uint8_t index = 0;
  std::uint8_t base_index = 0;  ///< TL0PICIDX: which picture of the lowest layer it is, or belongs to
  SwitchUp switch_up = SwitchUp::No;
};

/// What one payload tells before its frame is complete.
struct PayloadInfo {
  /// The first of a frame.
  bool begins_frame = false;
  /// Of a frame that decoding can begin with; known in its first payload at least.
  bool key_frame = false;
  /// Of its frame, where pictures are counted: one more than the frame before, in 7 or 15 bits.
  std::optional<std::uint16_t> picture_id = std::nullopt;
  /// It begins a frame, unless others come before it: parameter sets, a smaller size of the picture.
  bool may_follow_others = false;
  /// Of its picture.
  std::optional<TemporalPlace> place = std::nullopt;
};

class Depacketizer {
 public:
  virtual ~Depacketizer() = default;
  /// Keeps nothing. DataError for what is not a payload of the format.
  virtual Result<PayloadInfo> inspect(ByteView payload) const = 0;
  /// All payloads of one frame, in order, none empty. DataError if they are not one.
  virtual Result<Frame> assemble(std::span<const ByteView> payloads) = 0;
};

/// By the encoding name, whatever its case. nullptr if the format is not known. Formats of audio that are one frame in
/// one packet need no more than that. `fmtp`: the format's parameters, if any were negotiated.
std::unique_ptr<Packetizer> make_packetizer(std::string_view name, std::optional<std::string_view> fmtp = std::nullopt);
std::unique_ptr<Depacketizer> make_depacketizer(std::string_view name);

}  // namespace parley::formats
