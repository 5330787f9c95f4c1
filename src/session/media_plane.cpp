#include "session/media_plane.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "media/loudness.hpp"
#include "rtp/packet.hpp"
#include "session/frame_notes.hpp"
#include "session/network_path.hpp"
#include "session/program_controller.hpp"

namespace parley::session {
namespace {

jsep::TransceiverId id_of(media::SectionKey key) { return jsep::TransceiverId(key.get()); }
media::SectionKey key_of(jsep::TransceiverId id) { return media::SectionKey(id.get()); }

/// "video/VP8" → "VP8".
std::string_view codec_name(std::string_view mime_type) {
  const std::size_t slash = mime_type.find('/');
  return slash == std::string_view::npos ? mime_type : mime_type.substr(slash + 1);
}

std::chrono::system_clock::time_point wall_offset() {
  return std::chrono::system_clock::now() -
         std::chrono::duration_cast<std::chrono::system_clock::duration>(Clock::now().time_since_epoch());
}

}  // namespace

/// Milliseconds since 1970.
double wall_time(TimePoint when) {
  const auto ago = std::chrono::duration_cast<std::chrono::system_clock::duration>(Clock::now() - when);
  return std::chrono::duration<double, std::milli>((std::chrono::system_clock::now() - ago).time_since_epoch()).count();
}

/// The RTP session of one transport, and its clock.
class MediaPlane::Lane final : public media::Session::Handler {
 public:
  Lane(MediaPlane& owner, Transport& transport, const std::string& cname)
      : transport_(transport),
        owner_(owner),
        session_(*this, system_random(), cname, wall_offset()),
        deadline_(owner.loop_, session_) {
    if (auto made = owner.options_.make_controller ? owner.options_.make_controller() : nullptr)
      session_.set_controller(std::make_unique<ProgramController>(std::move(made)));
  }

  [[nodiscard]] const Transport& transport() const { return transport_; }
  [[nodiscard]] bool has(media::SectionKey key) const { return std::ranges::find(keys_, key) != keys_.end(); }
  void configure(std::vector<media::Section> sections) {
    keys_.clear();
    markings_.clear();
    for (const media::Section& section : sections) {
      keys_.push_back(section.key);
      if (section.sends) mark(section);
    }
    session_.configure(std::move(sections));
    if (!path_) (void)moved();
    if (transport_.has_srtp()) session_.connect(Clock::now());
    deadline_.update();
  }
  /// Whether the selected pair leads through other networks than when that was asked last.
  bool moved() {
    const ice::Agent* carrier = transport_.carrier();
    const auto pair = carrier != nullptr ? carrier->selected_pair() : std::nullopt;
    if (!pair) return false;
    const auto before = std::exchange(path_, path_of(*pair));
    return before && before != path_;
  }
  [[nodiscard]] media::Statistics statistics() const { return session_.statistics(Clock::now()); }
  /// What may move the next deadline.
  template <class Act>
  void with_session(Act act) {
    if (owner_.options_.l4s) session_.set_marking(transport_.marks_ecn() ? Ecn::Ect1 : Ecn::NotCapable);
    act(session_, Clock::now());
    deadline_.update();
  }

  // media::Session::Handler
  void on_rtp(ByteView head, ByteView payload) override {
    transport_.send_rtp(head, payload,
                        {.dscp = markings_.empty() ? std::uint8_t{0} : dscp_of(head), .ecn = session_.marking()});
  }
  void on_rtcp(ByteView packet) override { transport_.send_rtcp(packet); }
  void on_packet(const media::ReceivedPacket& packet) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_packet(id_of(packet.section), packet);
  }
  void on_frame(media::ReceivedFrame&& frame) override;
  void on_begun(media::SectionKey section) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_media_muted(id_of(section), false);
  }
  void on_ended(media::SectionKey section) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_media_muted(id_of(section), true);
  }
  void on_key_frame_request(media::SectionKey section, const std::string& rid) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_key_frame_request(id_of(section), rid);
  }
  void on_target_rate(media::SectionKey section, double rate) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_target_rate(id_of(section), rate);
  }
  void on_loss(media::SectionKey section, double fraction) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_loss(id_of(section), fraction);
  }
  void on_tone(media::SectionKey section, char key) override {
    if (owner_.observer_ != nullptr) owner_.observer_->on_tone(id_of(section), key);
  }

 private:
  Transport& transport_;
  MediaPlane& owner_;
  media::Session session_;
  Deadline<media::Session> deadline_;
  struct Marking {
    Ssrc source;
    std::uint8_t dscp;
  };
  [[nodiscard]] std::uint8_t dscp_of(ByteView head) const;
  void mark(const media::Section& section);

  std::optional<NetworkPath> path_;
  std::vector<media::SectionKey> keys_;
  std::vector<Marking> markings_;  // of those that are marked
};

void MediaPlane::Lane::mark(const media::Section& section) {
  for (const media::Encoding& encoding : section.encodings)
    if (encoding.dscp != 0)
      for (const Ssrc source : {encoding.source, encoding.retransmission, encoding.protection.value_or(Ssrc{})})
        markings_.push_back({.source = source, .dscp = encoding.dscp});
}

