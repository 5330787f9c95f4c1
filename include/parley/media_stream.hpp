#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/encoded_frame.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/rtp_packet.hpp"

namespace parley {

class EventLoop;
class RTCRtpSender;

namespace api {
struct TrackCore;
struct StreamCore;
}  // namespace api

/// Media Capture and Streams section 4.3.
enum class MediaStreamTrackState { Live, Ended };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(MediaStreamTrackState state);

/// Somebody who has just joined, or who has lost something, cannot go on without a key frame. (Not in W3C, where the
/// browser's encoder is told.)
struct KeyFrameRequestEvent {
  /// Of which encoding of the sender; empty if it has one only.
  std::string rid;
  /// Whose receiver asks; nullptr if it was the program itself.
  std::shared_ptr<RTCRtpSender> sender{};
};

/// How much one of the connections that send the track can carry of it now. (Not in W3C, likewise.) Whoever encodes
/// once for many receivers chooses by what the last event of each sender has said.
struct TargetBitrateEvent {
  /// For all encodings together, without headers.
  double bits_per_second = 0;
  /// Which of the senders of the track it is.
  std::shared_ptr<RTCRtpSender> sender{};
};

/// How much of a track's sound is lost on the way to one of its receivers, by that receiver's last report. Whoever
/// encodes can add what makes up for it. (Not in W3C, likewise.)
struct PacketLossEvent {
  /// Of the packets since the report before, 0 to 1; more than what is missing where lost packets are sent again.
  double fraction = 0;
  /// Which of the senders of the track it is.
  std::shared_ptr<RTCRtpSender> sender{};
};
/// The peer has pressed a key of a telephone: what its RTCDTMFSender plays. (Not in W3C, where one hears it.)
struct ToneEvent {
  /// "0" to "9", "A" to "D", "*" or "#".
  std::string tone;
};

/// The events of a MediaStreamTrack, and what they carry.
using MediaStreamTrackEvents =
    EventTarget<EventType<"mute", Event>, EventType<"unmute", Event>, EventType<"ended", Event>,
                EventType<"videoframe", RTCEncodedVideoFrame>, EventType<"audioframe", RTCEncodedAudioFrame>,
                EventType<"rtp", RTCRtpPacket>, EventType<"keyframerequest", KeyFrameRequestEvent>,
                EventType<"targetbitrate", TargetBitrateEvent>, EventType<"packetloss", PacketLossEvent>,
                EventType<"tone", ToneEvent>>;

/// One source of audio or video, encoded: Media Capture and Streams section 4.3. A local one is made with create() and
/// fed with write(); a remote one is made by an RTCRtpReceiver and gives what arrives to `videoframe` or `audioframe`,
/// and to the senders of whatever connection it is added to (of simulcast, a sender without layers sends the largest
/// that comes). Any thread may call; events are fired on the track's loop, which for a remote one is that of its
/// connection. A handler may still be running on the loop when another thread has taken it away or closed the
/// connection: whoever destroys what it uses does both in `loop->run()`.
class PARLEY_EXPORT MediaStreamTrack : public MediaStreamTrackEvents {
 public:
  /// A local track, live and not muted. `kind` is "audio" or "video", else TypeError. `loop` nullptr:
  /// the current loop, else EventLoop::shared(). (Not in W3C, where getUserMedia makes them.)
  static std::shared_ptr<MediaStreamTrack> create(std::string_view kind, std::string label = {},
                                                  const std::shared_ptr<EventLoop>& loop = nullptr);

  /// "audio" or "video".
  [[nodiscard]] const std::string& kind() const;
  /// Random, and the same for ever.
  [[nodiscard]] const std::string& id() const;
  /// What the program or the library calls it.
  [[nodiscard]] const std::string& label() const;
  /// Whether the track passes its media on; the program's own switch.
  [[nodiscard]] bool enabled() const;
  /// Sets it: a track that is not enabled passes nothing on. Video goes on with a key frame, which is asked for.
  void enabled(bool value);
  /// Whether the source has nothing to give at the moment: a remote track is muted until media arrives.
  [[nodiscard]] bool muted() const;
  /// Ended: it never gives anything any more.
  [[nodiscard]] MediaStreamTrackState readyState() const;

  /// A track of its own with the same source, kind, label and state.
  [[nodiscard]] std::shared_ptr<MediaStreamTrack> clone() const;
  /// Ends the track for good; no event is fired.
  void stop();

  /// Sends a frame wherever the track and its clones are sent to. What nobody takes yet is dropped: a sender asks for a
  /// key frame when it begins. What a sender cannot take (a codec that was not negotiated, bytes that are not of it) is
  /// dropped, too, with a warning in the log. Throws TypeError for a frame of the other kind, InvalidStateError on a
  /// remote track. (Not in W3C, where a capture device does it.)
  void write(RTCEncodedVideoFrame frame);
  /// The same for audio. It may be written ahead of time: without a `timestamp` each frame goes on where the last one
  /// ended, unless that was more than 60 ms ago. It leaves at once, so whoever makes sound faster than it is spoken has
  /// to wait in between.
  void write(RTCEncodedAudioFrame frame);
  /// A packet instead of frames, from a program that passes it on as it came. The first packet that a receiver gets
  /// should begin a key frame. A sender with a transform sends none. TypeError if `mimeType` is of the other kind.
  /// Numbers that are left out are lost to the receiver: sound that is passed on now and then is better written as
  /// frames, whose packets are numbered anew.
  void write(const RTCRtpPacket& packet);
  /// Asks the source for a key frame: a local track's program, or a remote track's peer; of all encodings of simulcast,
  /// or of the one with this rid. (Not in W3C.)
  void request_key_frame(const std::string& rid = {});

