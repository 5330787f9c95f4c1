#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "parley/encoded_frame.hpp"
#include "parley/event_loop.hpp"
#include "parley/media_stream.hpp"
#include "parley/rtp_packet.hpp"

namespace parley::api {

struct TrackCore;
struct TransceiverCore;

using EncodedFrame = std::variant<RTCEncodedVideoFrame, RTCEncodedAudioFrame>;

/// Where the media of a track and of its clones comes from, and where it goes to. Any thread may call.
class TrackSource {
 public:
  /// What asking for a key frame does, on `loop`: for a remote source the peer is told, without it the program is.
  using Request = std::function<void(const std::string& rid)>;

  explicit TrackSource(std::shared_ptr<EventLoop> loop) : loop_(std::move(loop)) {}
  TrackSource(std::shared_ptr<EventLoop> loop, Request request)
      : loop_(std::move(loop)), request_(std::move(request)) {}

  /// A track that shows this source: the original or a clone.
  void add_track(const std::shared_ptr<TrackCore>& track);
  /// From now on the transceiver sends what `track` gives.
  void add_sender(const std::shared_ptr<TrackCore>& track, const std::shared_ptr<TransceiverCore>& sender);
  void remove_sender(const TransceiverCore& sender);

  /// To all senders, each on its loop, and at once if that is the current one. To the listeners of `videoframe` and
  /// `audioframe` if `listeners`.
  enum class Listeners { No, Yes };
  void deliver(EncodedFrame frame, Listeners listeners);
  /// To all senders likewise. On the source's loop at the end of its turn, with what else was delivered until then: one
  /// sender after the other gets all of it, because what a connection knows has to come into the processor's cache.
  void deliver(const RTCRtpPacket& packet);
  using Tracks = std::vector<std::weak_ptr<TrackCore>>;
  /// The tracks, if somebody listens to `rtp` of one of them, else nullptr.
  [[nodiscard]] std::shared_ptr<const Tracks> packet_listeners();
  /// To those who listen to `rtp` of these tracks. On the source's loop.
  static void fire(const Tracks& tracks, const RTCRtpPacket& packet);
  /// Of the sender's encoding `rid`. A remote source has encodings of its own, and is asked for all of them.
  void request_key_frame(const std::string& rid, const std::shared_ptr<RTCRtpSender>& sender = nullptr);
  /// Who sends the track goes on with a key frame: what was left out meanwhile is missing there.
  void begin_anew(const TrackCore& track);
  /// Of one of the remote source's encodings; all if empty.
  void request_layer(const std::string& rid);
  /// These tell the program, if it is a local source.
  void tell_target(double bits_per_second, const std::shared_ptr<RTCRtpSender>& sender);
  void tell_loss(double fraction, const std::shared_ptr<RTCRtpSender>& sender);

  /// Those that have not ended, in the order in which they were made.
  [[nodiscard]] std::vector<std::shared_ptr<TrackCore>> live_tracks();
  [[nodiscard]] bool is_remote() const { return request_ != nullptr; }

 private:
  struct Sending {
    std::weak_ptr<TrackCore> track;
    std::shared_ptr<EventLoop> loop;
    std::weak_ptr<TransceiverCore> sender;
    const TransceiverCore* key;
  };
  using Senders = std::vector<Sending>;
  class Outbox;

  /// `share` makes a pointer of what is to be sent, where it has to wait for another loop.
  template <class Media, class Share>
  static void fan_out(const Senders& senders, const Media& media, Share share);
  template <class Act>
  void on_loop(Act act);
  [[nodiscard]] std::shared_ptr<const Tracks> tracks();
  [[nodiscard]] std::shared_ptr<const Senders> senders();

  std::shared_ptr<EventLoop> loop_;
  Request request_;
  std::mutex mutex_;
  // Replaced as a whole.
  std::shared_ptr<const Tracks> tracks_ = std::make_shared<Tracks>();
  std::shared_ptr<const Senders> senders_ = std::make_shared<Senders>();
  std::shared_ptr<Outbox> outbox_;  // made with the first packet; on the loop
};

}  // namespace parley::api