std::uint8_t MediaPlane::Lane::dscp_of(ByteView head) const {
  const auto found = std::ranges::find(markings_, rtp::source_of(head), &Marking::source);
  return found == markings_.end() ? std::uint8_t{0} : found->dscp;
}

void MediaPlane::Lane::on_frame(media::ReceivedFrame&& received) {
  if (owner_.observer_ == nullptr) return;
  media::ArrivedFrame& arrived = received.arrived;
  const formats::FrameInfo& info = arrived.frame.info;
  if (received.kind == media::Kind::Video) {
    RTCEncodedVideoFrame frame;
    frame.type = info.key_frame ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta;
    frame.data = std::move(arrived.frame.data);
    frame.timestamp = received.time;
    frame.metadata.mimeType = "video/" + received.codec;
    frame.metadata.width = info.width;
    frame.metadata.height = info.height;
    frame.metadata.frame_rate = info.frame_rate;
    frame.metadata.spatialIndex = info.spatial_index;
    frame.metadata.temporalIndex = info.temporal_index;
    frame.metadata.switch_up = info.switch_up;
    frame.metadata.synchronizationSource = received.source.get();
    frame.metadata.payloadType = arrived.payload_type.get();
    frame.metadata.rtpTimestamp = arrived.timestamp;
    frame.metadata.contributingSources = std::move(received.contributing.sources);
    frame.metadata.receiveTime = wall_time(arrived.last_arrival);
    if (received.common_time) frame.metadata.common_time = wall_time(*received.common_time);
    frame.metadata.rid = received.rid;
    tell(received.notes, frame.metadata);
    if (received.dependencies) tell(*received.dependencies, frame.metadata);
    owner_.observer_->on_video_frame(id_of(received.section), std::move(frame));
  } else {
    RTCEncodedAudioFrame frame;
    frame.data = std::move(arrived.frame.data);
    frame.timestamp = received.time;
    frame.metadata.mimeType = "audio/" + received.codec;
    frame.metadata.synchronizationSource = received.source.get();
    frame.metadata.payloadType = arrived.payload_type.get();
    frame.metadata.rtpTimestamp = arrived.timestamp;
    frame.metadata.contributingSources = std::move(received.contributing.sources);
    frame.metadata.contributor_levels = std::move(received.contributing.levels);
    frame.metadata.sequenceNumber = static_cast<std::uint16_t>(arrived.first);
    frame.metadata.receiveTime = wall_time(arrived.last_arrival);
    if (received.common_time) frame.metadata.common_time = wall_time(*received.common_time);
    if (arrived.audio_level) frame.metadata.audioLevel = media::linear_level(*arrived.audio_level);
    tell(received.notes, frame.metadata);
    owner_.observer_->on_audio_frame(id_of(received.section), std::move(frame));
  }
}

MediaPlane::MediaPlane(EventLoop& loop, MediaObserver& observer, MediaOptions options)
    : loop_(loop), observer_(&observer), options_(std::move(options)) {}
MediaPlane::~MediaPlane() = default;

MediaPlane::Lane* MediaPlane::find(const Transport& transport) const {
  const auto found = std::ranges::find_if(lanes_, [&](const auto& lane) { return &lane->transport() == &transport; });
  return found == lanes_.end() ? nullptr : found->get();
}

MediaPlane::Lane* MediaPlane::lane_of(jsep::TransceiverId id) const {
  const auto found = std::ranges::find_if(lanes_, [&](const auto& lane) { return lane->has(key_of(id)); });
  return found == lanes_.end() ? nullptr : found->get();
}

void MediaPlane::configure(Transport& transport, std::vector<media::Section> sections, const std::string& cname) {
  if (observer_ == nullptr) return;
  Lane* lane = find(transport);
  if (lane == nullptr && sections.empty()) return;
  if (lane == nullptr) lane = lanes_.emplace_back(std::make_unique<Lane>(*this, transport, cname)).get();
  lane->configure(std::move(sections));
}

void MediaPlane::connected(Transport& transport) {
  if (Lane* lane = find(transport))
    lane->with_session([](media::Session& session, TimePoint now) { session.connect(now); });
}

void MediaPlane::path_changed(Transport& transport) {
  if (Lane* lane = find(transport); lane != nullptr && lane->moved())
    lane->with_session([](media::Session& session, TimePoint now) { session.change_path(now); });
}

void MediaPlane::forget(const Transport& transport) {
  const auto found = std::ranges::find_if(lanes_, [&](const auto& lane) { return &lane->transport() == &transport; });
  if (found == lanes_.end()) return;
  (*found)->with_session([](media::Session& session, TimePoint) { session.say_goodbye(); });
  loop_.post([gone = std::shared_ptr<Lane>(std::move(*found))] {});  // it may be the one calling us
  lanes_.erase(found);
}

void MediaPlane::receive_rtp(Transport& transport, ByteView packet) {
  if (Lane* lane = find(transport))
    lane->with_session(
        [&](media::Session& session, TimePoint now) { session.receive_rtp(packet, now, transport.arrival_mark()); });
}

