#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.hpp"
#include "parley/timestamp.hpp"

/// Media as encoders make it and decoders take it: WebRTC Encoded Transform section 8.
namespace parley {

/// WebRTC Encoded Transform section 8.3.
enum class RTCEncodedVideoFrameType { Key, Delta };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCEncodedVideoFrameType type);

/// How long the sender of a video wants its pictures to wait between capture and display. (Not in W3C.)
struct RTCPlayoutDelay {
  /// In steps of 10 ms, at most 40950.
  std::chrono::milliseconds minimum{};
  /// Likewise; not below the minimum.
  std::chrono::milliseconds maximum{};
};

/// What a display of high dynamic range has to know: SMPTE ST 2086 and CTA-861.3. (Not in W3C.)
struct RTCHdrMetadata {
  /// Of the CIE 1931 diagram, 0 to 1.
  struct Point {
    /// Across.
    double x = 0;
    /// Up.
    double y = 0;
  };
  /// Of the display that the pictures were made for, in cd/m².
  std::uint16_t luminanceMax = 0;
  /// Likewise, at most 6.5535.
  double luminanceMin = 0;
  /// Its primaries.
  Point red{};
  /// Likewise.
  Point green{};
  /// Likewise.
  Point blue{};
  /// Its white.
  Point white{};
  /// Of the brightest pixel, in cd/m².
  std::uint16_t maxContentLightLevel = 0;
  /// Of the brightest picture, on average.
  std::uint16_t maxFrameAverageLightLevel = 0;
};

/// What the numbers of a picture mean. (Not in W3C; WebCodecs has names for some of these.)
struct RTCVideoColorSpace {
  /// ITU-T H.273 table 2; 1: BT.709, 9: BT.2020, 2: not told.
  std::uint8_t primaries = 2;
  /// ITU-T H.273 table 3.
  std::uint8_t transfer = 2;
  /// ITU-T H.273 table 4.
  std::uint8_t matrix = 2;
  /// Whether black is 0 (true) or 16 (false); absent: not told.
  std::optional<bool> fullRange{};
  /// 0: not told, 1: with the left pixel, 2: half way between two.
  std::uint8_t chromaSitingHorizontal = 0;
  /// 0: not told, 1: with the upper pixel, 2: half way between two.
  std::uint8_t chromaSitingVertical = 0;
  /// What else belongs to HDR10.
  std::optional<RTCHdrMetadata> hdr{};
};

/// What a video frame has spent its time with until it left its sender. (Not in W3C.)
struct RTCVideoTiming {
  /// Told because it was time to tell it.
  bool byTimer = false;
  /// Told because the frame is larger than others.
  bool largeFrame = false;
  /// When encoding began, after the capture.
  std::chrono::milliseconds encodeBegin{};
  /// When it was over, after the capture, as all that follow.
  std::chrono::milliseconds encodeEnd{};
  /// When the frame had become packets.
  std::chrono::milliseconds packetized{};
  /// When the last of them left the pacer.
  std::chrono::milliseconds leftPacer{};
  /// For whoever forwards it.
  std::chrono::milliseconds network1{};
  /// Likewise.
  std::chrono::milliseconds network2{};
};

/// What a sender of several encodings and layers gives to each of them. (Not in W3C.)
struct RTCVideoLayersAllocation {
  /// One of the layers by size.
  struct Layer {
    /// Which encoding it is of, in the order of the sender's.
    std::uint8_t encoding = 0;
    /// Which of its layers by size; 0: the lowest, or the only one.
    std::uint8_t spatialIndex = 0;
    /// In bits per second, with everything that the layer needs, for each layer by rate with those below it: 1 to 4.
    std::vector<std::uint64_t> bitrates{};
    /// In pixels; 0 if it is not told. Either all layers tell it or none.
    std::uint32_t width = 0;
    /// Likewise.
    std::uint32_t height = 0;
    /// Pictures a second, at most 255; likewise.
    std::uint8_t framerate = 0;
  };
  /// The encoding that says it.
  std::uint8_t encoding = 0;
  /// How many encodings there are, 1 to 4.
  std::uint8_t encodings = 1;
  /// Those that are sent, by encoding and `spatialIndex`. None: nothing is sent.
  std::vector<Layer> layers{};
};

