#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "jsep/snapshot.hpp"
#include "media/session.hpp"
#include "parley/congestion_controller.hpp"
#include "parley/encoded_frame.hpp"
#include "parley/event_loop.hpp"
#include "parley/rtp_packet.hpp"
#include "session/deadline.hpp"
#include "session/transport.hpp"

namespace parley::session {

/// Told what happens to the media of a connection.
class MediaObserver {
 public:
  virtual ~MediaObserver() = default;
  /// A packet that has come. Its payload is there during the call, and nobody owns it.
  virtual void on_packet(jsep::TransceiverId id, const media::ReceivedPacket& packet) = 0;
  /// What a receiver gets, in the order of decoding.
  virtual void on_video_frame(jsep::TransceiverId id, RTCEncodedVideoFrame&& frame) = 0;
  virtual void on_audio_frame(jsep::TransceiverId id, RTCEncodedAudioFrame&& frame) = 0;
  /// The first packet of a receiver's media has come; its last source has said goodbye.
  virtual void on_media_muted(jsep::TransceiverId id, bool muted) = 0;
  /// The next frame that a sender sends with this rid should be a key frame.
  virtual void on_key_frame_request(jsep::TransceiverId id, const std::string& rid) = 0;
  /// What a sender of video may use from now on.
  virtual void on_target_rate(jsep::TransceiverId id, double bits_per_second) = 0;
  /// How much of what a sender sends is lost, 0 to 1, as the peer's last report of one of its encodings says.
  virtual void on_loss(jsep::TransceiverId id, double fraction) = 0;
  /// The peer has begun to play a key of a telephone.
  virtual void on_tone(jsep::TransceiverId id, char key) = 0;
};

struct MediaOptions {
  /// May be empty.
  CongestionControllerFactory make_controller = {};
  /// Marks packets with ECT(1) where that is possible and of use.
  bool l4s = false;
};

/// The RTP sessions of a connection, one for each transport that carries media. Thread of its loop only.
class MediaPlane {
 public:
  MediaPlane(EventLoop& loop, MediaObserver& observer, MediaOptions options);
  ~MediaPlane();
  MediaPlane(const MediaPlane&) = delete;
  MediaPlane& operator=(const MediaPlane&) = delete;

  /// Which sections a transport carries from now on.
  void configure(Transport& transport, std::vector<media::Section> sections, const std::string& cname);
  /// Packets can be sent.
  void connected(Transport& transport);
  /// They take another way than before, maybe through another network.
  void path_changed(Transport& transport);
  void forget(const Transport& transport);
  void receive_rtp(Transport& transport, ByteView packet);
  void receive_rtcp(Transport& transport, ByteView packet);

  void send(jsep::TransceiverId id, const RTCEncodedVideoFrame& frame);
  void send(jsep::TransceiverId id, const RTCEncodedAudioFrame& frame);
  void send(jsep::TransceiverId id, const RTCRtpPacket& packet);
  /// Of one encoding of what the peer sends; all if `rid` is empty.
  void request_key_frame(jsep::TransceiverId id, std::string_view rid);
  /// Another track gives what is sent from now on.
  void change_source(jsep::TransceiverId id);
  /// nullopt if the transport carries no media. Sections are named by the ids of their transceivers.
  [[nodiscard]] std::optional<media::Statistics> statistics(const Transport& transport) const;
  /// A key of a telephone, 0 to 9, A to D, * or #.
  void play(jsep::TransceiverId id, char key, Duration duration);
  /// Says goodbye to the peer. The observer hears nothing any more.
  void close();

 private:
  class Lane;
  Lane* find(const Transport& transport) const;
  Lane* lane_of(jsep::TransceiverId id) const;
  template <class Outgoing>
  void send(jsep::TransceiverId id, std::string_view rid, const Outgoing& outgoing);
  void note_refusal(jsep::TransceiverId id, const Error& error);

  EventLoop& loop_;
  MediaObserver* observer_;  // nullptr once closed
  MediaOptions options_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::map<jsep::TransceiverId, std::string> refusals_;  // the last of each sender
};

}  // namespace parley::session