  /// The source has nothing to give for the time being.
  EventHandler<Event> onmute{list<"mute">()};
  /// The source gives again.
  EventHandler<Event> onunmute{list<"unmute">()};
  /// A remote track has ended; not after stop().
  EventHandler<Event> onended{list<"ended">()};
  /// A frame has arrived: complete, in the order of decoding, and, for video, without a gap since the last key frame.
  EventHandler<RTCEncodedVideoFrame> onvideoframe{list<"videoframe">()};
  /// A frame of sound has arrived, in the order of the packets; what was lost is left out.
  EventHandler<RTCEncodedAudioFrame> onaudioframe{list<"audioframe">()};
  /// A packet has arrived, in the order of arrival and never twice; what was lost may come later than what follows it.
  /// Packets and frames can be listened to side by side. (Not in W3C.)
  EventHandler<RTCRtpPacket> onrtp{list<"rtp">()};
  /// On a local video track: the next frame should be a key frame.
  EventHandler<KeyFrameRequestEvent> onkeyframerequest{list<"keyframerequest">()};
  /// On a local video track: what the encoder should aim at from now on.
  EventHandler<TargetBitrateEvent> ontargetbitrate{list<"targetbitrate">()};
  /// On a local audio track: a receiver has told, every few seconds, how much is lost on the way to it.
  EventHandler<PacketLossEvent> onpacketloss{list<"packetloss">()};
  /// On a remote audio track: the peer has begun to play a key.
  EventHandler<ToneEvent> ontone{list<"tone">()};

  /// For the library's own use.
  explicit MediaStreamTrack(std::shared_ptr<api::TrackCore> core);
  ~MediaStreamTrack();
  /// For the library's own use.
  [[nodiscard]] const std::shared_ptr<api::TrackCore>& core() const { return core_; }  // for the library's own use

 private:
  std::shared_ptr<api::TrackCore> core_;
};

/// Media Capture and Streams section 4.2.3.
struct MediaStreamTrackEvent {
  /// Which track it is.
  std::shared_ptr<MediaStreamTrack> track;
};

/// The events of a MediaStream, and what they carry.
using MediaStreamEvents =
    EventTarget<EventType<"addtrack", MediaStreamTrackEvent>, EventType<"removetrack", MediaStreamTrackEvent>>;

/// A group of tracks that belong together: Media Capture and Streams section 4.2. Any thread may call. `addtrack` and
/// `removetrack` tell what the peer changed, not what the program did; they are fired on the connection's loop.
class PARLEY_EXPORT MediaStream : public MediaStreamEvents {
 public:
  /// With a new id.
  static std::shared_ptr<MediaStream> create(const std::vector<std::shared_ptr<MediaStreamTrack>>& tracks = {});

  /// The same at both peers.
  [[nodiscard]] const std::string& id() const;
  /// Whether any track is live.
  [[nodiscard]] bool active() const;
  /// In the order in which they were added.
  [[nodiscard]] std::vector<std::shared_ptr<MediaStreamTrack>> getAudioTracks() const;
  /// In the order in which they were added.
  [[nodiscard]] std::vector<std::shared_ptr<MediaStreamTrack>> getVideoTracks() const;
  /// All, in the order in which they were added.
  [[nodiscard]] std::vector<std::shared_ptr<MediaStreamTrack>> getTracks() const;
  /// Null if there is none.
  [[nodiscard]] std::shared_ptr<MediaStreamTrack> getTrackById(std::string_view id) const;
  /// A track that is in the stream already is left where it is. Throws TypeError for a null pointer.
  void addTrack(const std::shared_ptr<MediaStreamTrack>& track);
  /// Does nothing if the track is not in the stream. Throws TypeError for a null pointer.
  void removeTrack(const std::shared_ptr<MediaStreamTrack>& track);
  /// A stream with clones of the tracks.
  [[nodiscard]] std::shared_ptr<MediaStream> clone() const;

  /// The peer has put a track into the stream.
  EventHandler<MediaStreamTrackEvent> onaddtrack{list<"addtrack">()};
  /// The peer has taken a track out of it.
  EventHandler<MediaStreamTrackEvent> onremovetrack{list<"removetrack">()};

  /// For the library's own use.
  explicit MediaStream(std::shared_ptr<api::StreamCore> core);
  ~MediaStream();
  /// For the library's own use.
  [[nodiscard]] const std::shared_ptr<api::StreamCore>& core() const { return core_; }  // for the library's own use

 private:
  std::shared_ptr<api::StreamCore> core_;
};

}  // namespace parley
