#include "api/rtp_stats.hpp"

#include <algorithm>

namespace parley::api {
namespace {

enum class Way { In, Out };

std::string kind_text(media::Kind kind) { return kind == media::Kind::Audio ? "audio" : "video"; }

/// Milliseconds since 1900.
double ntp_milliseconds(rtp::NtpTime time) { return static_cast<double>(time.value) / 4294967.296; }
constexpr double kFrom1900To1970 = 2'208'988'800'000;

/// Sources are unique in a connection only as long as peers do not mean harm.
std::string stream_id(std::string_view type, media::SectionKey section, Ssrc source) {
  return std::string(type) + "." + std::to_string(section.get()) + "." + std::to_string(source.get());
}

std::string source_id(const TransceiverCore& core) {
  return "source." + std::to_string(core.state.id.get()) + "." + std::to_string(core.attachments);
}

bool may_be_protected(const std::vector<jsep::Format>& formats) {
  return std::ranges::any_of(formats, [](const jsep::Format& format) { return jsep::is_fec(format.codec); });
}

class RtpStats {
 public:
  RtpStats(StatsBuilder& builder, const std::string& transport, const media::Statistics& media, const FindCore& find)
      : builder_(builder), transport_(transport), media_(media), find_(find) {}

  void add() {
    for (const media::OutgoingStatistics& one : media_.outgoing)
      if (const auto core = find_(jsep::TransceiverId(one.section.get())); core && core->section) add_sent(one, *core);
    for (const media::IncomingStatistics& one : media_.incoming)
      if (const auto core = find_(jsep::TransceiverId(one.section.get())); core && core->section)
        add_received(one, *core);
  }

 private:
  template <class T>
  T& add_stream(RTCStatsType type, media::SectionKey section, media::Kind kind, Ssrc source) {
    T& stats = builder_.add<T>(type, stream_id(to_string(type), section, source));
    stats.ssrc = source.get();
    stats.kind = kind_text(kind);
    stats.transportId = transport_;
    return stats;
  }

  /// The id of the codec with this number; before anything was sent, of the first.
  std::optional<std::string> codec(const TransceiverCore& core, Way way, std::optional<PayloadType> payload_type) {
    const auto& formats = way == Way::In ? core.section->receives : core.section->sends;
    const auto found = std::ranges::find_if(formats, [&](const jsep::Format& format) {
      return payload_type ? format.payload_type == *payload_type : jsep::is_media(format.codec);
    });
    if (found == formats.end()) return std::nullopt;
    std::string id = "codec." + transport_ + (way == Way::In ? ".in." : ".out.") +
                     std::to_string(found->payload_type.get()) + "." + found->codec.name;
    auto& stats = builder_.add<RTCCodecStats>(RTCStatsType::Codec, id);
    stats.payloadType = found->payload_type.get();
    stats.transportId = transport_;
    stats.mimeType = jsep::mime_type(found->codec);
    stats.clockRate = found->codec.clock_rate;
    if (found->codec.channels > 0) stats.channels = found->codec.channels;
    stats.sdpFmtpLine = unless_empty(found->codec.fmtp);
    return id;
  }

  void add_sent(const media::OutgoingStatistics& one, const TransceiverCore& core) {
    const media::SendStream::Counters& counters = one.counters;
    auto& stats =
        add_stream<RTCOutboundRtpStreamStats>(RTCStatsType::OutboundRtp, one.section, one.kind, one.encoding.source);
    stats.codecId = codec(core, Way::Out, counters.payload_type);
    stats.mid = core.section->mid;
    if (core.sender_track) stats.mediaSourceId = source_id(core);
    stats.active = one.sends && one.encoding.active;
    stats.packetsSent =
        counters.packets + counters.repeated_packets + counters.padding_packets + counters.separate_packets;
    stats.bytesSent = counters.payload_bytes + counters.repeated_bytes + counters.separate_bytes;
    stats.headerBytesSent = counters.header_bytes;
    stats.totalPacketSendDelay = seconds(counters.waited);
    stats.retransmittedPacketsSent = counters.repeated_packets;
    stats.retransmittedBytesSent = counters.repeated_bytes;
    stats.packetsSentWithEct1 = counters.ect1_packets;
    if (one.is_repaired) stats.rtxSsrc = one.encoding.retransmission.get();
    if (may_be_protected(core.section->sends) || counters.protecting_packets > 0) {
      stats.fecPacketsSent = counters.protecting_packets;
      stats.fecBytesSent = counters.protecting_bytes;
      if (counters.separate_packets > 0 && one.encoding.protection) stats.fecSsrc = one.encoding.protection->get();
    }
    stats.nackCount = static_cast<std::uint32_t>(counters.nacks);
    if (one.kind == media::Kind::Video) {
      const auto& encodings = core.state.sender.encodings;
      if (one.index < encodings.size()) stats.scalabilityMode = encodings[one.index].scalability_mode;
      add_sent_video(one, stats);
      size_source(core, stats);
    }
    if (counters.remote) stats.remoteId = add_report(one, stats);
  }

