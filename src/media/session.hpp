#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ecn.hpp"
#include "cc/controller.hpp"
#include "cc/pacer.hpp"
#include "cc/remote_rate.hpp"
#include "formats/red.hpp"
#include "media/arrival_log.hpp"
#include "media/budget.hpp"
#include "media/fastest.hpp"
#include "media/feedback_clock.hpp"
#include "media/feedback_interval.hpp"
#include "media/format.hpp"
#include "media/frame_notes.hpp"
#include "media/layer_choice.hpp"
#include "media/limitation.hpp"
#include "media/mark_check.hpp"
#include "media/media_time.hpp"
#include "media/receive_stream.hpp"
#include "media/recovery.hpp"
#include "media/repeated_rate.hpp"
#include "media/router.hpp"
#include "media/send_stream.hpp"
#include "media/sent_log.hpp"
#include "media/shares.hpp"
#include "media/source_arrivals.hpp"
#include "media/source_numbers.hpp"
#include "media/statistics.hpp"
#include "rtp/congestion_feedback.hpp"
#include "rtp/feedback.hpp"
#include "rtp/packet.hpp"
#include "rtp/reports.hpp"

namespace parley::media {

/// Whose media a mixer has put together, and how loud each of them is, in -dBov (RFC 6465): empty if it does not say
/// so.
struct Contributors {
  std::vector<std::uint32_t> sources;
  std::vector<std::uint8_t> levels;
};

/// A frame as it arrived, and where from.
struct ReceivedFrame {
  ArrivedFrame arrived;
  SectionKey section{};
  Kind kind = Kind::Audio;
  Ssrc source{};
  std::string rid;
  std::string codec;
  Contributors contributing;
  /// The RTP timestamp as time, from the source's first packet on.
  std::chrono::microseconds time{};
  /// The same as time of ours, comparable between all sources of one CNAME, once the peer has told of its clock.
  std::optional<TimePoint> common_time = std::nullopt;
  FrameNotes notes;
  std::optional<Dependencies> dependencies = std::nullopt;
};

/// A packet of a source's media as it arrived, first or repaired; never twice. Views of what is only there now.
struct ReceivedPacket {
  StreamPacket packet;
  formats::PayloadInfo info;
  SectionKey section{};
  Ssrc source{};
  std::string_view rid, codec;
  Contributors contributing;
  const PacketNotes* notes = nullptr;  ///< nullptr without
};

/// RTP over one transport: the sections bundled there, with their sources in both directions, RTCP, repair, congestion
/// control and pacing. Packets in, packets out, before and after protection; time is an argument.
class Session {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// To be protected and sent, valid during the call; of RTP the two parts one after the other. These two must not
    /// call the session.
    virtual void on_rtp(ByteView head, ByteView payload) = 0;
    virtual void on_rtcp(ByteView packet) = 0;
    virtual void on_packet(const ReceivedPacket& packet) = 0;
    virtual void on_frame(ReceivedFrame&& frame) = 0;
    /// Media of this section has begun to arrive; its last source has said goodbye.
    virtual void on_begun(SectionKey section) = 0;
    virtual void on_ended(SectionKey section) = 0;
    /// The next frame for the encoding with this rid should be a key frame.
    virtual void on_key_frame_request(SectionKey section, const std::string& rid) = 0;
    /// How much media the sender of a section may send, in bits per second.
    virtual void on_target_rate(SectionKey section, double rate) = 0;
    /// How much of what a sender has sent is lost, 0 to 1, as the peer's last report says.
    virtual void on_loss(SectionKey /*section*/, double /*fraction*/) {}
    /// The peer has begun to play a key of a telephone.
    virtual void on_tone(SectionKey /*section*/, char /*key*/) {}
  };
  /// The most sources of the peer: then the one that has been silent longest goes.
  static constexpr std::size_t kMostSources = 128;
  /// What one compound tells of, so that it fits into a datagram: sources of ours, sources of the peer.
  static constexpr std::size_t kMostReports = 10, kMostBlocks = 16;
  /// What all sources keep together of packets that wait: then the one that has most gives up what it has.
  static constexpr std::size_t kMostBytes = 64U << 20;
  /// How long packets of a source that has said goodbye may come late.
  static constexpr Duration kStraggling = 1s;
  /// What is read of one datagram of RTCP: packets, and numbers in them that are asked for.
  static constexpr std::size_t kMostFeedback = 128, kMostRepeats = 1024, kMostTold = 8192;

