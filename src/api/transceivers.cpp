// Transceivers, senders and receivers: webrtc-pc sections 5.1 to 5.4, the methods.
#include <algorithm>

#include "api/chain.hpp"
#include "api/rtp_parameters.hpp"
#include "api/tracks.hpp"
#include "jsep/codec_preferences.hpp"
#include "jsep/transceivers.hpp"

namespace parley::api {
namespace {

using Streams = std::vector<std::shared_ptr<MediaStream>>;

std::vector<std::string> ids_of(const Streams& streams) {
  std::vector<std::string> ids;
  for (const auto& stream : streams) {
    if (!stream) throw TypeError("a stream is null");
    ids.push_back(stream->id());
  }
  return jsep::each_once(std::move(ids));
}

/// The same layers in the same order.
bool is_same_envelope(const std::vector<jsep::SendEncoding>& a, const std::vector<jsep::SendEncoding>& b) {
  return std::ranges::equal(a, b, {}, &jsep::SendEncoding::rid, &jsep::SendEncoding::rid);
}

jsep::MediaKind kind_of(const MediaStreamTrack& track) { return *jsep::to_media_kind(track.kind()); }

}  // namespace

void Peer::check_open() const {
  if (closed_) throw InvalidStateError("the connection is closed");
}

std::shared_ptr<RTCRtpSender> Peer::add_track(const std::shared_ptr<MediaStreamTrack>& track, const Streams& streams) {
  if (!track) throw TypeError("addTrack needs a track");
  const std::vector<std::string> ids = ids_of(streams);
  check_open();                                   // step 5
  for (const Transceiver& known : transceivers_)  // step 6
    if (known.core->sender_track == track && !known.core->state.stopped)
      throw InvalidAccessError("the track has a sender already");
  const jsep::TransceiverId id = connection_.add_track(kind_of(*track), ids);
  Transceiver& transceiver = transceiver_for(id);
  set_sender_track(transceiver.core, track);
  refresh(*transceiver.core);
  update_negotiation_needed();
  return transceiver.object->sender();
}

/// What the track gives goes to the sender from now on.
void Peer::set_sender_track(const std::shared_ptr<TransceiverCore>& core, std::shared_ptr<MediaStreamTrack> track) {
  if (core->sender_track) core->sender_track->core()->source->remove_sender(*core);
  if (core->sender_track != track) {
    core->source = {};
    ++core->attachments;
    if (const auto peer = core->peer.lock()) peer->connection_.change_source(core->state.id);
  }
  core->sender_track = std::move(track);
  if (core->sender_track) core->sender_track->core()->source->add_sender(core->sender_track->core(), core);
}

void Peer::remove_track(const std::shared_ptr<RTCRtpSender>& sender) {
  check_open();
  if (!sender || sender->core()->peer.lock().get() != this)
    throw InvalidAccessError("the sender is another connection's");
  TransceiverCore& core = *sender->core();
  jsep::Transceiver* transceiver = connection_.transceiver(core.state.id);
  if (!transceiver || transceiver->stopping || !core.sender_track) return;  // steps 6 to 9
  set_sender_track(sender->core(), nullptr);
  jsep::remove_track(*transceiver);
  refresh(core);
  update_negotiation_needed();
}

std::shared_ptr<RTCRtpTransceiver> Peer::add_transceiver(const std::shared_ptr<MediaStreamTrack>& track,
                                                         jsep::MediaKind kind, const RTCRtpTransceiverInit& init) {
  if (init.direction == RTCRtpTransceiverDirection::Stopped)
    throw TypeError("a transceiver cannot begin as a stopped one");
  jsep::Transceiver wanted{.kind = kind, .direction = to_jsep(init.direction)};
  wanted.sender = {.has_track = track != nullptr, .streams = ids_of(init.streams)};
  check_open();
  auto encodings = check_send_encodings(init.sendEncodings, kind, *connection_.snapshot().capabilities);
  if (!encodings) throw_exception(encodings.error());
  wanted.sender.encodings = *std::move(encodings);
  Transceiver& made = transceiver_for(connection_.add_transceiver(std::move(wanted)));
  set_sender_track(made.core, track);
  update_negotiation_needed();
  return made.object;
}

/// The legacy members of RTCOfferOptions: webrtc-pc section 4.4.3.2.
void Peer::offer_to_receive(jsep::MediaKind kind, std::optional<bool> wanted) {
  if (!wanted || closed_) return;
  bool receives = false;
  for (const Transceiver& known : transceivers_) {
    jsep::Transceiver* transceiver = connection_.transceiver(known.core->state.id);
    if (!transceiver || transceiver->stopping || transceiver->kind != kind) continue;
    if (!*wanted) transceiver->direction = sdp::make_direction(sdp::sends(transceiver->direction), false);
    receives = receives || sdp::receives(transceiver->direction);
    refresh(*known.core);
  }
  if (*wanted && !receives)
    transceiver_for(connection_.add_transceiver({.kind = kind, .direction = jsep::Direction::RecvOnly}));
}

void Peer::set_direction(TransceiverCore& core, RTCRtpTransceiverDirection direction) {
  jsep::Transceiver* transceiver = connection_.transceiver(core.state.id);
  if (closed_ || !transceiver || transceiver->stopping) throw InvalidStateError("the transceiver is stopped");
  if (direction == RTCRtpTransceiverDirection::Stopped) throw TypeError("stop() stops a transceiver");
  if (to_jsep(direction) == transceiver->direction) return;
  transceiver->direction = to_jsep(direction);
  refresh(core);
  update_negotiation_needed();
}

void Peer::stop_transceiver(TransceiverCore& core) {
  check_open();
  jsep::Transceiver* transceiver = connection_.transceiver(core.state.id);
  if (!transceiver || transceiver->stopping) return;
  jsep::stop_sending_and_receiving(*transceiver);
  connection_.configure_media();
  refresh(core);
  end_later(core.receiver_track);
  update_negotiation_needed();
}

void Peer::set_codec_preferences(TransceiverCore& core, const std::vector<RTCRtpCodec>& codecs) {
  std::vector<jsep::Codec> wanted;
  wanted.reserve(codecs.size());
  for (const RTCRtpCodec& codec : codecs) {
    if (!is_of_kind(codec, core.state.kind))
      throw InvalidModificationError("a codec of another kind: " + codec.mimeType);
    wanted.push_back(to_jsep(codec));
  }
  const auto& known = connection_.snapshot().capabilities->codecs(core.state.kind);
  auto preferred = jsep::check_codec_preferences(wanted, known);
  if (!preferred) throw_exception(preferred.error());
  if (jsep::Transceiver* transceiver = connection_.transceiver(core.state.id))
    transceiver->preferred_codecs = *std::move(preferred);
  refresh(core);
}

void Peer::set_jitter_buffer_target(TransceiverCore& core, std::optional<double> milliseconds) {
  jsep::Transceiver* transceiver = connection_.transceiver(core.state.id);
  if (closed_ || !transceiver) return;
  transceiver->jitter_buffer_target = milliseconds;
  connection_.configure_media();
  refresh(core);
}

void Peer::set_streams(TransceiverCore& core, const Streams& streams) {
  check_open();
  const std::vector<std::string> ids = ids_of(streams);
  if (jsep::Transceiver* transceiver = connection_.transceiver(core.state.id)) transceiver->sender.streams = ids;
  refresh(core);
  update_negotiation_needed();
}

void Peer::replace_track(const std::shared_ptr<TransceiverCore>& core, std::shared_ptr<MediaStreamTrack> track,
                         const PromiseResolver<void>& done) {
  if (track && kind_of(*track) != core->state.kind) {  // step 5
    done.reject(TypeError("the track is of the other kind"));
    return;
  }
  // An operation that nothing stands before begins at once; its task only has the second half of its steps.
  const jsep::Transceiver* begun = operations_.empty() ? connection_.transceiver(core->state.id) : nullptr;
  const bool was_usable = begun != nullptr && !begun->stopping;
  chain(done, [this, core, track = std::move(track), was_usable]() -> Result<void> {
    jsep::Transceiver* transceiver = connection_.transceiver(core->state.id);
    if (!transceiver || (transceiver->stopping && !was_usable))
      return fail(ErrorKind::InvalidStateError, "the transceiver is stopped");
    transceiver->sender.has_track = track != nullptr;
    set_sender_track(core, track);
    refresh(*core);
    const auto current =
        core->section ? core->section->current.value_or(sdp::Direction::Inactive) : sdp::Direction::Inactive;
    if (track && core->state.kind == jsep::MediaKind::Video && sdp::sends(current))
      track->core()->source->request_key_frame("");  // others refer to what was sent before, or elsewhere
    return {};
  });
}

RTCRtpSendParameters Peer::get_parameters(const std::shared_ptr<TransceiverCore>& core) {
  if (core->last_returned) return *core->last_returned;
  core->last_returned = send_parameters(*core);
  queue([core] { core->last_returned.reset(); });
  return *core->last_returned;
}

void Peer::set_parameters(const std::shared_ptr<TransceiverCore>& core, SetParameters wanted,
                          const PromiseResolver<void>& done) {
  jsep::Transceiver* transceiver = connection_.transceiver(core->state.id);
  if (closed_ || !transceiver || transceiver->stopping) {
    done.reject(InvalidStateError("the transceiver is stopped"));
    return;
  }
  if (!core->last_returned) {
    done.reject(InvalidStateError("getParameters() comes first, in the same task"));
    return;
  }
  auto encodings = check_send_parameters(std::move(wanted.parameters), *core->last_returned, core->state.kind,
                                         *connection_.snapshot().capabilities);
  if (!encodings) {
    done.reject(to_exception(encodings.error()));
    return;
  }
  auto options = std::move(wanted.options.encodingOptions);
  if (core->state.kind == jsep::MediaKind::Audio) options.clear();
  if (!options.empty() && options.size() != encodings->size()) {
    done.reject(InvalidModificationError("encodingOptions are as many as the encodings, or none"));
    return;
  }
  ++unsettled_parameters_;
  loop_->post([weak = weak_from_this(), core, done, encodings = *std::move(encodings), options = std::move(options)] {
    const auto self = weak.lock();
    if (self) --self->unsettled_parameters_;
    if (!self || self->closed_) return done.reject(InvalidStateError("the connection is closed"));
    self->apply_parameters(*core, encodings, options);
    done.resolve();
  });
}

void Peer::apply_parameters(TransceiverCore& core, const std::vector<jsep::SendEncoding>& encodings,
                            const std::vector<RTCEncodingOptions>& options) {
  core.last_returned.reset();
  // A description that came meanwhile may have taken layers away, or proposed some.
  jsep::Transceiver* changed = connection_.transceiver(core.state.id);
  if (changed && is_same_envelope(changed->sender.encodings, encodings)) changed->sender.encodings = encodings;
  connection_.configure_media();
  refresh(core);
  for (std::size_t i = 0; i < options.size(); ++i)
    if (options[i].keyFrame && core.sender_track)
      core.sender_track->core()->source->request_key_frame(encodings[i].rid.value_or(""));
}

RTCRtpSendParameters send_parameters(const TransceiverCore& core) {
  RTCRtpSendParameters parameters;
  parameters.transactionId = new_uuid();
  for (const jsep::SendEncoding& encoding : core.state.sender.encodings)
    parameters.encodings.push_back(to_w3c(encoding));
  parameters.rtcp.cname = core.cname;
  if (!core.section) return parameters;
  parameters.headerExtensions = to_w3c(core.section->send_extensions);
  parameters.codecs = to_w3c(core.section->sends);
  parameters.rtcp.reducedSize = core.section->reduced_size_rtcp;
  return parameters;
}

std::vector<std::shared_ptr<RTCRtpTransceiver>> Peer::transceivers() const {
  std::vector<std::shared_ptr<RTCRtpTransceiver>> all;
  for (const Transceiver& transceiver : transceivers_) all.push_back(transceiver.object);
  return all;
}

std::vector<std::shared_ptr<RTCRtpTransceiver>> Peer::unstopped_transceivers() const {
  std::vector<std::shared_ptr<RTCRtpTransceiver>> some;
  for (const Transceiver& transceiver : transceivers_)
    if (!transceiver.core->state.stopped) some.push_back(transceiver.object);
  return some;
}

Peer::Transceiver& Peer::transceiver_for(jsep::TransceiverId id) {
  const auto found = std::ranges::find(transceivers_, id, [](const Transceiver& one) { return one.core->state.id; });
  if (found != transceivers_.end()) return *found;
  auto core = std::make_shared<TransceiverCore>();
  core->loop = loop_;
  core->peer = weak_from_this();
  core->state = *connection_.transceiver(id);
  core->receiver_track = make_remote_track(loop_, std::string(jsep::to_string(core->state.kind)),
                                           [peer = weak_from_this(), id](const std::string& rid) {
                                             if (const auto self = peer.lock()) self->request_key_frame(id, rid);
                                           });
  core->cname = connection_.cname();
  core->capabilities = connection_.snapshot().capabilities;
  if (core->state.kind == jsep::MediaKind::Audio) core->dtmf = std::make_shared<DtmfState>();
  auto object = std::make_shared<RTCRtpTransceiver>(core);
  transceivers_.push_back({std::move(core), std::move(object)});
  return transceivers_.back();
}

void Peer::refresh(TransceiverCore& core) {
  const jsep::Transceiver* transceiver = connection_.transceiver(core.state.id);
  if (!transceiver || closed_) return;
  core.state = *transceiver;
  const jsep::MediaSection* section = jsep::section_of(connection_.snapshot().now, core.state.id);
  core.section = section ? std::optional(*section) : std::nullopt;
}

}  // namespace parley::api