  static void add_sent_video(const media::OutgoingStatistics& one, RTCOutboundRtpStreamStats& stats) {
    const media::SendStream::Counters& counters = one.counters;
    stats.rid = unless_empty(one.encoding.rid);
    stats.encodingIndex = static_cast<std::uint32_t>(one.index);
    stats.framesEncoded = stats.framesSent = static_cast<std::uint32_t>(counters.frames);
    stats.keyFramesEncoded = static_cast<std::uint32_t>(counters.key_frames);
    stats.framesPerSecond = one.frames_per_second;
    if (counters.width > 0) {
      stats.frameWidth = counters.width;
      stats.frameHeight = counters.height;
    }
    stats.pliCount = static_cast<std::uint32_t>(counters.plis);
    stats.firCount = static_cast<std::uint32_t>(counters.firs);
    // How the program divides it among several encodings, only it knows.
    if (one.is_only && one.target) {
      stats.targetBitrate = one.target;
      stats.hugeFramesSent = static_cast<std::uint32_t>(counters.huge_frames);
    }
    if (!one.limitation.is_known()) return;
    const bool limited = one.limitation.is_limited();
    stats.qualityLimitationReason = limited ? RTCQualityLimitationReason::Bandwidth : RTCQualityLimitationReason::None;
    stats.qualityLimitationDurations = {{"none", seconds(one.limitation.by_nothing())},
                                        {"cpu", 0.0},
                                        {"bandwidth", seconds(one.limitation.by_bandwidth())},
                                        {"other", 0.0}};
  }

  /// A source whose program does not tell its size is as large as the largest of its encodings.
  void size_source(const TransceiverCore& core, const RTCOutboundRtpStreamStats& stats) {
    auto* source = builder_.find<RTCVideoSourceStats>(stats.mediaSourceId);
    if (source == nullptr || core.source.width > 0 || stats.frameWidth <= source->width) return;
    source->width = stats.frameWidth;
    source->height = stats.frameHeight;
  }

  /// What the peer has reported of what is sent. Remote objects are as of when they came.
  std::string add_report(const media::OutgoingStatistics& one, const RTCOutboundRtpStreamStats& local) {
    const media::SendStream::Remote& remote = *one.counters.remote;
    auto& stats = add_stream<RTCRemoteInboundRtpStreamStats>(RTCStatsType::RemoteInboundRtp, one.section, one.kind,
                                                             one.encoding.source);
    stats.timestamp = builder_.timestamp(remote.arrival);
    stats.codecId = local.codecId;
    stats.localId = local.id;
    stats.packetsReceived = one.packets_received;
    stats.packetsLost = remote.packets_lost;
    if (one.clock_rate > 0) stats.jitter = static_cast<double>(remote.jitter) / one.clock_rate;
    stats.fractionLost = remote.fraction_lost;
    if (one.is_told) {
      const media::ToldPackets& told = one.counters.told;
      add_marks(told.marks, stats);
      stats.packetsReportedAsLost = told.lost;
      stats.packetsReportedAsLostButRecovered = told.recovered;
      stats.packetsWithBleachedEct1Marking = told.bleached;
    }
    add_round_trips(one.counters.round_trips, stats);
    return stats.id;
  }

  static void add_marks(const EcnCounts& marks, RTCReceivedRtpStreamStats& stats) {
    stats.packetsReceivedWithEct1 = marks.ect1;
    stats.packetsReceivedWithCe = marks.congestion;
  }

  template <class T>
  static void add_round_trips(const media::RoundTrips& round_trips, T& stats) {
    if (round_trips.last) stats.roundTripTime = seconds(*round_trips.last);
    stats.totalRoundTripTime = seconds(round_trips.total);
    stats.roundTripTimeMeasurements = round_trips.count;
  }

  void add_received(const media::IncomingStatistics& one, const TransceiverCore& core) {
    const media::ReceiveStream::Counters& counters = one.counters;
    auto& stats = add_stream<RTCInboundRtpStreamStats>(RTCStatsType::InboundRtp, one.section, one.kind, one.source);
    if (counters.payload_type) stats.codecId = codec(core, Way::In, counters.payload_type);
    stats.trackIdentifier = core.receiver_track->id();
    stats.mid = core.section->mid;
    stats.packetsReceived =
        counters.packets + counters.repaired_packets + counters.padding_packets + counters.separate_packets;
    stats.bytesReceived = counters.payload_bytes + counters.repaired_bytes + counters.separate_bytes;
    stats.headerBytesReceived = counters.header_bytes;
    stats.packetsLost = one.packets_lost;
    add_marks(one.marks, stats);
    if (one.reported) {
      stats.packetsReportedAsLost = one.reported->lost;
      stats.packetsReportedAsLostButRecovered = one.reported->recovered;
    }
    stats.packetsDiscarded = counters.late_packets;
    stats.jitter = one.jitter;
    stats.nackCount = static_cast<std::uint32_t>(counters.nacks);
    if (counters.last_packet) stats.lastPacketReceivedTimestamp = builder_.timestamp(*counters.last_packet);
    if (one.is_repaired) {
      stats.retransmittedPacketsReceived = counters.repaired_packets;
      stats.retransmittedBytesReceived = counters.repaired_bytes;
      if (one.retransmission) stats.rtxSsrc = one.retransmission->get();
    }
    if (may_be_protected(core.section->receives) || counters.protecting_packets > 0) {
      stats.fecPacketsReceived = counters.protecting_packets;
      stats.fecPacketsDiscarded = counters.useless_protection;
      stats.fecBytesReceived = counters.protecting_bytes;
      if (one.protection) stats.fecSsrc = one.protection->get();
    }
    stats.jitterBufferDelay = counters.waited;
    stats.jitterBufferTargetDelay = counters.target;
    stats.jitterBufferMinimumDelay = counters.waited_at_least;
    stats.jitterBufferEmittedCount = counters.emitted;
    if (one.playout) stats.estimatedPlayoutTimestamp = ntp_milliseconds(*one.playout);
    if (one.kind == media::Kind::Video) {
      add_received_video(one, stats);
    } else {
      add_sound(counters.sound, stats);
      stats.totalSamplesReceived = counters.sound.samples;
    }
    if (one.told) stats.remoteId = add_told(one, stats);
  }

