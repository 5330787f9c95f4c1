#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/last_second.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "cc/packet.hpp"
#include "formats/format.hpp"
#include "formats/red.hpp"
#include "media/dependency_writer.hpp"
#include "media/format.hpp"
#include "media/frame_notes.hpp"
#include "media/packet_history.hpp"
#include "media/protector.hpp"
#include "media/round_trips.hpp"
#include "media/send_clock.hpp"
#include "media/told_packets.hpp"
#include "media/tone.hpp"
#include "rtp/packet.hpp"

namespace parley::media {

/// Whose media a mixer has put together, and how loud each of them is in -dBov (RFC 6465), or nothing of that.
struct SentContributors {
  std::span<const std::uint32_t> sources;
  ByteView levels;
};

/// A frame to be sent.
struct OutgoingFrame {
  ByteView data;
  formats::FrameInfo info;
  /// On a clock of the source's own; not given: now.
  std::optional<std::chrono::microseconds> timestamp = std::nullopt;
  /// The codec's name; empty: the first negotiated.
  std::string_view codec = {};
  std::optional<std::uint8_t> audio_level = std::nullopt;
  SentContributors contributing = {};
  FrameNotes notes = {};
  FrameIdentity identity = {};
};

/// A packet to be sent as somebody else has cut it.
struct OutgoingPacket {
  ByteView payload;
  /// What keeps the payload where it is. Without, it is copied.
  std::shared_ptr<const void> owner = nullptr;
  /// In the numbering of `source`; the sender's own goes on where another source comes.
  Ssrc source{};
  std::uint16_t number = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::string_view codec = {};
  std::optional<std::uint8_t> audio_level = std::nullopt;
  SentContributors contributing = {};
  FrameNotes notes = {};
  /// The dependency descriptor, if it has one.
  ByteView descriptor = {};
  bool begins_key_frame = false;
};

/// One encoding as it is sent: frames in, packets out, kept for a while so that they can be repeated. A frame becomes
/// packets in fixed steps: packetize, number, extend, keep, hand over.
class SendStream {
 public:
  /// Where packets go. They are whole but for what is written at the last moment: numbers and times of the transport.
  class Sink {
   public:
    virtual ~Sink() = default;
    /// Valid during the call. If it leaves at once, it is written as it leaves.
    virtual void on_packet(cc::Packet& packet) = 0;
  };
  /// What the peer has reported last.
  struct Remote {
    double fraction_lost = 0;
    std::int32_t packets_lost = 0;
    std::uint32_t jitter = 0;  ///< in units of the RTP timestamp
    std::uint32_t extended_highest = 0;
    TimePoint arrival{};
  };
  struct Counters {
    std::uint64_t packets = 0, payload_bytes = 0, header_bytes = 0;
    std::uint64_t repeated_packets = 0, repeated_bytes = 0;
    std::uint64_t padding_packets = 0;  ///< whose bytes are among those of headers
    /// FEC, with the bytes of its payloads and headers. ULPFEC is among the packets of media as well.
    std::uint64_t protecting_packets = 0, protecting_bytes = 0, protecting_header_bytes = 0;
    /// Of FEC, what has numbers of its own (FlexFEC), so that it is not.
    std::uint64_t separate_packets = 0, separate_bytes = 0;
    Duration waited{};  ///< in the pacer, all of these together
    std::uint64_t frames = 0, key_frames = 0, frames_refused = 0;
    std::uint64_t huge_frames = 0;  ///< two and a half times as large as the program was told, or more
    std::uint64_t nacks = 0, plis = 0, firs = 0;
    std::uint16_t width = 0, height = 0;
    std::optional<PayloadType> payload_type = std::nullopt;
    std::optional<Remote> remote = std::nullopt;
    ToldPackets told;
    std::uint64_t ect1_packets = 0;  ///< of all packets those that were sent with ECT(1)
    RoundTrips round_trips;
  };
  /// The largest packet, without what SRTP adds: fits into 1280 bytes of IPv6 with a TURN header.
  static constexpr std::size_t kMaxPacket = 1200;
  /// What retransmission puts in front of the payload: RFC 4588 section 4.
  static constexpr std::size_t kOriginalNumber = 2;

  SendStream(Kind kind, const Encoding& encoding, Random& random);

