#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dtls/certificate.hpp"
#include "ice/agent.hpp"
#include "jsep/candidates.hpp"
#include "jsep/create.hpp"
#include "jsep/plan.hpp"
#include "jsep/snapshot.hpp"
#include "session/candidate_pool.hpp"
#include "session/data_plane.hpp"
#include "session/media_plane.hpp"
#include "session/states.hpp"
#include "session/transport.hpp"

namespace parley::session {

/// A local candidate as the application hears of it.
struct LocalCandidate {
  std::string text;  ///< "candidate:…", or "" for the end of a generation
  std::optional<std::string> sdp_mid;
  std::uint16_t sdp_mline_index = 0;
  std::string username_fragment;
  ice::CandidateSource source;
};

struct Config {
  ice::Agent::Config ice;                                              ///< what all agents have in common
  std::vector<std::shared_ptr<const dtls::Certificate>> certificates;  ///< at least one
  std::size_t max_message_size = 256 << 10;
  jsep::BundlePolicy bundle_policy = jsep::BundlePolicy::Balanced;
  /// Offers have a data section whether there is a channel or not.
  bool always_data = false;
  jsep::HeaderEncryption header_encryption = jsep::HeaderEncryption::Negotiate;
  std::shared_ptr<const jsep::MediaCapabilities> capabilities = jsep::default_capabilities();
  /// Of a program's congestion control; may be empty.
  MediaOptions media = {};
};

/// Told what happens in a connection and, as dcep::Observer and MediaObserver, to its channels and media. The methods
/// come as things happen, also from inside the connection's own methods.
class Observer : public dcep::Observer, public MediaObserver {
 public:
  /// One of the transports changed its ICE, gathering or DTLS state: sum up anew.
  virtual void on_transport_states() = 0;
  virtual void on_selected_pair(jsep::TransportId transport) = 0;
  virtual void on_dtls_error(jsep::TransportId transport, const Error& error) = 0;
  virtual void on_local_candidate(const LocalCandidate& candidate) = 0;
  virtual void on_candidate_error(const ice::CandidateError& error) = 0;
  virtual void on_sctp_state(DataPlane::State state) = 0;
};

/// One peer connection without its API: descriptions in and out, transports, data channels. Every method belongs to the
/// loop's thread and none blocks. The members are in a file for each procedure: describe, commit, candidates, close.
class Connection final : private Transport::Observer, private DataPlane::Observer {
 public:
  Connection(EventLoop& loop, Config config, session::Observer& observer);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // describe.cpp
  Result<std::string> create_offer(bool ice_restart);
  Result<std::string> create_answer();
  /// The text that setLocalDescription without one sets: the last created if it still holds, else a new one.
  Result<std::string> implied_description(jsep::SdpType type);
  /// The description as the application sees it, with the candidates gathered so far.
  [[nodiscard]] std::string shown_local(const jsep::AppliedDescription& description) const;

  // commit.cpp
  /// Refused without any effect, or applied whole. What changed about remote tracks.
  Result<std::vector<jsep::TrackChange>> set_description(jsep::Side side, jsep::SdpType type, const std::string& sdp);

  // media.cpp
  /// addTrack() without its checks: the transceiver that sends the track, an old one or a new one.
  jsep::TransceiverId add_track(jsep::MediaKind kind, std::vector<std::string> streams);
  /// addTransceiver() without its checks. The id, and the sender's track id, are made here.
  jsep::TransceiverId add_transceiver(jsep::Transceiver transceiver);
  /// To be changed in what the program decides; nullptr once it has left the set.
  [[nodiscard]] jsep::Transceiver* transceiver(jsep::TransceiverId id);
  [[nodiscard]] const std::string& cname() const { return cname_; }
  /// After every change of a transceiver that no description makes, as by setParameters().
  void configure_media();
  /// Dropped unless the transceiver sends at the moment.
  void send(jsep::TransceiverId id, const RTCEncodedVideoFrame& frame) { media_.send(id, frame); }
  void send(jsep::TransceiverId id, const RTCEncodedAudioFrame& frame) { media_.send(id, frame); }
  void send(jsep::TransceiverId id, const RTCRtpPacket& packet) { media_.send(id, packet); }
  /// Of what the transceiver receives.
  void request_key_frame(jsep::TransceiverId id, std::string_view rid) { media_.request_key_frame(id, rid); }
  /// Another track gives what is sent from now on.
  void change_source(jsep::TransceiverId id) { media_.change_source(id); }
  /// Dropped likewise.
  void play(jsep::TransceiverId id, char key, Duration duration) { media_.play(id, key, duration); }
  [[nodiscard]] const MediaPlane& media() const { return media_; }