  static void add_received_video(const media::IncomingStatistics& one, RTCInboundRtpStreamStats& stats) {
    const media::ReceiveStream::Counters& counters = one.counters;
    stats.framesReceived = stats.framesDecoded = static_cast<std::uint32_t>(counters.frames);
    stats.keyFramesDecoded = static_cast<std::uint32_t>(counters.key_frames);
    stats.framesDropped = one.frames_dropped;
    stats.framesPerSecond = one.frames_per_second;
    if (counters.width > 0) {
      stats.frameWidth = counters.width;
      stats.frameHeight = counters.height;
    }
    stats.totalInterFrameDelay = seconds(one.pace.between());
    stats.totalSquaredInterFrameDelay = one.pace.squares();
    stats.freezeCount = one.pace.freezes().count;
    stats.totalFreezesDuration = seconds(one.pace.freezes().total);
    stats.pauseCount = one.pace.pauses().count;
    stats.totalPausesDuration = seconds(one.pace.pauses().total);
    stats.framesAssembledFromMultiplePackets = static_cast<std::uint32_t>(counters.frames_of_many);
    stats.totalAssemblyTime = seconds(counters.assembly);
    stats.pliCount = one.picture_losses;
    stats.firCount = one.intra_requests;
  }

  /// What the peer has told of what it sends.
  std::string add_told(const media::IncomingStatistics& one, const RTCInboundRtpStreamStats& local) {
    auto& stats =
        add_stream<RTCRemoteOutboundRtpStreamStats>(RTCStatsType::RemoteOutboundRtp, one.section, one.kind, one.source);
    stats.timestamp = builder_.timestamp(one.told->arrival);
    stats.codecId = local.codecId;
    stats.localId = local.id;
    stats.packetsSent = one.told->packets;
    stats.bytesSent = one.told->octets;
    if (one.told->ntp.value != 0) stats.remoteTimestamp = ntp_milliseconds(one.told->ntp) - kFrom1900To1970;
    stats.reportsSent = one.told->reports;
    add_round_trips(one.round_trips, stats);
    return stats.id;
  }

 public:
  /// Levels are those that frames tell of themselves; without, only their length is known.
  template <class T>
  static void add_sound(const media::Sound& sound, T& stats) {
    stats.totalSamplesDuration = sound.seconds;
    if (!sound.level) return;
    stats.audioLevel = sound.level;
    stats.totalAudioEnergy = sound.energy;
  }

 private:
  StatsBuilder& builder_;
  const std::string& transport_;
  const media::Statistics& media_;
  const FindCore& find_;
};

}  // namespace

void add_rtp_stats(StatsBuilder& builder, const std::string& transport, const media::Statistics& media,
                   const FindCore& find) {
  RtpStats(builder, transport, media, find).add();
}

void add_source_stats(StatsBuilder& builder, const TransceiverCore& core) {
  if (!core.sender_track || core.state.stopped) return;
  const auto begin = [&](RTCMediaSourceStats& stats) {
    stats.trackIdentifier = core.sender_track->id();
    stats.kind = core.sender_track->kind();
  };
  if (core.state.kind == jsep::MediaKind::Audio) {
    auto& stats = builder.add<RTCAudioSourceStats>(RTCStatsType::MediaSource, source_id(core));
    begin(stats);
    RtpStats::add_sound(core.source.sound, stats);
    return;
  }
  auto& stats = builder.add<RTCVideoSourceStats>(RTCStatsType::MediaSource, source_id(core));
  begin(stats);
  stats.frames = core.source.frames;
  const TimePoint now = Clock::now();
  if (core.source.begun && now - *core.source.begun >= 1s) stats.framesPerSecond = core.source.pace.sum(now);
  if (core.source.width == 0) return;
  stats.width = core.source.width;
  stats.height = core.source.height;
}

}  // namespace parley::api
