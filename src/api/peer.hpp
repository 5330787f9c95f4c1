#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/cores.hpp"
#include "api/track_source.hpp"
#include "base/random.hpp"
#include "parley/peer_connection.hpp"
#include "session/connection.hpp"

namespace parley::api {

/// The slots and algorithms of webrtc-pc behind one RTCPeerConnection: the operations chain, the states as the program
/// sees them, the order of events. Lives on the loop; what it does for a connection is session's business.
class Peer final : public std::enable_shared_from_this<Peer>, private session::Observer {
 public:
  using Lists = RTCPeerConnectionEvents::Lists;

  /// Throws what RTCPeerConnection's constructor throws. Any thread: until its first operation nothing is on the loop.
  static std::shared_ptr<Peer> create(const std::shared_ptr<EventLoop>& loop, const RTCConfiguration& configuration,
                                      std::shared_ptr<Lists> lists);
  Peer(std::shared_ptr<EventLoop> loop, RTCConfiguration configuration, session::Config config,
       std::shared_ptr<Lists> lists);
  ~Peer() override;

  // operations.cpp
  void create_offer(const RTCOfferOptions& options, const PromiseResolver<RTCSessionDescriptionInit>& done);
  void create_answer(const PromiseResolver<RTCSessionDescriptionInit>& done);
  void set_local_description(RTCLocalSessionDescriptionInit description, const PromiseResolver<void>& done);
  void set_remote_description(RTCSessionDescriptionInit description, const PromiseResolver<void>& done);
  void add_ice_candidate(RTCIceCandidateInit candidate, const PromiseResolver<void>& done);

  void restart_ice();
  /// Throws what setConfiguration throws.
  void set_configuration(const RTCConfiguration& configuration);

  // transceivers.cpp; they throw what the W3C's methods throw
  std::shared_ptr<RTCRtpSender> add_track(const std::shared_ptr<MediaStreamTrack>& track,
                                          const std::vector<std::shared_ptr<MediaStream>>& streams);
  void remove_track(const std::shared_ptr<RTCRtpSender>& sender);
  std::shared_ptr<RTCRtpTransceiver> add_transceiver(const std::shared_ptr<MediaStreamTrack>& track,
                                                     jsep::MediaKind kind, const RTCRtpTransceiverInit& init);
  [[nodiscard]] std::vector<std::shared_ptr<RTCRtpTransceiver>> transceivers() const;
  /// Those whose sender and receiver are in the sets of senders and receivers.
  [[nodiscard]] std::vector<std::shared_ptr<RTCRtpTransceiver>> unstopped_transceivers() const;
  void set_direction(TransceiverCore& core, RTCRtpTransceiverDirection direction);
  void stop_transceiver(TransceiverCore& core);
  void set_codec_preferences(TransceiverCore& core, const std::vector<RTCRtpCodec>& codecs);
  void set_streams(TransceiverCore& core, const std::vector<std::shared_ptr<MediaStream>>& streams);
  void replace_track(const std::shared_ptr<TransceiverCore>& core, std::shared_ptr<MediaStreamTrack> track,
                     const PromiseResolver<void>& done);
  RTCRtpSendParameters get_parameters(const std::shared_ptr<TransceiverCore>& core);
  struct SetParameters {
    RTCRtpSendParameters parameters;
    RTCSetParameterOptions options;
  };
  void set_parameters(const std::shared_ptr<TransceiverCore>& core, SetParameters wanted,
                      const PromiseResolver<void>& done);
  void apply_parameters(TransceiverCore& core, const std::vector<jsep::SendEncoding>& encodings,
                        const std::vector<RTCEncodingOptions>& options);
  void set_jitter_buffer_target(TransceiverCore& core, std::optional<double> milliseconds);
  void set_header_extensions(TransceiverCore& core, const std::vector<RTCRtpHeaderExtensionCapability>& extensions);

  // stats.cpp
  [[nodiscard]] RTCStatsReport stats();
  /// Rejects with InvalidAccessError unless exactly one sender or receiver has the track.
  void stats_of(const std::shared_ptr<MediaStreamTrack>& track, const PromiseResolver<RTCStatsReport>& done);
  /// Of one half of a transceiver.
  [[nodiscard]] RTCStatsReport stats_of(const TransceiverCore& core, Side side);

  // transforms.cpp
  /// Throws what the attribute `transform` throws. nullptr: none.
  static void set_transform(const std::shared_ptr<TransceiverCore>& core, Side side,
                            const std::shared_ptr<TransformCore>& transform);
  /// A transform is done with a frame.
  void take_transformed(const TransformCore& transform, EncodedFrame&& frame);
  void generate_key_frame(TransformCore& transform, const std::optional<std::string>& rid,
                          const PromiseResolver<void>& done);

  // dtmf.cpp
  struct ToneRequest {
    std::string_view tones;
    std::uint32_t duration, gap;
  };
  /// Throws what insertDTMF throws.
  void insert_dtmf(const std::shared_ptr<TransceiverCore>& core, const ToneRequest& request);
  [[nodiscard]] bool can_insert_dtmf(const TransceiverCore& core) const;