  // candidates.cpp
  Result<void> add_remote_candidate(const jsep::CandidateInit& init);

  // close.cpp
  /// Says goodbye on every layer and stops. The observer hears nothing any more. Idempotent.
  void close();

  [[nodiscard]] const jsep::Snapshot& snapshot() const { return snapshot_; }
  void request_ice_restart() { snapshot_ = jsep::with_ice_restart_requested(std::move(snapshot_)); }
  void outdate_ice() { snapshot_ = jsep::with_ice_outdated(std::move(snapshot_)); }
  [[nodiscard]] bool negotiation_needed() const { return jsep::negotiation_needed(snapshot_, wishes_); }
  [[nodiscard]] std::vector<TransportStates> transport_states() const;
  /// nullptr if there is none, as before the answer to a remote offer.
  [[nodiscard]] const Transport* transport(jsep::TransportId id) const { return find_transport(id); }
  /// Of all selected paths, for who asks for statistics again.
  void measure_round_trips() const;
  /// For generations that begin from now on.
  void set_ice_config(ice::Agent::Config config) { config_.ice = std::move(config); }
  /// iceCandidatePoolSize, for the configuration as it is now. Without effect once something has been negotiated.
  void set_candidate_pool_size(std::size_t size);
  [[nodiscard]] const DataPlane& data() const { return data_; }
  [[nodiscard]] dcep::Channels& channels() { return data_.channels(); }
  /// The checks and effects of createDataChannel; the caller then calls channels().open().
  Result<dcep::ChannelKey> create_channel(dcep::ChannelInit init);
  [[nodiscard]] bool data_channel_was_created() const { return wishes_.data_channel; }

 private:
  /// One ICE generation that was started, and what it gathered.
  struct Gathered {
    jsep::GenerationId id;
    std::string tls_id;
    std::size_t index = 0;
    std::optional<std::string> sdp_mid;
    std::vector<ice::Candidate> candidates;
    bool complete = false;
  };

  // Transport::Observer, candidates.cpp
  void on_local_candidate(Transport& transport, const std::string& ufrag, const ice::Candidate& candidate,
                          const ice::CandidateSource& source) override;
  void on_candidate_error(Transport& transport, const ice::CandidateError& error) override;
  void on_gathering_complete(Transport& transport, const std::string& ufrag) override;
  // Transport::Observer, transports.cpp
  void on_ice_state(Transport& transport) override;
  void on_selected_pair(Transport& transport) override;
  void on_path_changed(Transport& transport) override;
  void on_dtls_state(Transport& transport, const std::optional<Error>& error) override;
  void on_data(Transport& transport, ByteView data) override;
  void on_rtp(Transport& transport, ByteView packet) override;
  void on_rtcp(Transport& transport, ByteView packet) override;
  // DataPlane::Observer, transports.cpp
  void on_sctp_state(DataPlane::State state) override;
  void on_sctp_packet_ready(ByteView packet) override;
  void on_sctp_probe_ready(ByteView packet) override;

  jsep::LocalParameters local_parameters();
  void note_what_headers_can_be();
  void protect_headers();
  void commit(const jsep::Plan& plan);
  void commit_generations(const jsep::Plan& plan);
  void commit_data(const jsep::Plan& plan);
  void add_candidates(const jsep::RemoteCandidates& remote);
  Transport& transport_for(jsep::TransportId id);
  [[nodiscard]] Transport* find_transport(jsep::TransportId id) const;
  Gathered* find_gathered(const jsep::GenerationId& id);
  void drop_transport(jsep::TransportId id);
  [[nodiscard]] std::vector<jsep::GatheredCandidates> gathered_candidates() const;
  void connect_data_if_ready();
  [[nodiscard]] bool is_data_transport(const Transport& transport) const;
  [[nodiscard]] jsep::TransportId id_of(const Transport& transport) const;
  void make_sources();

  EventLoop& loop_;
  Config config_;
  session::Observer* observer_;  // nullptr once closed
  jsep::Snapshot snapshot_;
  std::string cname_;
  jsep::Wishes wishes_;
  std::vector<jsep::FreshTransport> fresh_;  // made for descriptions, until one that uses them has been applied
  std::map<jsep::TransportId, std::unique_ptr<Transport>> transports_;
  std::vector<Gathered> gathered_;
  CandidatePool pool_;
  Transport* data_carrier_ = nullptr;
  DataPlane data_;
  MediaPlane media_;
};

}  // namespace parley::session