void MediaPlane::receive_rtcp(Transport& transport, ByteView packet) {
  if (Lane* lane = find(transport))
    lane->with_session([&](media::Session& session, TimePoint now) { session.receive_rtcp(packet, now); });
}

/// Loud once: a program that sends what was not negotiated does so all the time.
void MediaPlane::note_refusal(jsep::TransceiverId id, const Error& error) {
  // Before the connection is there, and while the direction says so, nothing is sent.
  const bool expected = error.kind == ErrorKind::InvalidStateError;
  const bool is_new = !expected && std::exchange(refusals_[id], error.message) != error.message;
  log(is_new ? LogLevel::Warning : LogLevel::Debug, "media", "not sent: ", error.message);
}

template <class Outgoing>
void MediaPlane::send(jsep::TransceiverId id, std::string_view rid, const Outgoing& outgoing) {
  Lane* lane = lane_of(id);
  if (lane == nullptr) return;
  lane->with_session([&](media::Session& session, TimePoint now) {
    if (auto sent = session.send(key_of(id), rid, outgoing, now); !sent) note_refusal(id, sent.error());
  });
}

void MediaPlane::send(jsep::TransceiverId id, const RTCEncodedVideoFrame& frame) {
  formats::FrameInfo info;
  info.key_frame = frame.type == RTCEncodedVideoFrameType::Key;
  info.width = frame.metadata.width;
  info.height = frame.metadata.height;
  info.spatial_index = frame.metadata.spatialIndex;
  info.spatial_layers = std::max<std::uint8_t>(frame.metadata.spatial_layers, 1);
  info.temporal_index = frame.metadata.temporalIndex;
  info.switch_up = frame.metadata.switch_up;
  send(id, frame.metadata.rid,
       media::OutgoingFrame{.data = frame.data,
                            .info = info,
                            .timestamp = frame.timestamp,
                            .codec = codec_name(frame.metadata.mimeType),
                            .contributing = {.sources = frame.metadata.contributingSources, .levels = {}},
                            .notes = notes_of(frame.metadata),
                            .identity = {.id = frame.metadata.frameId, .needs = frame.metadata.dependencies}});
}

void MediaPlane::send(jsep::TransceiverId id, const RTCEncodedAudioFrame& frame) {
  const auto level = frame.metadata.audioLevel;
  send(id, "",
       media::OutgoingFrame{
           .data = frame.data,
           .info = {},
           .timestamp = frame.timestamp,
           .codec = codec_name(frame.metadata.mimeType),
           .audio_level = level ? std::optional(media::loudness_of(*level)) : std::nullopt,
           .contributing = {.sources = frame.metadata.contributingSources, .levels = frame.metadata.contributor_levels},
           .notes = notes_of(frame.metadata)});
}

void MediaPlane::send(jsep::TransceiverId id, const RTCRtpPacket& packet) {
  send(id, packet.rid,
       media::OutgoingPacket{
           .payload = packet.payload,
           .owner = packet.owner,
           .source = Ssrc(packet.synchronizationSource),
           .number = packet.sequenceNumber,
           .timestamp = packet.timestamp,
           .marker = packet.marker,
           .codec = codec_name(packet.mimeType),
           .audio_level = packet.audioLevel,
           .contributing = {.sources = packet.contributingSources, .levels = packet.contributor_levels},
           .notes = notes_of(packet),
           .descriptor = packet.dependencyDescriptor,
           .begins_key_frame = packet.beginsKeyFrame});
}

void MediaPlane::request_key_frame(jsep::TransceiverId id, std::string_view rid) {
  if (Lane* lane = lane_of(id))
    lane->with_session(
        [&](media::Session& session, TimePoint now) { session.request_key_frame(key_of(id), rid, now); });
}

void MediaPlane::change_source(jsep::TransceiverId id) {
  if (Lane* lane = lane_of(id))
    lane->with_session([&](media::Session& session, TimePoint) { session.change_source(key_of(id)); });
}

std::optional<media::Statistics> MediaPlane::statistics(const Transport& transport) const {
  const Lane* lane = find(transport);
  return lane != nullptr ? std::optional(lane->statistics()) : std::nullopt;
}

void MediaPlane::play(jsep::TransceiverId id, char key, Duration duration) {
  Lane* lane = lane_of(id);
  const auto event = formats::event_of_key(key);
  if (lane == nullptr || !event) return;
  lane->with_session([&](media::Session& session, TimePoint now) {
    if (auto played = session.play(key_of(id), {.event = *event, .duration = duration}, now); !played)
      log(LogLevel::Debug, "media", "a tone was not played: ", played.error().message);
  });
}

void MediaPlane::close() {
  observer_ = nullptr;
  for (const auto& lane : lanes_) lane->with_session([](media::Session& session, TimePoint) { session.say_goodbye(); });
  // One of them may be the one calling us.
  loop_.post([gone = std::make_shared<std::vector<std::unique_ptr<Lane>>>(std::exchange(lanes_, {}))] {});
}

}  // namespace parley::session