  /// `wall_offset`: what the wall clock shows at the beginning of the steady one.
  Session(Handler& handler, Random& random, std::string cname, std::chrono::system_clock::time_point wall_offset);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Decides how much is sent in the place of ours. Before anything is sent.
  void set_controller(std::unique_ptr<cc::Controller> controller) { controller_ = std::move(controller); }
  /// What packets can be marked with from now on.
  void set_marking(Ecn mark) { mark_ = mark; }
  /// What they are marked with: if the peer tells of marks, and they get through.
  [[nodiscard]] Ecn marking() const { return told_by_source_ && mark_check_.usable() ? mark_ : Ecn::NotCapable; }
  /// The sections of the transport from now on. What stays keeps its state.
  void configure(std::vector<Section> sections);
  /// Packets can be sent from now on. After each configure(), too.
  void connect(TimePoint now);
  /// They take another way than before, through another network.
  void change_path(TimePoint now);
  /// `ecn`: how the network has marked it, as far as that can be seen.
  void receive_rtp(ByteView packet, TimePoint now, Ecn ecn = Ecn::NotCapable);
  void receive_rtcp(ByteView packet, TimePoint now);
  /// Refused if the section does not send, has no such encoding, or the frame is not of a negotiated codec.
  Result<void> send(SectionKey section, std::string_view rid, const OutgoingFrame& frame, TimePoint now);
  Result<void> send(SectionKey section, std::string_view rid, const OutgoingPacket& packet, TimePoint now);
  /// Another source gives what the section sends from now on.
  void change_source(SectionKey section);
  /// Plays a tone instead of what is played at the moment. Refused if the section does not send, or tones were not
  /// negotiated.
  Result<void> play(SectionKey section, const Tone& tone, TimePoint now);
  /// Of the encoding with this rid; of all that the section receives if it is empty.
  void request_key_frame(SectionKey section, std::string_view rid, TimePoint now);
  /// Says BYE for every source.
  void say_goodbye();

  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  void advance(TimePoint now);

  /// statistics.cpp
  [[nodiscard]] Statistics statistics(TimePoint now) const;

  [[nodiscard]] Duration round_trip() const { return round_trip_; }
  /// What is kept of packets that wait.
  [[nodiscard]] std::size_t bytes_kept() const { return budget_.used(); }
  [[nodiscard]] const cc::Controller& controller() const { return *controller_; }

 private:
  /// A source of the peer.
  struct Incoming {
    Incoming(Budget& budget, Ssrc source_, const Section& section_, std::string rid_)
        : source(source_), section(section_.key), rid(std::move(rid_)), stream(section_.kind), share(budget) {}
    /// Until packets are taken again. What has been counted goes on then (webrtc-stats section 7).
    void pause() {
      stream.pause();
      if (recovery) recovery->drop();
      said_goodbye = true;
      count_bytes();
    }
    void count_bytes() { share.set(stream.bytes() + (recovery ? recovery->bytes() : 0)); }
    Ssrc source;
    SectionKey section;
    std::string rid;
    std::optional<Ssrc> retransmission = std::nullopt;  ///< learned from its packets
    std::optional<Ssrc> protection = std::nullopt;      ///< likewise
    ReceiveStream stream;
    std::unique_ptr<Recovery> recovery = nullptr;  ///< since its first packet of FEC
    bool protected_in_red = false;                 ///< by ULPFEC
    Budget::Share share;                           ///< of what is kept
    NoteLog notes;
    HeardTones tones;
    Contributors contributing;  ///< as of the last packet
    MediaTime time;
    std::uint32_t clock_rate = 0;  ///< of the last frame
    /// When its timestamps were where, by its own clock: as its last sender report says, if that is believed.
    struct Moment {
      rtp::NtpTime ntp;
      std::uint32_t timestamp = 0, clock_rate = 0;
    };
    std::optional<Moment> moment = std::nullopt;
    std::optional<PeerSender> told = std::nullopt;  ///< by its last sender report
    std::string cname;                              ///< whose clock that has
    Fastest reports{1min, 500ms};
    std::optional<Duration> peer_clock = std::nullopt;  ///< what ours is ahead of it; the same for one CNAME
    RoundTrips round_trips;                             ///< by what it answers to our time
    TimePoint last_packet{};
    EcnCounts marks;
    bool said_goodbye = false;
    std::uint32_t picture_losses = 0, intra_requests = 0;  ///< that were sent
  };
  /// A sender.
  struct Outgoing {
    SectionKey section;
    std::vector<std::unique_ptr<SendStream>> streams;
    /// Of what others have made in layers and the program passes on through a sender that has none.
    LayerChoice choice = {};
    /// What the program was told, and what that means for it.
    std::optional<double> target = std::nullopt;
    Limitation limitation = {};
    /// For a key frame of a source.
    struct Asked {
      std::optional<TimePoint> last = std::nullopt;
      /// The last request with a number that has come to the encoder: who has sent it, and the number.
      std::optional<std::pair<Ssrc, std::uint8_t>> request = std::nullopt;
    };
    std::map<Ssrc, Asked> asked = {};
    std::optional<TimePoint> loss_told = std::nullopt;
    bool said_goodbye = false;
  };
  class PacketSink;
  /// A packet that was made of others, and what its views refer to.
  struct Recovered {
    Bytes bytes;
    std::string rid, codec;
    PacketNotes notes;
    ReceivedPacket packet;
  };

