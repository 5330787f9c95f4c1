// Frames on their way between tracks and the connection.
#include <utility>

#include "api/peer.hpp"
#include "api/tracks.hpp"
#include "base/shared_bytes.hpp"
#include "media/loudness.hpp"
#include "session/frame_notes.hpp"

namespace parley::api {

void Peer::send_media(TransceiverCore& sender, const EncodedFrame& frame) {
  if (closed_) return;
  if (const auto* video = std::get_if<RTCEncodedVideoFrame>(&frame)) {
    session::count(sender.source, *video, Clock::now());
  } else if (sender.section) {
    session::count(sender.source, std::get<RTCEncodedAudioFrame>(frame), sender.section->sends);
  }
  if (sender.sender_transform) {
    transform(sender.sender_transform, EncodedFrame(frame));
  } else {
    put_on_wire(sender, frame);
  }
}

void Peer::put_on_wire(const TransceiverCore& sender, const EncodedFrame& frame) {
  std::visit([&](const auto& one) { connection_.send(sender.state.id, one); }, frame);
}

void Peer::send_media(TransceiverCore& sender, const RTCRtpPacket& packet) {
  if (closed_) return;
  if (session::begins_frame(sender.source, packet)) session::count(sender.source, packet, Clock::now());
  // What is to be transformed, encrypted perhaps, must not go around that.
  if (!sender.sender_transform) connection_.send(sender.state.id, packet);
}

void Peer::request_key_frame(jsep::TransceiverId id, std::string_view rid) {
  if (!closed_) connection_.request_key_frame(id, rid);
}

std::shared_ptr<TransceiverCore> Peer::find_core(jsep::TransceiverId id) const {
  for (const Transceiver& known : transceivers_)
    if (known.core->state.id == id) return known.core;
  return nullptr;
}

/// nullptr without a track.
std::shared_ptr<RTCRtpSender> Peer::find_sender(jsep::TransceiverId id) const {
  for (const Transceiver& known : transceivers_)
    if (known.core->state.id == id) return known.core->sender_track ? known.object->sender() : nullptr;
  return nullptr;
}

/// webrtc-pc section 5.3: the track of a receiver is unmuted when packets arrive, "muted" when the peer says goodbye. A
/// description may have ended it meanwhile.
void Peer::on_media_muted(jsep::TransceiverId id, bool muted) {
  queue([this, id, muted] {
    const auto core = find_core(id);
    if (!core || core->state.stopped) return;
    if (muted || (core->section && core->section->receptive)) set_muted(*core->receiver_track->core(), muted);
  });
}

void Peer::on_video_frame(jsep::TransceiverId id, RTCEncodedVideoFrame&& frame) { deliver(id, std::move(frame)); }
void Peer::on_audio_frame(jsep::TransceiverId id, RTCEncodedAudioFrame&& frame) { deliver(id, std::move(frame)); }

/// Made only for those who listen.
void Peer::on_packet(jsep::TransceiverId id, const media::ReceivedPacket& arrived) {
  const auto core = find_core(id);
  if (!core) return;
  const auto tracks = core->receiver_track->core()->source->packet_listeners();
  if (!tracks) return;
  RTCRtpPacket packet;
  packet.mimeType.append(core->receiver_track->kind()).append(1, '/').append(arrived.codec);
  packet.payloadType = arrived.packet.payload_type.get();
  packet.marker = arrived.packet.marker;
  packet.sequenceNumber = arrived.packet.sequence_number;
  packet.timestamp = arrived.packet.timestamp;
  packet.synchronizationSource = arrived.source.get();
  packet.audioLevel = arrived.packet.audio_level;
  packet.contributingSources = arrived.contributing.sources;
  packet.contributor_levels = arrived.contributing.levels;
  packet.rid = arrived.rid;
  if (arrived.notes != nullptr) {
    session::tell(arrived.notes->frame, packet);
    packet.dependencyDescriptor.assign(arrived.notes->descriptor.begin(), arrived.notes->descriptor.end());
  }
  packet.beginsKeyFrame = arrived.info.begins_frame && arrived.info.key_frame;
  auto payload = share(arrived.packet.payload);
  packet.payload = {payload.get(), arrived.packet.payload.size()};
  packet.owner = std::move(payload);
  if (queued_ == 0) return TrackSource::fire(*tracks, packet);
  queue([source = core->receiver_track->core()->source, packet = std::move(packet)] {
    if (const auto listening = source->packet_listeners()) TrackSource::fire(*listening, packet);
  });
}

/// At once if the events before it have been fired, as with messages: `unmute` comes before the first frame.
void Peer::deliver(jsep::TransceiverId id, EncodedFrame frame) {
  const auto core = find_core(id);
  if (!core) return;
  if (queued_ == 0) {
    arrived(core, std::move(frame));
    return;
  }
  queue([this, core, frame = std::move(frame)]() mutable { arrived(core, std::move(frame)); });
}

void Peer::arrived(const std::shared_ptr<TransceiverCore>& core, EncodedFrame&& frame) {
  if (core->receiver_transform) {
    transform(core->receiver_transform, std::move(frame));
  } else {
    give_to_track(*core, std::move(frame));
  }
}

double wall_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

namespace {

/// webrtc-pc section 5.3: what getSynchronizationSources() and getContributingSources() tell.
template <class Metadata>
void note_sources(TransceiverCore& core, const Metadata& metadata) {
  const double now = wall_time();
  std::optional<double> level;
  if constexpr (requires { metadata.audioLevel; }) level = metadata.audioLevel;
  const std::uint32_t timestamp = metadata.rtpTimestamp.value_or(0);
  const SourceLog::Captured captured{metadata.captureTime, metadata.senderCaptureTimeOffset};
  if (metadata.synchronizationSource)
    core.synchronization.delivered(*metadata.synchronizationSource, timestamp, level, now, captured);
  for (std::size_t i = 0; i < metadata.contributingSources.size(); ++i) {
    std::optional<double> of_source;
    if constexpr (requires { metadata.contributor_levels; })
      if (i < metadata.contributor_levels.size()) of_source = media::linear_level(metadata.contributor_levels[i]);
    core.contributing.delivered(metadata.contributingSources[i], timestamp, of_source, now, captured);
  }
}

/// webrtc-extensions, "RTCRtpReceiver extensions": which of the sources are others than the last frame's.
struct SourceChanges {
  bool synchronization = false, contributing = false;
};
template <class Metadata>
SourceChanges changes(TransceiverCore& core, const Metadata& metadata) {
  SourceChanges changed;
  if (metadata.synchronizationSource)
    changed.synchronization =
        std::exchange(core.last_source, metadata.synchronizationSource) != metadata.synchronizationSource;
  if (core.last_contributors != metadata.contributingSources) {
    core.last_contributors = metadata.contributingSources;
    changed.contributing = true;
  }
  return changed;
}

}  // namespace

void Peer::give_to_track(TransceiverCore& core, EncodedFrame&& frame) {
  const SourceChanges changed = std::visit(
      [&](const auto& one) {
        note_sources(core, one.metadata);
        return changes(core, one.metadata);
      },
      frame);
  const auto lists = core.receiver_lists;
  core.receiver_track->core()->source->deliver(std::move(frame), TrackSource::Listeners::Yes);
  if (changed.synchronization) lists->get<"ssrcchange">()->fire(Event{"ssrcchange"});
  if (changed.contributing) lists->get<"csrcchange">()->fire(Event{"csrcchange"});
}

void Peer::on_key_frame_request(jsep::TransceiverId id, const std::string& rid) {
  queue([this, id, rid] {
    if (const auto sending = find_sender(id)) sending->track()->core()->source->request_key_frame(rid, sending);
  });
}

void Peer::on_tone(jsep::TransceiverId id, char key) {
  queue([this, id, key] {
    if (const auto core = find_core(id))
      core->receiver_track->core()->lists->get<"tone">()->fire(ToneEvent{std::string(1, key)});
  });
}

void Peer::on_target_rate(jsep::TransceiverId id, double bits_per_second) {
  queue([this, id, bits_per_second] {
    if (const auto sending = find_sender(id)) sending->track()->core()->source->tell_target(bits_per_second, sending);
  });
}

void Peer::on_loss(jsep::TransceiverId id, double fraction) {
  queue([this, id, fraction] {
    if (const auto sending = find_sender(id); sending && sending->track()->kind() == "audio")
      sending->track()->core()->source->tell_loss(fraction, sending);
  });
}

}  // namespace parley::api