/// What a frame tells beside its bytes: WebRTC Encoded Transform section 8.4. Frames to be sent need none of it; frames
/// received have what the packets said.
struct RTCEncodedVideoFrameMetadata {
  /// Of a frame to be sent: which of the negotiated codecs it is of, e.g. "video/VP8"; empty: the first.
  std::string mimeType{};
  /// In pixels; 0 where unknown, as in delta frames of most codecs.
  std::uint16_t width = 0;
  /// Likewise.
  std::uint16_t height = 0;
  /// Pictures a second, if it is a key frame of H.264, H.265 or AV1 whose encoder has written that into it; 0: not
  /// told. (Not in W3C.)
  double frame_rate = 0;
  /// Which layer of its encoding it is, by size; 0: the lowest, or the only one.
  std::uint8_t spatialIndex = 0;
  /// Of a frame to be sent (VP9): how many layers by size its picture has, each a frame of its own, written one after
  /// the other from `spatialIndex` 0 on. Frames received have all layers of their picture in them. (Not in W3C.)
  std::uint8_t spatial_layers = 1;
  /// The same by rate. Of a stream with temporal layers each frame has it, to be sent as well: then its packets tell it
  /// (VP8, VP9, and all codecs where dependency-descriptor was negotiated), so that forwarders can leave layers out.
  /// Without, the stream has none. How frames of different layers need each other is told if it is known: by
  /// `dependencies`, or if the encoding's `scalabilityMode` is one of L1T1 to L3T3.
  std::optional<std::uint8_t> temporalIndex{};
  /// Where decoders of fewer temporal layers can go on with more of them. VP8 (RFC 7741, Y): this frame refers to the
  /// lowest layer only. VP9 (RFC 9628, U): what comes after it refers to nothing before it in layers above its own. A
  /// frame to be sent: told the receiver, who needs no key frame then after losses in higher layers. (Not in W3C.)
  bool switch_up = false;
  /// The SSRC of its packets.
  std::optional<std::uint32_t> synchronizationSource{};
  /// Whose pictures a mixer has put together (CSRCs). To be sent: the first 15.
  std::vector<std::uint32_t> contributingSources{};
  /// The payload type of its packets.
  std::optional<std::uint8_t> payloadType{};
  /// As packets had it, with its random start and the clock rate of the codec.
  std::optional<std::uint32_t> rtpTimestamp{};
  /// When its last packet arrived.
  std::optional<DOMHighResTimeStamp> receiveTime{};
  /// When it was made, or a little later, as time of this machine (milliseconds since 1970): comparable between all
  /// tracks of one peer (one CNAME), so what belongs together can be played together, whenever it arrives. Absent until
  /// the peer's first sender report. (Not in W3C.)
  std::optional<DOMHighResTimeStamp> common_time{};
  /// Which of the sender's encodings it is for, or which layer of the peer's simulcast it came from. Empty without.
  /// (Not in W3C.)
  std::string rid{};
  /// The number of the frame, if packets have a dependency descriptor. A frame to be sent: any number that rises.
  std::optional<std::uint64_t> frameId{};
  /// The numbers of the frames that it needs; empty if it needs none, or without `frameId`. A frame to be sent: told
  /// the receiver, if dependency-descriptor was negotiated.
  std::vector<std::uint64_t> dependencies{};
  /// When it was captured, in milliseconds since 1970 on the clock of the system that captured it, if packets tell
  /// (abs-capture-time). A frame to be sent: told the receiver.
  std::optional<DOMHighResTimeStamp> captureTime{};
  /// What the sender believes has to be added to its own clock to have that one, in milliseconds. Absent where the
  /// sender has captured it itself. Whoever passes a frame on should tell its own estimate.
  std::optional<DOMHighResTimeStamp> senderCaptureTimeOffset{};
  /// How the picture has to be turned before it is shown: 0, 90, 180 or 270 degrees clockwise (video-orientation). The
  /// receiver of a frame to be sent is told, if it understands that. (Not in W3C.)
  std::uint16_t rotation = 0;
  /// Whether it is to be mirrored from left to right. (Not in W3C.)
  bool flip = false;
  /// What the sender has said with this frame; it holds until something else is said. (Not in W3C.)
  std::optional<RTCPlayoutDelay> playoutDelay{};
  /// What its colors mean, if packets tell (color-space, which no side offers unasked). To be sent with key frames.
  /// (Not in W3C.)
  std::optional<RTCVideoColorSpace> colorSpace{};
  /// What it has spent its time with, if packets tell (video-timing, which no side offers unasked). To be sent: told
  /// the receiver. (Not in W3C.)
  std::optional<RTCVideoTiming> timing{};
  /// What each of the sender's encodings and layers gets from now on, if packets tell (video-layers-allocation, which
  /// no side offers unasked). To be sent with key frames, and when it changes. (Not in W3C.)
  std::optional<RTCVideoLayersAllocation> layersAllocation{};
};