  // close.cpp
  /// Whether the connection goes without a word to the program: its remote tracks end with or without `ended`.
  enum class Disappear { No, Yes };
  void close(Disappear disappear);

  // media.cpp
  void send_media(TransceiverCore& sender, const EncodedFrame& frame);
  void send_media(TransceiverCore& sender, const RTCRtpPacket& packet);
  void request_key_frame(jsep::TransceiverId id, std::string_view rid);
  void begin_anew(const TransceiverCore& sender) {
    if (!closed_) connection_.change_source(sender.state.id);
  }

  // channels.cpp
  /// `from_loop`: the program runs on the loop, so that nothing happens before it has set its handlers.
  std::shared_ptr<RTCDataChannel> create_data_channel(std::string_view label, const RTCDataChannelInit& init,
                                                      bool from_loop);
  void send(DataChannelCore& channel, bool text, std::vector<std::uint8_t>&& message);
  void send(DataChannelCore& channel, bool text, ByteView message);
  void write(DataChannelCore& channel, PromiseResolver<void> done);
  void close_channel(DataChannelCore& channel);
  /// Somebody may have begun to listen: fires what waits.
  void pump_later(const std::shared_ptr<DataChannelCore>& channel);

  [[nodiscard]] const session::Connection& connection() const { return connection_; }
  [[nodiscard]] const RTCConfiguration& configuration() const { return configuration_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] RTCSignalingState signaling_state() const;
  [[nodiscard]] RTCIceGatheringState gathering_state() const { return gathering_state_; }
  [[nodiscard]] RTCIceConnectionState ice_connection_state() const { return ice_state_; }
  [[nodiscard]] RTCPeerConnectionState connection_state() const { return connection_state_; }
  [[nodiscard]] std::optional<RTCSessionDescription> local(
      const std::optional<jsep::AppliedDescription>& applied) const;
  [[nodiscard]] const std::shared_ptr<RTCSctpTransport>& sctp() const { return sctp_; }

 private:
  struct Operation {
    UniqueFunction<void()> start;
    UniqueFunction<void(std::exception_ptr)> abort;
  };
  struct Channel {
    std::shared_ptr<DataChannelCore> core;
    std::shared_ptr<RTCDataChannel> object;
  };
  struct Transceiver {
    std::shared_ptr<TransceiverCore> core;
    std::shared_ptr<RTCRtpTransceiver> object;
  };
  struct TransportObjects {
    std::shared_ptr<DtlsTransportCore> core;
    std::shared_ptr<RTCDtlsTransport> object;
    bool selected_pair_changed = false;  // and the event has not been fired
  };
  /// What is to be told of remote tracks after a description: muteTracks, removeList, addList, trackEventInits.
  struct TrackNews {
    using Pairs = std::vector<std::pair<std::shared_ptr<MediaStream>, std::shared_ptr<MediaStreamTrack>>>;
    std::vector<std::shared_ptr<MediaStreamTrack>> muted;
    Pairs removed, added;
    std::vector<RTCTrackEvent> events;
  };

  // session::Observer, events.cpp
  void on_transport_states() override;
  void on_selected_pair(jsep::TransportId transport) override;
  void on_dtls_error(jsep::TransportId transport, const Error& error) override;
  void on_local_candidate(const session::LocalCandidate& candidate) override;
  void on_candidate_error(const ice::CandidateError& error) override;
  void on_sctp_state(session::DataPlane::State state) override;
  // session::MediaObserver, media.cpp
  void on_packet(jsep::TransceiverId id, const media::ReceivedPacket& packet) override;
  void on_video_frame(jsep::TransceiverId id, RTCEncodedVideoFrame&& frame) override;
  void on_audio_frame(jsep::TransceiverId id, RTCEncodedAudioFrame&& frame) override;
  void on_media_muted(jsep::TransceiverId id, bool muted) override;
  void on_key_frame_request(jsep::TransceiverId id, const std::string& rid) override;
  void on_target_rate(jsep::TransceiverId id, double bits_per_second) override;
  void on_loss(jsep::TransceiverId id, double fraction) override;
  void on_tone(jsep::TransceiverId id, char key) override;
  // session::Observer, channels.cpp
  void on_channel_announced(dcep::ChannelKey key, const dcep::ChannelInit& init) override;
  void on_channel_id(dcep::ChannelKey key, dcep::StreamId id) override;
  void on_channel_open(dcep::ChannelKey key) override;
  void on_channel_message(dcep::ChannelKey key, bool text, ByteView message) override;
  void on_channel_taken(dcep::ChannelKey key, const dcep::Taken& taken) override;
  void on_channel_closing(dcep::ChannelKey key) override;
  void on_channel_closed(dcep::ChannelKey key, const std::optional<Error>& error) override;

  /// Queues a task that does nothing if the connection is closed by then. They run in order.
  void queue(UniqueFunction<void()> task);
  template <FixedString Name, class E = Event>
  void fire(E event = {Name.view()}) {
    lists_->template get<Name>()->fire(std::move(event));
  }

