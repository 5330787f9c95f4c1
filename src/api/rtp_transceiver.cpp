// RTCRtpTransceiver, RTCRtpSender and RTCRtpReceiver: views of what the connection has.
#include "parley/rtp_transceiver.hpp"

#include "api/codecs.hpp"
#include "api/peer.hpp"
#include "api/rtp_parameters.hpp"

namespace parley {
namespace {

/// Runs `ask` on the loop with the connection, or throws what a closed one throws.
template <class Ask>
auto with_peer(const std::shared_ptr<api::TransceiverCore>& core, Ask ask) {
  return core->loop->run([&] {
    const auto peer = core->peer.lock();
    if (!peer) throw InvalidStateError("the connection is closed");
    return ask(*peer);
  });
}

/// The same for what settles a promise.
template <class Begin>
Promise<void> begin(const std::shared_ptr<api::TransceiverCore>& core, Begin operation) {
  PromiseResolver<void> done(core->loop.get());
  auto task = [core, done, operation = std::move(operation)]() mutable {
    if (const auto peer = core->peer.lock()) {
      operation(*peer, done);
    } else {
      done.reject(InvalidStateError("the connection is closed"));
    }
  };
  if (core->loop->is_current()) {
    task();
  } else {
    core->loop->post(std::move(task));
  }
  return done.promise();
}

}  // namespace

static Promise<RTCStatsReport> stats_of(const std::shared_ptr<api::TransceiverCore>& core, api::Side side) {
  PromiseResolver<RTCStatsReport> done(core->loop.get());
  auto task = [core, side, done] {
    const auto peer = core->peer.lock();
    done.resolve(peer ? peer->stats_of(*core, side) : RTCStatsReport());
  };
  if (core->loop->is_current()) {
    task();
  } else {
    core->loop->post(std::move(task));
  }
  return done.promise();
}

RTCRtpSender::RTCRtpSender(std::shared_ptr<api::TransceiverCore> core)
    : core_(std::move(core)), dtmf_(core_->dtmf ? std::make_shared<RTCDTMFSender>(core_) : nullptr) {}
RTCRtpSender::~RTCRtpSender() = default;

std::shared_ptr<MediaStreamTrack> RTCRtpSender::track() const {
  return core_->loop->run([this] { return core_->sender_track; });
}

std::shared_ptr<RTCDtlsTransport> RTCRtpSender::transport() const {
  return core_->loop->run([this] { return core_->transport; });
}

std::optional<RTCRtpCapabilities> RTCRtpSender::getCapabilities(std::string_view kind) {
  return api::capabilities(*api::current_capabilities(), kind);
}

Promise<void> RTCRtpSender::setParameters(RTCRtpSendParameters parameters, RTCSetParameterOptions setParameterOptions) {
  return begin(core_, [core = core_, parameters = std::move(parameters), options = std::move(setParameterOptions)](
                          api::Peer& peer, const auto& done) mutable {
    peer.set_parameters(core, {.parameters = std::move(parameters), .options = std::move(options)}, done);
  });
}

RTCRtpSendParameters RTCRtpSender::getParameters() const {
  return core_->loop->run([this] {
    const auto peer = core_->peer.lock();
    return peer ? peer->get_parameters(core_) : api::send_parameters(*core_);
  });
}

Promise<void> RTCRtpSender::replaceTrack(std::shared_ptr<MediaStreamTrack> withTrack) {
  return begin(core_, [core = core_, track = std::move(withTrack)](api::Peer& peer, const auto& done) mutable {
    peer.replace_track(core, std::move(track), done);
  });
}

void RTCRtpSender::set_streams(std::vector<std::shared_ptr<MediaStream>> streams) {
  with_peer(core_, [&](api::Peer& peer) { peer.set_streams(*core_, streams); });
}

Promise<RTCStatsReport> RTCRtpSender::getStats() { return stats_of(core_, api::Side::Sender); }
namespace {

using Side = api::Side;

void set_transform(const std::shared_ptr<api::TransceiverCore>& core, Side side,
                   const std::shared_ptr<api::TransformCore>& transform) {
  core->loop->run([&] { api::Peer::set_transform(core, side, transform); });
}

/// It is the object's as long as it is in use, for transform() to return.
void set_transform(const std::shared_ptr<api::TransceiverCore>& core, Side side,
                   const std::shared_ptr<SFrameTransform>& transform) {
  core->loop->run([&] {
    api::Peer::set_transform(core, side, transform ? transform->core() : nullptr);
    const auto& taken = side == Side::Sender ? core->sender_transform : core->receiver_transform;
    if (transform && taken == transform->core()) transform->core()->object = transform;
  });
}

std::optional<RTCRtpTransform> get_transform(const std::shared_ptr<api::TransceiverCore>& core, Side side) {
  return core->loop->run([&]() -> std::optional<RTCRtpTransform> {
    const auto& transform = side == Side::Sender ? core->sender_transform : core->receiver_transform;
    if (!transform) return std::nullopt;
    if (transform->object) return transform->object;
    return RTCRtpScriptTransform(transform);
  });
}

}  // namespace

void RTCRtpSender::transform(const RTCRtpScriptTransform& transform) {
  set_transform(core_, Side::Sender, transform.core());
}
void RTCRtpSender::transform(const std::shared_ptr<SFrameTransform>& transform) {
  set_transform(core_, Side::Sender, transform);
}
void RTCRtpSender::transform(std::nullopt_t /*none*/) {
  set_transform(core_, Side::Sender, std::shared_ptr<api::TransformCore>());
}
std::optional<RTCRtpTransform> RTCRtpSender::transform() const { return get_transform(core_, Side::Sender); }

void RTCRtpReceiver::transform(const RTCRtpScriptTransform& transform) {
  set_transform(core_, Side::Receiver, transform.core());
}
void RTCRtpReceiver::transform(const std::shared_ptr<SFrameTransform>& transform) {
  set_transform(core_, Side::Receiver, transform);
}
void RTCRtpReceiver::transform(std::nullopt_t /*none*/) {
  set_transform(core_, Side::Receiver, std::shared_ptr<api::TransformCore>());
}
std::optional<RTCRtpTransform> RTCRtpReceiver::transform() const { return get_transform(core_, Side::Receiver); }

RTCRtpReceiver::RTCRtpReceiver(std::shared_ptr<api::TransceiverCore> core)
    : RTCRtpReceiverEvents(core->receiver_lists), core_(std::move(core)) {}
RTCRtpReceiver::~RTCRtpReceiver() = default;

const std::shared_ptr<MediaStreamTrack>& RTCRtpReceiver::track() const { return core_->receiver_track; }

std::shared_ptr<RTCDtlsTransport> RTCRtpReceiver::transport() const {
  return core_->loop->run([this] { return core_->transport; });
}

std::optional<RTCRtpCapabilities> RTCRtpReceiver::getCapabilities(std::string_view kind) {
  return RTCRtpSender::getCapabilities(kind);
}

RTCRtpReceiveParameters RTCRtpReceiver::getParameters() const {
  return core_->loop->run([this] {
    RTCRtpReceiveParameters parameters;
    if (!core_->section) return parameters;
    parameters.headerExtensions = api::to_w3c(core_->section->receive_extensions);
    parameters.codecs = api::to_w3c(core_->section->receives);
    parameters.rtcp.reducedSize = core_->section->reduced_size_rtcp;
    return parameters;
  });
}

std::optional<double> RTCRtpReceiver::jitterBufferTarget() const {
  return core_->loop->run([this] { return core_->state.jitter_buffer_target; });
}

void RTCRtpReceiver::jitterBufferTarget(std::optional<double> milliseconds) {
  constexpr double kMost = 4000;
  if (milliseconds && !(*milliseconds >= 0 && *milliseconds <= kMost))
    throw RangeError("jitterBufferTarget is between 0 and 4000 milliseconds");
  core_->loop->run([&] {
    core_->state.jitter_buffer_target = milliseconds;
    if (const auto peer = core_->peer.lock()) peer->set_jitter_buffer_target(*core_, milliseconds);
  });
}

Promise<RTCStatsReport> RTCRtpReceiver::getStats() { return stats_of(core_, api::Side::Receiver); }

std::vector<RTCRtpContributingSource> RTCRtpReceiver::getContributingSources() const {
  return core_->loop->run([this] { return core_->contributing.recent(api::wall_time()); });
}

std::vector<RTCRtpSynchronizationSource> RTCRtpReceiver::getSynchronizationSources() const {
  const auto recent = core_->loop->run([this] { return core_->synchronization.recent(api::wall_time()); });
  std::vector<RTCRtpSynchronizationSource> sources;
  for (const RTCRtpContributingSource& source : recent) sources.push_back({source});
  return sources;
}

RTCRtpTransceiver::RTCRtpTransceiver(std::shared_ptr<api::TransceiverCore> core)
    : core_(std::move(core)),
      sender_(std::make_shared<RTCRtpSender>(core_)),
      receiver_(std::make_shared<RTCRtpReceiver>(core_)) {}
RTCRtpTransceiver::~RTCRtpTransceiver() = default;

const std::shared_ptr<RTCRtpSender>& RTCRtpTransceiver::sender() const { return sender_; }
const std::shared_ptr<RTCRtpReceiver>& RTCRtpTransceiver::receiver() const { return receiver_; }

std::optional<std::string> RTCRtpTransceiver::mid() const {
  return core_->loop->run([this] { return core_->section ? std::optional(core_->section->mid) : std::nullopt; });
}

RTCRtpTransceiverDirection RTCRtpTransceiver::direction() const {
  return core_->loop->run([this] {
    return core_->state.stopping ? RTCRtpTransceiverDirection::Stopped : api::to_w3c(core_->state.direction);
  });
}

void RTCRtpTransceiver::direction(RTCRtpTransceiverDirection direction) {
  with_peer(core_, [&](api::Peer& peer) { peer.set_direction(*core_, direction); });
}

std::optional<RTCRtpTransceiverDirection> RTCRtpTransceiver::currentDirection() const {
  return core_->loop->run([this]() -> std::optional<RTCRtpTransceiverDirection> {
    if (core_->state.stopped) return RTCRtpTransceiverDirection::Stopped;
    if (!core_->section || !core_->section->current) return std::nullopt;
    return api::to_w3c(*core_->section->current);
  });
}

void RTCRtpTransceiver::stop() {
  with_peer(core_, [&](api::Peer& peer) { peer.stop_transceiver(*core_); });
}

void RTCRtpTransceiver::setCodecPreferences(const std::vector<RTCRtpCodec>& codecs) {
  with_peer(core_, [&](api::Peer& peer) { peer.set_codec_preferences(*core_, codecs); });
}

std::vector<RTCRtpHeaderExtensionCapability> RTCRtpTransceiver::getHeaderExtensionsToNegotiate() const {
  return core_->loop->run([this] { return api::extensions_to_negotiate(*core_); });
}

void RTCRtpTransceiver::setHeaderExtensionsToNegotiate(const std::vector<RTCRtpHeaderExtensionCapability>& extensions) {
  with_peer(core_, [&](api::Peer& peer) { peer.set_header_extensions(*core_, extensions); });
}

std::vector<RTCRtpHeaderExtensionCapability> RTCRtpTransceiver::getNegotiatedHeaderExtensions() const {
  return core_->loop->run([this] { return api::negotiated_extensions(*core_); });
}

bool RTCRtpTransceiver::rtpHeaderEncryptionNegotiated() const {
  return core_->loop->run([this] { return core_->section && core_->section->encrypted_headers; });
}

}  // namespace parley
