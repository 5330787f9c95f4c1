#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/reactor.hpp"
#include "dtls/transport.hpp"
#include "ice/agent.hpp"
#include "parley/event_loop.hpp"
#include "session/deadline.hpp"
#include "srtp/session.hpp"

namespace parley::session {

/// One path to the peer: ICE, the DTLS association over it, and the first-byte demultiplexing of RFC 7983 between them.
/// Everything that is bundled shares one. Each ICE generation is an agent of its own; after a restart the old one
/// carries packets until the new one is connected, and takes what still comes for a while. Thread of its loop only.
class Transport final : private dtls::Transport::Handler {
 public:
  enum class Gathering { New, Gathering, Complete };

  /// Told what happens. The ice and gathering ones come as tasks of their own, the dtls ones also from the receive path
  /// or a timer. All may call any method; none may destroy the transport.
  class Observer {
   public:
    virtual ~Observer() = default;
    /// A candidate of the generation whose credentials have `ufrag`.
    virtual void on_local_candidate(Transport& transport, const std::string& ufrag, const ice::Candidate& candidate,
                                    const ice::CandidateSource& source) = 0;
    virtual void on_candidate_error(Transport& transport, const ice::CandidateError& error) = 0;
    /// The generation with `ufrag` has no more candidates.
    virtual void on_gathering_complete(Transport& transport, const std::string& ufrag) = 0;
    virtual void on_ice_state(Transport& transport) = 0;
    virtual void on_selected_pair(Transport& transport) = 0;
    /// Packets take another path from now on.
    virtual void on_path_changed(Transport& transport) = 0;
    /// With `error` if the state is Failed.
    virtual void on_dtls_state(Transport& transport, const std::optional<Error>& error) = 0;
    /// One decrypted record, valid during the call.
    virtual void on_data(Transport& transport, ByteView data) = 0;
    /// An RTP or RTCP packet, authenticated and decrypted, valid during the call.
    virtual void on_rtp(Transport& transport, ByteView packet) = 0;
    virtual void on_rtcp(Transport& transport, ByteView packet) = 0;
  };

  Transport(EventLoop& loop, std::shared_ptr<const dtls::Certificate> certificate, Observer& observer);
  ~Transport() override;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// A new generation, named by config.local.ufrag, begins to gather, or goes on with what `pooled` has gathered. The
  /// role of the one before is kept, which a conflict may have changed without anybody's description.
  void start_generation(ice::Agent::Config config, std::optional<ice::Agent> pooled = std::nullopt);
  /// Its peer is lite, so that the role is ours (RFC 8445 section 6.1.1). Before start_checks().
  void take_control(std::string_view ufrag);
  /// Its other side is known: checks begin.
  void start_checks(std::string_view ufrag, const ice::Credentials& remote);
  void add_remote_candidate(std::string_view ufrag, const ice::Candidate& candidate);
  void set_remote_end_of_candidates(std::string_view ufrag);
  /// Nothing refers to this generation any more. If it carries our packets and a newer one has been answered, it goes
  /// on until that one is connected, and listens until the peer has left it, too.
  void abandon(std::string_view ufrag);

  /// The handshake begins as soon as ICE has a path. Called again, with another role or other fingerprints, it is a new
  /// association in place of the old one.
  void start_dtls(dtls::Role role, std::vector<dtls::Fingerprint> remote);
  /// Seals one record and queues it; everything of one turn of the loop leaves together. False unless connected.
  bool send(ByteView data) { return dtls_->send(data); }
  /// Protects a packet (of RTP, given in two parts) and queues it likewise. False unless connected with SRTP.
  bool send_rtp(ByteView head, ByteView payload, ice::Mark mark);
  /// Whether packets are marked with ECN at the moment.
  [[nodiscard]] bool marks_ecn() const { return carrier_ != nullptr && carrier_->agent.on_fast_path(); }
  bool send_rtcp(ByteView packet);
  /// Whether the peer takes media over this association.
  [[nodiscard]] bool has_srtp() const {
    return dtls_state() == dtls::State::Connected && dtls_->srtp_profile().has_value();
  }
  /// What becomes of the header extensions of media (RFC 9335), from now on.
  struct HeaderProtection {
    srtp::Headers ours = srtp::Headers::Readable;
    /// Encrypted: they have to be.
    srtp::Headers theirs = srtp::Headers::Readable;
    /// Whether the peer may encrypt them, now or once a negotiation that is under way is over.
    bool may_come = true;
  };
  void protect_headers(const HeaderProtection& wanted);
  /// False once SRTP works with what cannot read encrypted ones, for as long as the association lives.
  [[nodiscard]] bool reads_encrypted_headers() const { return !srtp_ || srtp_engine_ == srtp::Engine::OpenSsl; }
  /// One record in a datagram that leaves at once and that nobody may fragment; nothing is sent where that cannot be
  /// had.
  void send_probe(ByteView data);
  /// Says goodbye to the peer and stops. The observer hears nothing any more.
  void close();