  // operations.cpp
  template <class T, class Check, class F>
  void chain(const PromiseResolver<T>& done, Check check, F operation);
  template <class T, class F>
  void chain(const PromiseResolver<T>& done, F operation);
  template <class T, class F>
  void perform(const PromiseResolver<T>& done, F& operation);
  void when_parameters_are_set(UniqueFunction<void()> operation);
  void start_operation();
  void operation_finished();
  Result<void> set_description(jsep::Side side, jsep::SdpType type, const std::string& sdp);
  void update_negotiation_needed();
  // events.cpp
  void apply_states(const std::vector<session::TransportStates>& states);
  void fire_selected_pair(jsep::TransportId transport);
  void update_transports();
  std::vector<std::shared_ptr<DtlsTransportCore>> forget_unused_transports();
  TransportObjects& transport_for(jsep::TransportId id);
  std::shared_ptr<RTCDtlsTransport> transport_object(std::optional<jsep::TransportId> id);
  void update_sctp();
  // transceivers.cpp
  void check_open() const;
  void offer_to_receive(jsep::MediaKind kind, std::optional<bool> wanted);
  Transceiver& transceiver_for(jsep::TransceiverId id);
  void refresh(TransceiverCore& core);
  static void set_sender_track(const std::shared_ptr<TransceiverCore>& core, std::shared_ptr<MediaStreamTrack> track);
  // media.cpp
  [[nodiscard]] std::shared_ptr<TransceiverCore> find_core(jsep::TransceiverId id) const;
  [[nodiscard]] std::shared_ptr<RTCRtpSender> find_sender(jsep::TransceiverId id) const;
  void deliver(jsep::TransceiverId id, EncodedFrame frame);
  void arrived(const std::shared_ptr<TransceiverCore>& core, EncodedFrame&& frame);
  void give_to_track(TransceiverCore& core, EncodedFrame&& frame);
  void put_on_wire(const TransceiverCore& core, const EncodedFrame& frame);
  // transforms.cpp
  static void transform(const std::shared_ptr<TransformCore>& transform, EncodedFrame&& frame);
  // sframe.cpp
  void pass_through_sframe(const TransformCore& transform, EncodedFrame&& frame);
  // dtmf.cpp
  void play_tones(const std::shared_ptr<TransceiverCore>& core);
  // remote_tracks.cpp
  std::shared_ptr<MediaStream> remote_stream(const std::string& id);
  TrackNews apply_track_changes(const std::vector<jsep::TrackChange>& changes);
  void update_transceivers(jsep::SdpType type);
  void tell_track_changes(const TrackNews& news);
  void end_later(const std::shared_ptr<MediaStreamTrack>& track);
  // channels.cpp
  Channel& add_channel(dcep::ChannelKey key, const dcep::ChannelInit& init);
  void pump(DataChannelCore& channel);
  void note_open(DataChannelCore& channel);
  void fire_open(DataChannelCore& channel);
  void fire_message(DataChannelCore& channel, bool text, std::span<const std::byte> bytes);
  void settle_buffered(const std::shared_ptr<DataChannelCore>& channel);
  void settle_buffered_later(DataChannelCore& channel);
  void forget_waiting(DataChannelCore& channel);
  void finish_channel(dcep::ChannelKey key, const std::optional<Error>& error);

  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<Lists> lists_;
  RTCConfiguration configuration_;
  session::Connection connection_;

  std::deque<Operation> operations_;
  bool negotiation_needed_ = false;
  bool update_negotiation_needed_on_empty_chain_ = false;
  bool closed_ = false;
  bool local_description_was_asked_for_ = false;
  std::size_t queued_ = 0;                // tasks that have not run yet
  std::size_t unsettled_parameters_ = 0;  // calls of setParameters() that have not had their task yet

  RTCIceGatheringState gathering_state_ = RTCIceGatheringState::New;
  RTCIceConnectionState ice_state_ = RTCIceConnectionState::New;
  RTCPeerConnectionState connection_state_ = RTCPeerConnectionState::New;
  std::map<jsep::TransportId, TransportObjects> transports_;
  std::vector<Transceiver> transceivers_;  // the set of transceivers, in its order
  std::map<std::string, std::weak_ptr<MediaStream>> remote_streams_;
  std::shared_ptr<SctpTransportCore> sctp_core_;
  std::shared_ptr<RTCSctpTransport> sctp_;
  std::map<dcep::ChannelKey, Channel> channels_;
  std::size_t waiting_bytes_ = 0;  // of all channels: see DataChannelCore
  std::uint32_t channels_opened_ = 0, channels_closed_ = 0;
  const std::uint64_t stats_key_ = system_random().u64();
};

/// RTCRtpSender.getParameters() without the memory of what was returned last.
RTCRtpSendParameters send_parameters(const TransceiverCore& core);
/// [[HeaderExtensionsToNegotiate]] and [[NegotiatedHeaderExtensions]].
std::vector<RTCRtpHeaderExtensionCapability> extensions_to_negotiate(const TransceiverCore& core);
std::vector<RTCRtpHeaderExtensionCapability> negotiated_extensions(const TransceiverCore& core);
/// Milliseconds since 1970.
double wall_time();

}  // namespace parley::api
