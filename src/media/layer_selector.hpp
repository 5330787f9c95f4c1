#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "formats/layers.hpp"
#include "media/descriptor_map.hpp"
#include "media/descriptor_reader.hpp"
#include "media/frame_chooser.hpp"
#include "media/number_map.hpp"
#include "media/send_stream.hpp"
#include "rtp/sequence.hpp"

namespace parley::media {

/// Of a stream in several qualities, one: an encoding of simulcast, and of that everything up to these layers.
struct Layer {
  static constexpr std::uint8_t kHighest = 255;
  std::string rid{};
  std::uint8_t spatial_index = kHighest, temporal_index = kHighest;
  bool operator==(const Layer&) const = default;
};

/// A packet of one of the encodings.
struct LayerPacket {
  OutgoingPacket packet;
  std::string_view rid;
  bool begins_key_frame = false;
};

/// Makes one stream of the packets of several encodings and layers, for one receiver who must not notice: numbers
/// without gaps, times that go on, picture ids as the formats want them (RFC 7741, RFC 9628). It changes to another
/// encoding, or up to a larger spatial layer, with a key frame; to more pictures where the stream says that one may;
/// to less at once. Where packets have dependency descriptors, these decide, whatever the codec.
class LayerSelector {
 public:
  /// nullopt: nothing is forwarded from the next picture on.
  void select(std::optional<Layer> layer);
  /// What is to be sent for it, if anything. What it shows is valid until the next call.
  std::optional<OutgoingPacket> forward(const LayerPacket& given, TimePoint now);
  /// The encoding that has to make a key frame before what was selected can be forwarded. The same again only after
  /// half a second.
  std::optional<std::string> key_frame_request(TimePoint now);
  /// What is forwarded at the moment.
  [[nodiscard]] const std::optional<Layer>& current() const { return current_; }

 private:
  /// Of how many sources the numbers are followed.
  static constexpr std::size_t kMostSources = 16;
  static constexpr std::size_t kMostPictures = 64;

  /// What an RTP clock shows when packets that were not delayed arrive.
  class ArrivalClock {
   public:
    void arrived(std::int64_t timestamp, TimePoint now);
    [[nodiscard]] std::int64_t at(TimePoint now) const;

   private:
    std::optional<TimePoint> begun_;
    std::int64_t behind_ = 0, behind_before_ = 0;  // least delays, of this second and of the one before
  };
  struct Source {
    Ssrc id;
    rtp::SequenceUnwrapper numbers{};
    rtp::TimestampUnwrapper timestamps{};
    std::optional<std::int64_t> newest{};  ///< number
    ArrivalClock clock{};
    TimePoint last_packet{};
  };
  /// What was decided for all packets of a picture.
  struct Picture {
    std::int64_t timestamp;
    std::optional<std::uint16_t> id;
    std::uint8_t spatial_index = 0, temporal_index = 0;  ///< the highest that are forwarded
    std::uint16_t id_offset = 0;
    bool forwarded = false;
  };

  Source& source_of(Ssrc id, TimePoint now);
  void change_to(const Source& source, const LayerPacket& given, std::int64_t number, std::int64_t timestamp,
                 TimePoint now);
  std::optional<FrameChooser::Choice> choose(const std::optional<DescriptorReader::Told>& told, std::int64_t timestamp,
                                             formats::LayerInfo& info);
  Picture picture_of(std::int64_t timestamp, const formats::LayerInfo& info, bool key,
                     const std::optional<FrameChooser::Choice>& choice);
  void follow_target(const formats::LayerInfo& info, bool key);
  [[nodiscard]] bool has_references(const formats::LayerInfo& info) const;
  void rewrite(OutgoingPacket& packet, const formats::LayerInfo& info, const Picture& picture);
  void note_last(const OutgoingPacket& packet, const formats::LayerInfo& info, const Picture& picture);

  std::optional<Layer> target_, current_;
  std::vector<Source> sources_;
  std::optional<Ssrc> forwarded_;  // where the current encoding comes from
  NumberMap numbers_;
  DescriptorReader descriptors_;  // of the current source
  FrameChooser chooser_;          // likewise
  DescriptorMap descriptor_map_;
  std::vector<Picture> pictures_;         // the last ones, in order
  bool may_switch_up_ = false;            // with the next picture
  std::uint32_t timestamp_offset_ = 0;    // of the current source, to ours
  std::uint16_t picture_id_offset_ = 0;   // likewise
  std::uint8_t base_index_offset_ = 0;    // likewise
  std::uint32_t last_timestamp_ = 0;      // of ours
  std::uint16_t last_picture_id_ = 0;     // likewise
  std::uint8_t last_base_index_ = 0;      // likewise
  std::optional<TimePoint> requested_{};  // a key frame
  Bytes rewritten_;
};

}  // namespace parley::media