  /// What was negotiated. `mid` goes into packets until the peer has said that it knows the source.
  void configure(const Section& section, const Encoding& encoding);
  /// Refused if the codec was not negotiated, or the frame is not one of it.
  Result<void> send(const OutgoingFrame& frame, TimePoint now, Sink& sink);
  /// The numbers of packets keep their distances, so what is missing stays missing and may come later.
  Result<void> send(const OutgoingPacket& packet, TimePoint now, Sink& sink);
  /// Plays a tone (RFC 4733): until it is over, frames are not sent. Refused if no format for tones was negotiated.
  Result<void> play(const Tone& tone, TimePoint now);
  /// Says of the tone what is due.
  void advance(TimePoint now, Sink& sink);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  /// Sends again what the peer has lost, unless it has just been sent again.
  void repeat(std::uint16_t number, TimePoint now, Duration round_trip, Sink& sink);
  /// A packet that has waited has left, as it is now.
  void note_left(const cc::Packet& packet);
  /// A packet of `size` (1 to 255) bytes of padding, with the retransmissions' number and source, which nobody misses.
  /// It is written into `buffer`. Empty if there are no retransmissions.
  cc::Packet pad(std::size_t size, Bytes& buffer);
  /// Whether frames are wanted; true if they are from now on. After a pause the first is a key frame: numbers go on as
  /// if there had been none, so nobody would notice what is missing.
  bool set_flowing(bool flowing);
  /// Whether frames have come for a while without the key frame that the next one has to be: whoever was asked for it
  /// has made it too early, or has not heard.
  bool should_ask_again(TimePoint now);
  /// Frames count their time from somewhere else from now on.
  void forget_clock() { clock_.forget_source(); }
  /// What is to be sent comes from somebody else from now on: it has another clock, and refers to nothing that was
  /// sent.
  void change_source();
  /// The peer has reported on this source: it knows whose it is.
  void set_known() { known_ = true; }
  /// What it has reported of losses, and how long it takes until a packet has come again that it asks for.
  void note_loss(double fraction, Duration round_trip);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const Encoding& encoding() const { return encoding_; }
  [[nodiscard]] bool has_sent() const { return counters_.packets > 0; }
  /// Whose packets have been sent: media, retransmissions, FEC.
  void append_sources_sent(std::vector<Ssrc>& sources) const;
  /// What the RTP timestamp is now: for sender reports.
  [[nodiscard]] std::uint32_t timestamp_at(TimePoint now) const;
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] std::uint32_t frames_per_second(TimePoint now) const { return pace_.sum(now); }
  [[nodiscard]] std::uint32_t last_clock_rate() const { return last_clock_rate_; }
  /// How many packets the peer has received, by its last report.
  [[nodiscard]] std::uint64_t packets_received() const;
  /// In bits per second, if this encoding alone has it.
  void set_target(std::optional<double> target) { target_ = target; }

 private:
  struct Encoder {
    Format format;
    std::unique_ptr<formats::Packetizer> packetizer;
  };
  class Extensions;
  struct FrameExtensions;
  /// A tone that is being played.
  struct Playing {
    PlayedTone tone;
    Format format;
    std::uint32_t timestamp;
    std::uint32_t clock_rate;  ///< of the timestamp
  };
  class Writer;
  /// How the numbers of a source become ours.
  struct Mapping {
    Ssrc source;
    std::uint16_t number;
    std::uint32_t timestamp;
    std::int64_t first;  ///< of our numbers that is this source's
  };

  [[nodiscard]] bool continues_picture(const OutgoingFrame& frame) const;
  [[nodiscard]] Extensions extensions(ByteView level, const SentContributors& contributing = {}) const;
  void add_notes(const FrameNotes& notes, const rtp::Header& header, std::uint32_t clock_rate, Extensions& list);
  bool describe(const OutgoingFrame& frame);
  ByteView descriptor_to_send(ByteView descriptor);
  Mapping map(const OutgoingPacket& packet, std::uint32_t clock_rate, TimePoint now);
  [[nodiscard]] std::int64_t mapped_number(const OutgoingPacket& packet) const;
  void sent(const rtp::Header& header, const Format& format, TimePoint now);
  [[nodiscard]] std::unique_ptr<formats::Packetizer> packetizer_for(const Format& format) const;
  Encoder* encoder(std::string_view codec);
  void configure_redundancy();
  void configure_shield(const Protecting& protecting);
  [[nodiscard]] bool repeats_sound(const Format& format) const;
  Result<void> cut_up(const OutgoingFrame& frame, const Encoder& encoder, rtp::Header header,
                      const FrameExtensions& extensions, Sink& sink);
  void count_frame(const OutgoingFrame& frame, const Format& format, TimePoint now);

  Kind kind_;
  Encoding encoding_;
  std::string mid_;
  rtp::ExtensionMap extensions_;
  std::vector<Encoder> encoders_;
  std::vector<Format> formats_, tone_formats_;
  /// Sound whose packets repeat the frame before: where the peer prefers RED.
  struct Redundancy {
    Format format;
    formats::RedWriter writer{1};
  };
  std::optional<Redundancy> redundancy_;
  /// What protects pictures: FlexFEC, which has a source of its own, or ULPFEC, which is in RED as the pictures are as
  /// long as there is any.
  struct Shield {
    PayloadType protection;
    std::optional<PayloadType> red;  ///< of ULPFEC
    Protector protector;
    Bytes bytes;  ///< a packet as it is to come out of FEC, or one of FlexFEC
  };
  std::optional<Shield> shield_;
  std::optional<Playing> playing_;
  PacketHistory history_;
  std::int64_t next_number_;  // does not wrap
  const std::int64_t first_number_ = next_number_;
  std::uint16_t next_repeat_number_, next_protection_number_;
  SendClock clock_;
  std::optional<Mapping> mapping_;  // while packets are given
  std::uint32_t last_timestamp_ = 0, last_clock_rate_ = 0;
  TimePoint last_frame_{};
  bool known_ = false, flowing_ = false, needs_key_frame_ = false;
  std::optional<TimePoint> missed_key_frame_;  // since the first frame that had to be one, or since it was asked for
  CaptureClock told_captures_;                 // what the receiver has been told
  bool turned_ = false;                        // a frame was not upright, so that all say how they are
  Bytes note_values_;                          // of the extensions of a frame
  DependencyWriter dependencies_;
  DependencyWriter::Values descriptors_;  // of a frame
  bool structure_left_out_ = false;       // of packets that were passed on, the last one
  Bytes repeated_;                        // what goes in front of a payload that is sent again
  Counters counters_;
  LastSecond pace_;  // frames
  std::optional<double> target_;
};

}  // namespace parley::media