  [[nodiscard]] Gathering gathering() const;
  /// Of the newest generation whose other side is known. While that looks for a path, the one that carries our packets
  /// is not forgotten: webrtc-pc section 5.6, "RTCIceTransportState".
  [[nodiscard]] ice::State ice_state() const;
  [[nodiscard]] dtls::State dtls_state() const;
  [[nodiscard]] const dtls::Transport& dtls() const { return *dtls_; }
  /// The newest agent, or the newest whose other side is known; nullptr before the first.
  [[nodiscard]] const ice::Agent* newest() const;
  [[nodiscard]] const ice::Agent* active() const;
  /// The one that carries our packets, and all of them, oldest first.
  [[nodiscard]] const ice::Agent* carrier() const { return carrier_ == nullptr ? nullptr : &carrier_->agent; }
  [[nodiscard]] std::vector<const ice::Agent*> agents() const;
  /// Of all generations, also those that are gone.
  [[nodiscard]] ice::Counters counters() const;
  void measure_round_trip();
  /// During on_rtp: how the network has marked the packet.
  [[nodiscard]] Ecn arrival_mark() const { return arrival_mark_; }
  [[nodiscard]] const dtls::Certificate& certificate() const { return *certificate_; }

 private:
  /// An agent and what it says, passed on with its name.
  struct Generation final : ice::Agent::Handler {
    Generation(Transport& owner, EventLoop& loop, ice::Agent::Config config);
    Generation(Transport& owner, ice::Agent pooled, const ice::Agent::Config& config);
    void on_ice_candidate(const ice::Candidate& local, const ice::CandidateSource& source) override;
    void on_ice_candidate_error(const ice::CandidateError& error) override;
    void on_ice_gathering_complete() override;
    void on_ice_state(ice::State state) override;
    void on_ice_selected_pair(const ice::Candidate& local, const ice::Candidate& remote) override;
    void on_ice_packet(ByteView packet) override;

    [[nodiscard]] bool knows_other_side() const { return agent.remote_credentials().has_value(); }

    Transport& owner;
    std::string ufrag;
    bool complete = false;
    bool abandoned = false;  // leaves when a newer one is connected
    ice::Agent agent;        // last: it may call from its first moment on
  };

  void on_dtls_packet(ByteView datagram) override;
  void on_dtls_connected() override { report_dtls(std::nullopt); }
  void on_dtls_data(ByteView data) override;
  void on_dtls_closed() override { report_dtls(std::nullopt); }
  void on_dtls_failed(const Error& error) override { report_dtls(error); }

  Generation* find(std::string_view ufrag);
  void leave(Generation& generation);
  void listen_on();
  void retire(Generation& generation);
  void generation_changed_state(Generation& generation, ice::State state);
  void carry(Generation* generation);
  void receive(ByteView packet);
  void receive_srtp(ByteView packet);
  srtp::Session* srtp();
  void apply_header_protection();
  void report_dtls(const std::optional<Error>& error);
  void begin_handshake_if_ready();

  struct DtlsStart {
    dtls::Role role;
    std::vector<dtls::Fingerprint> remote;
  };

  EventLoop& loop_;
  std::shared_ptr<const dtls::Certificate> certificate_;
  Observer* observer_;                                    // nullptr once closed
  std::vector<std::unique_ptr<Generation>> generations_;  // oldest first
  Generation* carrier_ = nullptr;                         // whose agent sends our packets
  /// A generation without use, as long as the peer may send by it.
  struct Leaving {
    Generation* generation = nullptr;
    bool heard = false;  // since the timer was set
    int rounds = 0;
    Timer timer;
  } leaving_;
  bool probing_ = false;   // inside send_probe()
  ice::Counters retired_;  // what generations that are gone have counted
  std::unique_ptr<dtls::Transport> dtls_;
  std::unique_ptr<Deadline<dtls::Transport>> dtls_deadline_;
  std::optional<DtlsStart> dtls_start_;  // until the handshake has begun
  std::optional<srtp::Session> srtp_;    // from the first packet on: it costs memory and time
  srtp::Engine srtp_engine_ = srtp::Engine::OpenSsl;
  HeaderProtection headers_;
  bool fast_path_ = true;
  Ecn arrival_mark_ = Ecn::NotCapable;
};

}  // namespace parley::session
