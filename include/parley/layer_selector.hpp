#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "parley/export.hpp"
#include "parley/rtp_packet.hpp"

/// For programs that forward video to many: each receiver gets what its connection can carry. (Not in W3C.)
namespace parley {

/// One of the qualities that a video is sent in: an encoding of simulcast, and of that everything up to these layers.
struct MediaLayer {
  /// Which encoding; empty if there is one only.
  std::string rid{};
  /// The highest layer by size that belongs to it: 0 is the lowest, 255 all there are.
  std::uint8_t spatial_index = 255;
  /// The same by rate.
  std::uint8_t temporal_index = 255;
  /// Whether both name the same layers.
  bool operator==(const MediaLayer&) const = default;
};

/// Makes one stream for one receiver of a video that arrives in several encodings and layers. The receiver does not
/// notice: numbers have no gaps but where packets are missing, times go on, and so do picture ids. It takes the packets
/// of an `rtp` event and gives those to be written to a local track. Layers are told apart in VP8 and VP9, in every
/// codec whose packets have dependency descriptors (AV1 needs them: both sides' connections have to negotiate
/// dependency-descriptor, by setHeaderExtensionsToNegotiate()), encodings of simulcast always. Another encoding, or a
/// larger layer, begins with a key frame, which the program asks for; more pictures a second where the stream allows
/// it; less of both with the next picture, unless the stream does not allow that either. One thread at a time may call.
class PARLEY_EXPORT LayerSelector {
 public:
  /// The clock.
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Forwards nothing before something is selected.
  LayerSelector();
  ~LayerSelector();
  /// Moved from, it can only be assigned to.
  LayerSelector(LayerSelector&& other) noexcept;
  /// Likewise.
  LayerSelector& operator=(LayerSelector&& other) noexcept;

  /// What is forwarded as soon as the stream allows it; until then, what was before. nullopt: nothing any more, from
  /// the next picture on.
  void select(std::optional<MediaLayer> layer);
  /// What the receiver gets for a packet of any encoding, if anything. Its payload is valid until the next call. All
  /// packets of the video have to come here, those of other encodings, too. Times are of `now`'s clock.
  std::optional<RTCRtpPacket> forward(const RTCRtpPacket& packet, TimePoint now = std::chrono::steady_clock::now());
  /// The encoding that has to make a key frame before what was selected can be forwarded; nullopt if that is not so, or
  /// if this was asked within the last half second.
  std::optional<std::string> key_frame_request(TimePoint now = std::chrono::steady_clock::now());
  /// What is forwarded at the moment.
  [[nodiscard]] std::optional<MediaLayer> current() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Measures how much the encodings and layers of a video take, for all its receivers together. One thread at a time may
/// call.
class PARLEY_EXPORT LayerRates {
 public:
  /// The clock.
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Knows of nothing yet.
  LayerRates();
  ~LayerRates();
  /// Moved from, it can only be assigned to.
  LayerRates(LayerRates&& other) noexcept;
  /// Likewise.
  LayerRates& operator=(LayerRates&& other) noexcept;

  /// Each packet of each encoding, as it arrives.
  void add(const RTCRtpPacket& packet, TimePoint now = std::chrono::steady_clock::now());
  /// Bits of the last second, without headers, with those of the layers below it.
  [[nodiscard]] double rate(const MediaLayer& layer, TimePoint now = std::chrono::steady_clock::now()) const;
  /// What takes most of `bits_per_second` and not more; if there is nothing, what takes least. More than `current`
  /// takes is chosen if there is a fifth to spare. nullopt if nothing has come for a second.
  [[nodiscard]] std::optional<MediaLayer> best(double bits_per_second, const std::optional<MediaLayer>& current = {},
                                               TimePoint now = std::chrono::steady_clock::now()) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley
