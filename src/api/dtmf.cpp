// RTCDTMFSender: webrtc-pc section 7.
#include <algorithm>

#include "api/peer.hpp"
#include "jsep/codec.hpp"
#include "parley/dtmf_sender.hpp"

namespace parley::api {

/// "Determine if DTMF can be sent".
bool Peer::can_insert_dtmf(const TransceiverCore& core) const {
  if (connection_state_ != RTCPeerConnectionState::Connected || core.state.stopping || !core.sender_track) return false;
  if (!core.section || !core.section->current || !sdp::sends(*core.section->current)) return false;
  if (!core.state.sender.encodings.front().active) return false;
  return std::ranges::any_of(
      core.section->sends, [](const jsep::Format& format) { return jsep::has_name(format.codec, "telephone-event"); });
}

void Peer::insert_dtmf(const std::shared_ptr<TransceiverCore>& core, const ToneRequest& request) {
  if (!can_insert_dtmf(*core)) throw InvalidStateError("no tones can be sent at the moment");
  DtmfState& dtmf = *core->dtmf;
  if (!dtmf.buffer.set(request.tones, request.duration, request.gap))
    throw InvalidCharacterError("tones are 0 to 9, A to D, #, * and the comma");
  if (dtmf.buffer.keys().empty() || std::exchange(dtmf.scheduled, true)) return;
  queue([this, core] { play_tones(core); });
}

/// The "DTMF playout task steps".
void Peer::play_tones(const std::shared_ptr<TransceiverCore>& core) {
  DtmfState& dtmf = *core->dtmf;
  dtmf.scheduled = false;
  if (!can_insert_dtmf(*core)) return;
  const ToneBuffer::Step step = dtmf.buffer.next();
  if (step.duration > std::chrono::milliseconds::zero())
    connection_.play(core->state.id, step.tone.front(), step.duration);
  if (step.next > std::chrono::milliseconds::zero()) {
    dtmf.scheduled = true;
    loop_->after(step.next, [weak = weak_from_this(), core] {
      const auto self = weak.lock();
      if (self && !self->closed_) self->play_tones(core);
    });
  }
  dtmf.lists->get<"tonechange">()->fire(RTCDTMFToneChangeEvent{step.tone});
}

}  // namespace parley::api

namespace parley {

RTCDTMFSender::RTCDTMFSender(std::shared_ptr<api::TransceiverCore> core)
    : RTCDTMFSenderEvents(core->dtmf->lists), core_(std::move(core)) {}
RTCDTMFSender::~RTCDTMFSender() = default;

void RTCDTMFSender::insertDTMF(std::string_view tones, std::uint32_t duration, std::uint32_t interToneGap) {
  core_->loop->run([&] {
    const auto peer = core_->peer.lock();
    if (!peer) throw InvalidStateError("the connection is closed");
    peer->insert_dtmf(core_, {.tones = tones, .duration = duration, .gap = interToneGap});
  });
}

bool RTCDTMFSender::canInsertDTMF() const {
  return core_->loop->run([this] {
    const auto peer = core_->peer.lock();
    return peer && peer->can_insert_dtmf(*core_);
  });
}

std::string RTCDTMFSender::toneBuffer() const {
  return core_->loop->run([this] { return core_->dtmf->buffer.keys(); });
}

}  // namespace parley
