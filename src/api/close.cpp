// The beginning and the end: the constructor of webrtc-pc section 4.4.1.1 and "close the connection" of
// section 4.4.1.2.
#include "api/configuration.hpp"
#include "api/peer.hpp"
#include "api/tracks.hpp"

namespace parley::api {

std::shared_ptr<Peer> Peer::create(const std::shared_ptr<EventLoop>& loop, const RTCConfiguration& configuration,
                                   std::shared_ptr<Lists> lists) {
  auto config = to_session_config(configuration);
  if (!config) throw_exception(config.error());
  auto peer = std::make_shared<Peer>(loop, configuration, *std::move(config), std::move(lists));
  // Agents are made on the loop.
  if (const std::size_t pool = configuration.iceCandidatePoolSize; pool > 0)
    peer->queue([raw = peer.get(), pool] { raw->connection_.set_candidate_pool_size(pool); });
  // Whoever listens late has not missed that negotiation is needed.
  peer->lists_->get<"negotiationneeded">()->on_added([loop = std::weak_ptr(loop), peer = std::weak_ptr(peer)] {
    const auto alive = loop.lock();
    if (!alive) return;
    alive->post([peer] {
      const auto self = peer.lock();
      if (self && !self->closed_) self->update_negotiation_needed();
    });
  });
  return peer;
}

Peer::Peer(std::shared_ptr<EventLoop> loop, RTCConfiguration configuration, session::Config config,
           std::shared_ptr<Lists> lists)
    : loop_(std::move(loop)),
      lists_(std::move(lists)),
      configuration_(std::move(configuration)),
      connection_(*loop_, std::move(config), *this) {
  configuration_.network.loop = loop_;
}

Peer::~Peer() { close(Disappear::Yes); }

void Peer::queue(UniqueFunction<void()> task) {
  ++queued_;
  loop_->post([weak = weak_from_this(), task = std::move(task)]() mutable {
    const auto self = weak.lock();
    if (!self) return;
    --self->queued_;
    if (!self->closed_) task();
  });
}

RTCSignalingState Peer::signaling_state() const {
  if (closed_) return RTCSignalingState::Closed;
  return static_cast<RTCSignalingState>(connection_.snapshot().state);
}

void Peer::close(Disappear disappear) {
  if (std::exchange(closed_, true)) return;
  connection_.close();
  gathering_state_ = connection_.snapshot().now.transports.empty() ? RTCIceGatheringState::New : gathering_state_;
  ice_state_ = RTCIceConnectionState::Closed;
  connection_state_ = RTCPeerConnectionState::Closed;
  std::vector<std::shared_ptr<MediaStreamTrack>> ended;
  for (const Transceiver& transceiver : transceivers_) {  // which stay in the set
    TransceiverCore& core = *transceiver.core;
    core.state.direction = jsep::Direction::Inactive;
    core.state.stopping = core.state.stopped = true;
    if (core.dtmf) core.dtmf->lists->close();
    core.receiver_lists->close();
    for (const auto side : {Side::Sender, Side::Receiver}) set_transform(transceiver.core, side, nullptr);
    ended.push_back(core.receiver_track);
  }
  if (sctp_core_) {
    sctp_core_->state = RTCSctpTransportState::Closed;
    sctp_core_->lists->close();
  }
  for (const auto& [id, transport] : transports_) {
    transport.core->state = RTCDtlsTransportState::Closed;
    transport.core->ice_core->state = RTCIceTransportState::Closed;
    transport.core->lists->close();
    transport.core->ice_core->lists->close();
  }
  const std::exception_ptr error = std::make_exception_ptr(InvalidStateError("the connection was closed"));
  for (auto& [key, channel] : std::exchange(channels_, {})) {
    channel.core->state = RTCDataChannelState::Closed;
    channel.core->lists->close();
    if (channel.core->was_open) ++channels_closed_;
    forget_waiting(*channel.core);
    for (const auto& writer : std::exchange(channel.core->writers, {})) writer.reject(error);
  }
  lists_->close();
  for (Operation& operation : std::exchange(operations_, {})) operation.abort(error);
  // At once, not in a later task: nothing of a closed connection calls the program once close() has returned.
  for (const auto& track : ended) {
    if (disappear == Disappear::No) {
      end(*track->core());
    } else {
      end_silently(*track->core());
    }
  }
}

}  // namespace parley::api
