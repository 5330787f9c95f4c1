#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "formats/format.hpp"

namespace parley::formats {

/// VP9: RFC 9628. Written in flexible mode, each picture after the one before it. Frames that tell their temporal layer
/// have it in their packets, up to three, and refer to their own and lower ones, if nobody knows better. Frames of one
/// picture in several sizes come one after the other, up to eight, each made from the one before it. How large they are
/// is told with key pictures, as soon as it is known of all.
class Vp9Packetizer final : public Packetizer {
 public:
  explicit Vp9Packetizer(std::uint16_t first_picture_id = 0) : picture_id_(first_picture_id) {}
  Result<void> packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) override;

 private:
  static constexpr std::size_t kLayers = 3, kSizes = 8;
  struct Place {
    std::uint8_t spatial, temporal;
  };
  struct Size {
    std::uint16_t width = 0, height = 0;  // 0: not known
    bool operator==(const Size&) const = default;
  };
  /// A descriptor, but for the flags of a frame's first and last payload.
  struct Descriptor {
    std::array<std::uint8_t, 9 + 1 + 4 * kSizes> bytes{};
    std::size_t size = 0;
    void add(unsigned value, unsigned count) {
      while (count-- > 0) bytes[size++] = static_cast<std::uint8_t>(value >> 8 * count);
    }
  };
  Descriptor describe(const FrameInfo& info, Place place, bool key_frame) const;
  void add_references(const FrameInfo& info, Place place, Descriptor& descriptor) const;
  void add_structure(std::uint8_t layers, Descriptor& descriptor) const;
  void note_size(Place place, Size size);

  std::uint16_t picture_id_;                                      // of the next picture
  std::uint16_t id_ = picture_id_;                                // of this one
  bool key_picture_ = true;                                       // this one
  using Ids = std::array<std::optional<std::uint16_t>, kLayers>;  // by temporal layer
  std::array<Ids, kSizes> last_ids_;
  std::array<Size, kSizes> sizes_;
};
/// All layers of a picture are one frame, as decoders take them.
class Vp9Depacketizer final : public Depacketizer {
 public:
  Result<PayloadInfo> inspect(ByteView payload) const override;
  Result<Frame> assemble(std::span<const ByteView> payloads) override;
};

}  // namespace parley::formats