/// One picture. `data` is what the codec's decoder takes: a VP8 or VP9 frame, H.264 and H.265 as Annex B (start codes,
/// not lengths as in MP4) with the parameter sets in every key frame, an AV1 temporal unit without its delimiter.
struct RTCEncodedVideoFrame {
  /// Whether decoding can begin with it.
  RTCEncodedVideoFrameType type = RTCEncodedVideoFrameType::Delta;
  /// The bitstream.
  std::vector<std::uint8_t> data{};
  /// When it is to be shown, on a clock of the track's own that begins anywhere. Not given: it is to be sent as of now.
  std::optional<std::chrono::microseconds> timestamp{};
  /// What is known of it.
  RTCEncodedVideoFrameMetadata metadata{};
  /// The same, as W3C has it.
  [[nodiscard]] const RTCEncodedVideoFrameMetadata& getMetadata() const { return metadata; }
};

/// WebRTC Encoded Transform section 8.6.
struct RTCEncodedAudioFrameMetadata {
  /// As with video.
  std::string mimeType{};
  /// The SSRC of its packet.
  std::optional<std::uint32_t> synchronizationSource{};
  /// Whose voices a mixer has put together (CSRCs). To be sent: the first 15.
  std::vector<std::uint32_t> contributingSources{};
  /// How loud each of them is, in -dBov: 0 is loudest, 127 silence. Empty if packets do not tell (csrc-audio-level,
  /// which no side offers unasked). To be sent: as many as there are `contributingSources`, or none. (Not in W3C.)
  std::vector<std::uint8_t> contributor_levels{};
  /// The payload type of its packet.
  std::optional<std::uint8_t> payloadType{};
  /// Of the packet that it came in.
  std::optional<std::uint16_t> sequenceNumber{};
  /// As with video.
  std::optional<std::uint32_t> rtpTimestamp{};
  /// When it arrived.
  std::optional<DOMHighResTimeStamp> receiveTime{};
  /// As with video.
  std::optional<DOMHighResTimeStamp> common_time{};
  /// How loud it is, if packets tell (RFC 6464): 1 is the loudest, 0 silence. To be sent: told in steps of 1 dB.
  std::optional<double> audioLevel{};
  /// As with video.
  std::optional<DOMHighResTimeStamp> captureTime{};
  /// As with video.
  std::optional<DOMHighResTimeStamp> senderCaptureTimeOffset{};
};

/// What one packet holds, e.g. 20 ms of Opus.
struct RTCEncodedAudioFrame {
  /// The bitstream.
  std::vector<std::uint8_t> data{};
  /// As with video.
  std::optional<std::chrono::microseconds> timestamp{};
  /// What is known of it.
  RTCEncodedAudioFrameMetadata metadata{};
  /// The same, as W3C has it.
  [[nodiscard]] const RTCEncodedAudioFrameMetadata& getMetadata() const { return metadata; }
};

}  // namespace parley
