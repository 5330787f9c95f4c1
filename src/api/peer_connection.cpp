#include "parley/peer_connection.hpp"

#include "api/peer.hpp"

namespace parley {
namespace {

/// Runs `operation` with the peer on its loop, now if we are there, and gives the promise that it settles.
template <class T, class F>
Promise<T> on_loop(const std::shared_ptr<EventLoop>& loop, const std::shared_ptr<api::Peer>& peer, F operation) {
  PromiseResolver<T> done(loop.get());
  if (loop->is_current()) {
    operation(*peer, done);
  } else {
    loop->post([peer, done, operation = std::move(operation)]() mutable { operation(*peer, done); });
  }
  return done.promise();
}

std::optional<RTCSessionDescription> to_w3c(const std::optional<jsep::AppliedDescription>& applied) {
  if (!applied) return std::nullopt;
  return RTCSessionDescription({static_cast<RTCSdpType>(applied->type), applied->sdp});
}

const std::optional<jsep::AppliedDescription>& first_of(const std::optional<jsep::AppliedDescription>& pending,
                                                        const std::optional<jsep::AppliedDescription>& current) {
  return pending ? pending : current;
}

Result<dtls::KeySpec> to_key_spec(const RTCCertificateKeygen& keygen) {
  if (keygen.hash != "SHA-256") return fail(ErrorKind::NotSupportedError, "certificates are signed with SHA-256");
  if (keygen.name == "ECDSA" && keygen.namedCurve == "P-256") return dtls::KeySpec{};
  if (keygen.name == "RSASSA-PKCS1-v1_5")
    return dtls::KeySpec{.kind = dtls::KeySpec::Kind::Rsa, .rsa_bits = keygen.modulusLength};
  return fail(ErrorKind::NotSupportedError, "keys are ECDSA with P-256 or RSASSA-PKCS1-v1_5, not " + keygen.name);
}

}  // namespace

namespace api {

std::optional<RTCSessionDescription> Peer::local(const std::optional<jsep::AppliedDescription>& applied) const {
  if (!applied) return std::nullopt;
  return RTCSessionDescription({static_cast<RTCSdpType>(applied->type), connection_.shown_local(*applied)});
}

}  // namespace api

RTCPeerConnection::RTCPeerConnection(const RTCConfiguration& configuration)
    // Not on the loop, which others are using: the certificate takes a while.
    : loop_(configuration.network.loop ? configuration.network.loop : EventLoop::current_or_shared()),
      peer_(api::Peer::create(loop_, configuration, lists())) {}

RTCPeerConnection::~RTCPeerConnection() {
  loop_->run([this] {
    peer_->close(api::Peer::Disappear::Yes);
    // We may be inside a handler, below which transports of this connection are still at work: they go in a later task.
    loop_->post([gone = std::move(peer_)] {});
  });
}

Promise<RTCSessionDescriptionInit> RTCPeerConnection::createOffer(const RTCOfferOptions& options) {
  return on_loop<RTCSessionDescriptionInit>(
      loop_, peer_, [options](api::Peer& peer, const auto& done) { peer.create_offer(options, done); });
}

Promise<RTCSessionDescriptionInit> RTCPeerConnection::createAnswer(const RTCAnswerOptions&) {
  return on_loop<RTCSessionDescriptionInit>(loop_, peer_,
                                            [](api::Peer& peer, const auto& done) { peer.create_answer(done); });
}

Promise<void> RTCPeerConnection::setLocalDescription(const RTCLocalSessionDescriptionInit& description) {
  return on_loop<void>(loop_, peer_, [description](api::Peer& peer, const auto& done) {
    peer.set_local_description(description, done);
  });
}

Promise<void> RTCPeerConnection::setRemoteDescription(const RTCSessionDescriptionInit& description) {
  return on_loop<void>(loop_, peer_, [description](api::Peer& peer, const auto& done) {
    peer.set_remote_description(description, done);
  });
}

Promise<RTCStatsReport> RTCPeerConnection::getStats() { return getStats(nullptr); }

Promise<RTCStatsReport> RTCPeerConnection::getStats(const std::shared_ptr<MediaStreamTrack>& selector) {
  return on_loop<RTCStatsReport>(loop_, peer_, [selector](api::Peer& peer, const auto& done) {
    if (selector) {
      peer.stats_of(selector, done);
    } else {
      done.resolve(peer.stats());
    }
  });
}

Promise<void> RTCPeerConnection::addIceCandidate(const RTCIceCandidateInit& candidate) {
  return on_loop<void>(loop_, peer_,
                       [candidate](api::Peer& peer, const auto& done) { peer.add_ice_candidate(candidate, done); });
}

Promise<void> RTCPeerConnection::addIceCandidate(const std::optional<RTCIceCandidate>& candidate) {
  return addIceCandidate(candidate ? candidate->toJSON() : RTCIceCandidateInit());
}

std::optional<RTCSessionDescription> RTCPeerConnection::localDescription() const {
  return loop_->run([this] {
    const jsep::Snapshot& snapshot = peer_->connection().snapshot();
    return peer_->local(first_of(snapshot.pending_local, snapshot.current_local));
  });
}

std::optional<RTCSessionDescription> RTCPeerConnection::currentLocalDescription() const {
  return loop_->run([this] { return peer_->local(peer_->connection().snapshot().current_local); });
}

std::optional<RTCSessionDescription> RTCPeerConnection::pendingLocalDescription() const {
  return loop_->run([this] { return peer_->local(peer_->connection().snapshot().pending_local); });
}

std::optional<RTCSessionDescription> RTCPeerConnection::remoteDescription() const {
  return loop_->run([this] {
    const jsep::Snapshot& snapshot = peer_->connection().snapshot();
    return to_w3c(first_of(snapshot.pending_remote, snapshot.current_remote));
  });
}

std::optional<RTCSessionDescription> RTCPeerConnection::currentRemoteDescription() const {
  return loop_->run([this] { return to_w3c(peer_->connection().snapshot().current_remote); });
}

std::optional<RTCSessionDescription> RTCPeerConnection::pendingRemoteDescription() const {
  return loop_->run([this] { return to_w3c(peer_->connection().snapshot().pending_remote); });
}

RTCSignalingState RTCPeerConnection::signalingState() const {
  return loop_->run([this] { return peer_->signaling_state(); });
}

RTCIceGatheringState RTCPeerConnection::iceGatheringState() const {
  return loop_->run([this] { return peer_->gathering_state(); });
}

RTCIceConnectionState RTCPeerConnection::iceConnectionState() const {
  return loop_->run([this] { return peer_->ice_connection_state(); });
}

RTCPeerConnectionState RTCPeerConnection::connectionState() const {
  return loop_->run([this] { return peer_->connection_state(); });
}

std::optional<bool> RTCPeerConnection::canTrickleIceCandidates() const {
  return loop_->run([this] { return jsep::can_trickle(peer_->connection().snapshot()); });
}

void RTCPeerConnection::restartIce() {
  loop_->run([this] { peer_->restart_ice(); });
}

void RTCPeerConnection::setConfiguration(const RTCConfiguration& configuration) {
  loop_->run([&] { peer_->set_configuration(configuration); });
}

std::shared_ptr<RTCRtpSender> RTCPeerConnection::add_track(const std::shared_ptr<MediaStreamTrack>& track,
                                                           const std::vector<std::shared_ptr<MediaStream>>& streams) {
  return loop_->run([&] { return peer_->add_track(track, streams); });
}

void RTCPeerConnection::removeTrack(const std::shared_ptr<RTCRtpSender>& sender) {
  loop_->run([&] { peer_->remove_track(sender); });
}

std::shared_ptr<RTCRtpTransceiver> RTCPeerConnection::addTransceiver(std::string_view kind,
                                                                     const RTCRtpTransceiverInit& init) {
  const auto of_kind = jsep::to_media_kind(kind);
  if (!of_kind) throw TypeError("a transceiver is of the kind audio or video");
  return loop_->run([&] { return peer_->add_transceiver(nullptr, *of_kind, init); });
}

std::shared_ptr<RTCRtpTransceiver> RTCPeerConnection::addTransceiver(const std::shared_ptr<MediaStreamTrack>& track,
                                                                     const RTCRtpTransceiverInit& init) {
  if (!track) throw TypeError("addTransceiver needs a track");
  return loop_->run([&] { return peer_->add_transceiver(track, *jsep::to_media_kind(track->kind()), init); });
}

std::vector<std::shared_ptr<RTCRtpTransceiver>> RTCPeerConnection::getTransceivers() const {
  return loop_->run([this] { return peer_->transceivers(); });
}

std::vector<std::shared_ptr<RTCRtpSender>> RTCPeerConnection::getSenders() const {
  return loop_->run([this] {
    std::vector<std::shared_ptr<RTCRtpSender>> senders;
    for (const auto& transceiver : peer_->unstopped_transceivers()) senders.push_back(transceiver->sender());
    return senders;
  });
}

std::vector<std::shared_ptr<RTCRtpReceiver>> RTCPeerConnection::getReceivers() const {
  return loop_->run([this] {
    std::vector<std::shared_ptr<RTCRtpReceiver>> receivers;
    for (const auto& transceiver : peer_->unstopped_transceivers()) receivers.push_back(transceiver->receiver());
    return receivers;
  });
}

RTCConfiguration RTCPeerConnection::getConfiguration() const {
  return loop_->run([this] { return peer_->configuration(); });
}

void RTCPeerConnection::close() {
  loop_->run([this] {
    const auto peer = peer_;  // a handler of a track that ends may destroy this object
    peer->close(api::Peer::Disappear::No);
  });
}

std::shared_ptr<RTCDataChannel> RTCPeerConnection::createDataChannel(std::string_view label) {
  return createDataChannel(label, RTCDataChannelInit{});
}

std::shared_ptr<RTCDataChannel> RTCPeerConnection::createDataChannel(std::string_view label,
                                                                     const RTCDataChannelInit& init) {
  const bool from_loop = loop_->is_current();
  return loop_->run([&] { return peer_->create_data_channel(label, init, from_loop); });
}

std::shared_ptr<RTCSctpTransport> RTCPeerConnection::sctp() const {
  return loop_->run([this] { return peer_->sctp(); });
}

Promise<RTCCertificate> RTCPeerConnection::generateCertificate(const RTCCertificateKeygen& keygen) {
  PromiseResolver<RTCCertificate> done;
  const auto spec = to_key_spec(keygen);
  if (!spec) {
    done.reject(to_exception(spec.error()));
    return done.promise();
  }
  std::optional<dtls::WallTime> expires;
  if (keygen.expires) expires = std::chrono::system_clock::now() + *keygen.expires;
  // A loop of its own is a worker thread, which lets go of itself when the work is done. It is held here until the task
  // has been handed over, and holds no other loop: whoever ends last would wait for the other.
  std::shared_ptr<EventLoop> worker;
  try {
    worker = EventLoop::create();
  } catch (const DOMException&) {
    done.reject(std::current_exception());
    return done.promise();
  }
  worker->post([worker, done, spec = *spec, expires] {
    auto made = dtls::Certificate::generate(spec, expires);
    if (made) {
      done.resolve(RTCCertificate(*std::move(made)));
    } else {
      done.reject(to_exception(made.error()));
    }
  });
  return done.promise();
}

}  // namespace parley