  // session.cpp
  void configure_receiving();
  [[nodiscard]] bool has_to_tell_limit() const;
  void configure_sending();
  void leave(Outgoing& outgoing);
  // session_receive.cpp
  Incoming& source_of(const rtp::PacketView& packet, const Section& section);
  Incoming* repaired_by(const rtp::PacketView& packet, const Section& section);
  Incoming& add_source(Ssrc source, const Section& section, std::string rid);
  std::optional<ReceivedPacket> take(Incoming& incoming, const Section& section, const StreamPacket& packet,
                                     ReceiveStream::Arrival arrival, TimePoint now);
  void note_begun(SectionKey section);
  StreamPacket without_tones(Incoming& incoming, const Section& section, StreamPacket packet);
  void collect(Incoming& incoming, TimePoint now);
  static std::optional<TimePoint> common_time(const Incoming& incoming, std::uint32_t timestamp,
                                              std::uint32_t clock_rate);
  void limit_bytes(Incoming& grown, TimePoint now);
  void hand_over(const std::optional<ReceivedPacket>& packet = std::nullopt,
                 const std::list<Recovered>& recovered = {});
  // session_recovery.cpp
  Incoming* take_flexfec(const rtp::PacketView& packet, const Section& section, TimePoint now);
  void take_ulpfec(Incoming& incoming, ByteView payload);
  void begin_recovery(Incoming& incoming, rtp::Protection&& protection);
  void keep_for_recovery(Incoming& incoming, const Section& section, ByteView bytes, const StreamPacket& packet);
  std::list<Recovered> take_repetitions(Incoming& incoming, const Section& section, const StreamPacket& carrier,
                                        std::span<const formats::RedBlock> earlier, TimePoint now);
  std::list<Recovered> recover(Incoming& incoming, const Section& section, TimePoint now);
  // session_send.cpp
  Outgoing* sender(SectionKey key);
  void note_sent(SectionKey section, std::size_t bytes, TimePoint now);
  SendStream* stream_of(Ssrc source, Outgoing** owner = nullptr);
  void tell_loss(Outgoing& outgoing, double fraction, TimePoint now);
  Result<SendStream*> stream_for(SectionKey key, std::string_view rid);
  bool is_chosen(SendStream& stream, Outgoing& outgoing, std::string_view rid, bool key_frame, std::uint32_t pixels,
                 TimePoint now);
  template <class Media>
  Result<void> send_one(SendStream& stream, const Media& media, TimePoint now);
  void advance_tones(TimePoint now);
  void set_pace(TimePoint now);
  void send_paced(TimePoint now);
  [[nodiscard]] SendStream* stream_sending(Ssrc source) const;
  void transmit(cc::Packet& packet, TimePoint now);
  void stamp(const cc::Packet& packet, TimePoint now);
  void note_repetition(const cc::Packet& packet);
  std::size_t send_padding(std::size_t needed, TimePoint now);
  bool ask_encoder(Outgoing& outgoing, const SendStream& stream, TimePoint now);
  void begin_sending();
  void repeat(SendStream& stream, const rtp::Nack& nack, TimePoint now);
  // session_rtcp.cpp
  void take_report(const rtp::ReportBlock& block, TimePoint now);
  void take_sender_report(const rtp::SenderReport& report, TimePoint now);
  void take_names(const rtp::RtcpPacket& packet);
  void align_clocks();
  void take_goodbye(Ssrc source, TimePoint now);
  void take_feedback(const rtp::RtcpPacket& packet, TimePoint now);
  void take_transport_feedback(const rtp::RtcpPacket& packet, TimePoint now);
  void take_congestion_feedback(const rtp::RtcpPacket& packet, TimePoint now);
  void tell_rate(TimePoint now);
  void tell_rate_if_changed(TimePoint now);
  // session_reports.cpp
  void report(TimePoint now);
  std::vector<rtp::ReportBlock> report_blocks(TimePoint now);
  void say_goodbye(std::span<const Ssrc> sources);
  [[nodiscard]] bool is_heard(const Incoming& incoming) const;
  [[nodiscard]] std::vector<const SendStream*> sending_streams() const;
  void ask(Incoming& incoming, TimePoint now);
  void tell_arrivals(TimePoint now);
  void tell_arrivals_by_source(TimePoint now);
  void tell_limit(TimePoint now);
  // session_extended.cpp
  void take_extended_report(const rtp::RtcpPacket& packet, TimePoint now);
  void add_extended_report(Ssrc sender, TimePoint now, Bytes& packet);
  [[nodiscard]] bool tells_time() const;
  [[nodiscard]] bool is_own(Ssrc source) const;
  /// A packet of feedback, with what has to go in front of it where reduced size was not negotiated.
  template <class Write>
  void send_feedback(Write write);
  [[nodiscard]] std::chrono::system_clock::time_point wall_clock(TimePoint now) const;
  [[nodiscard]] std::optional<Duration> round_trip_since(std::uint32_t sent, std::uint32_t delay, TimePoint now) const;
  void note_round_trip(Duration measured, TimePoint now);

  // statistics.cpp
  [[nodiscard]] IncomingStatistics statistics_of(const Incoming& incoming, TimePoint now) const;
  [[nodiscard]] OutgoingStatistics statistics_of(const Outgoing& outgoing, std::size_t index, TimePoint now) const;

  [[nodiscard]] const Section* find_section(SectionKey key) const;
  [[nodiscard]] Ssrc own_source() const;

  Handler& handler_;
  Random& random_;
  std::string cname_;
  Ssrc fallback_source_;  // of RTCP when nothing is sent
  std::vector<Section> sections_;
  Router router_;
  std::uint8_t mid_extension_ = 0;
  Budget budget_;
  std::map<Ssrc, std::unique_ptr<Incoming>> incoming_;
  std::vector<Outgoing> outgoing_;
  std::optional<TimePoint> next_tone_;  // when more is to be said of a tone
  bool connected_ = false;
  Duration round_trip_ = 100ms;
  bool round_trip_known_ = false;
  std::optional<TimePoint> next_report_;
  TimePoint last_report_{}, report_before_{};
  bool paced_ = false;             // the peer tells when packets arrive
  bool told_by_source_ = false;    // by RFC 8888
  bool tells_by_source_ = false;   // we do
  std::vector<SectionKey> begun_;  // that receive, and have not ended
  std::vector<ReceivedFrame> ready_;
  Bytes padding_;
  std::chrono::system_clock::time_point wall_offset_;
  FeedbackInterval feedback_interval_;
  FeedbackClock arrival_clock_, source_clock_{FeedbackClock::kBySource};

  ArrivalLog arrivals_;                  // for feedback to the peer
  SourceArrivals source_arrivals_;       // likewise
  std::optional<cc::RemoteRate> limit_;  // for peers that want to be told what they may send
  SentLog sent_;                         // what the peer's feedback is about
  SourceNumbers sent_numbers_;           // where it names packets by source
  Ecn mark_ = Ecn::NotCapable;
  MarkCheck mark_check_;
  std::uint32_t congestion_feedback_sent_ = 0, congestion_feedback_received_ = 0;
  std::unique_ptr<cc::Controller> controller_;
  cc::Pacer pacer_;
  Shares shares_;
  double total_rate_ = 0;  // that was divided last; 0 before the peer has told anything
  std::optional<TimePoint> path_changed_;
  RepeatedRate repeated_;
  std::size_t repeats_left_ = 0, told_left_ = 0;  // in the datagram that is being read
  bool clocks_changed_ = false;                   // by it
  /// The times that receivers have sent, until they are answered.
  struct Reference {
    Ssrc receiver;
    std::uint32_t time;
    TimePoint arrival;
  };
  std::vector<Reference> references_;
};

}  // namespace parley::media
