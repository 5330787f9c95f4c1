// RTCRtpScriptTransform, the program's hands on encoded frames, and what it has in common with SFrameTransform.
#include <algorithm>

#include "api/peer.hpp"
#include "api/rtp_parameters.hpp"
#include "api/tracks.hpp"
#include "parley/encoded_transform.hpp"

namespace parley::api {
namespace {

/// The encoding that a frame of a sender is for.
std::size_t encoding_of(const TransceiverCore& core, const std::string& rid) {
  const auto& encodings = core.state.sender.encodings;
  const auto found = std::ranges::find_if(encodings, [&](const jsep::SendEncoding& one) { return one.rid == rid; });
  return found == encodings.end() ? 0 : static_cast<std::size_t>(found - encodings.begin());
}

/// The format in which a frame of a sender will be sent.
const jsep::Format* format_of(const TransceiverCore& core, const std::string& mime_type) {
  if (!core.section) return nullptr;
  const auto& formats = core.section->sends;
  const auto found = std::ranges::find_if(formats, [&](const jsep::Format& format) {
    return jsep::is_media(format.codec) && (mime_type.empty() || jsep::mime_type(format.codec) == mime_type);
  });
  return found == formats.end() ? nullptr : &*found;
}

/// What frames tell that come from an encoder of a browser.
template <class Frame>
void describe(const TransceiverCore& core, std::size_t encoding, Frame& frame) {
  if (encoding < core.state.sender.sources.size())
    frame.metadata.synchronizationSource = core.state.sender.sources[encoding].media.get();
  const jsep::Format* format = format_of(core, frame.metadata.mimeType);
  if (format == nullptr) return;
  frame.metadata.mimeType = jsep::mime_type(format->codec);
  frame.metadata.payloadType = format->payload_type.get();
}

template <class Frame>
void call(const TransformCore::Handler<Frame>& handler, const std::shared_ptr<TransformCore>& transform,
          Frame&& frame) {
  try {
    const auto promise = (*handler)(std::forward<Frame>(frame), RTCRtpScriptTransformer(transform));
    // A coroutine may use what it captures until it is done.
    if (promise)
      promise->then([handler] {},
                    [handler](const std::exception_ptr& error) { report_unhandled_error(error, "transform"); });
  } catch (...) {
    report_unhandled_error(std::current_exception(), "transform");
  }
}

/// Just before the handler gets a key frame, those who wait for it are told.
void settle_waits(TransformCore& transform, const std::string& rid) {
  std::vector<PromiseResolver<void>> done;
  for (TransformCore::KeyFrameWait& wait : transform.waits)
    if (wait.rids.erase(rid) > 0 && wait.rids.empty()) done.push_back(wait.done);
  std::erase_if(transform.waits, [](const auto& wait) { return wait.rids.empty(); });
  for (const auto& one : done) one.resolve();
}

void describe_sent(const TransceiverCore& core, TransformCore& transform, EncodedFrame& frame) {
  if (auto* video = std::get_if<RTCEncodedVideoFrame>(&frame)) {
    const std::size_t encoding = encoding_of(core, video->metadata.rid);
    describe(core, encoding, *video);
    if (video->type == RTCEncodedVideoFrameType::Key)
      settle_waits(transform, core.state.sender.encodings[encoding].rid.value_or(""));
  } else {
    describe(core, 0, std::get<RTCEncodedAudioFrame>(frame));
  }
}

}  // namespace

void Peer::set_transform(const std::shared_ptr<TransceiverCore>& core, Side side,
                         const std::shared_ptr<TransformCore>& transform) {
  auto& slot = side == Side::Sender ? core->sender_transform : core->receiver_transform;
  if (slot == transform) return;
  const auto peer = core->peer.lock();
  if (transform && (!peer || peer->closed_ || core->state.stopped)) {
    transform->used = true;  // there is nothing to transform any more, and nobody who would let go of it
    return;
  }
  if (transform) {
    const bool video = core->state.kind == jsep::MediaKind::Video;
    if (transform->used.exchange(true)) throw InvalidStateError("the transform is or was in use elsewhere");
    if (!transform->sframe && (video ? !transform->video : !transform->audio)) {
      transform->used = false;
      throw TypeError("the transform takes frames of the other kind");
    }
    transform->loop = core->loop;
    transform->transceiver = core;
    transform->side = side;
    transform->kind = core->state.kind;
  }
  const auto old = std::exchange(slot, transform);
  if (!old) return;
  // What they capture may own anything.
  const auto video = std::exchange(old->video, nullptr);
  const auto audio = std::exchange(old->audio, nullptr);
  const auto waits = std::exchange(old->waits, {});
  const auto object = std::exchange(old->object, nullptr);
  if (old->sframe) old->sframe->lists->close();
  for (const auto& wait : waits) wait.done.reject(InvalidStateError("the transform is not in use any more"));
}

void Peer::transform(const std::shared_ptr<TransformCore>& transform, EncodedFrame&& frame) {
  const auto core = transform->transceiver.lock();
  if (!core) return;
  if (transform->side == Side::Sender) describe_sent(*core, *transform, frame);
  if (transform->sframe) {
    if (const auto peer = core->peer.lock()) peer->pass_through_sframe(*transform, std::move(frame));
  } else if (auto* video = std::get_if<RTCEncodedVideoFrame>(&frame)) {
    if (const auto handler = transform->video) call(handler, transform, std::move(*video));
  } else {
    auto& audio = std::get<RTCEncodedAudioFrame>(frame);
    if (const auto handler = transform->audio) call(handler, transform, std::move(audio));
  }
}

void Peer::take_transformed(const TransformCore& transform, EncodedFrame&& frame) {
  const auto core = transform.transceiver.lock();
  if (closed_ || !core) return;
  const bool sends = transform.side == Side::Sender;
  if ((sends ? core->sender_transform : core->receiver_transform).get() != &transform) return;
  if (sends) {
    put_on_wire(*core, frame);
  } else {
    give_to_track(*core, std::move(frame));
  }
}

/// The "generate key frame algorithm".
void Peer::generate_key_frame(TransformCore& transform, const std::optional<std::string>& rid,
                              const PromiseResolver<void>& done) {
  const auto core = transform.transceiver.lock();
  if (closed_ || !core || core->sender_transform.get() != &transform || transform.kind != jsep::MediaKind::Video) {
    done.reject(InvalidStateError("key frames are generated for a sender of video"));
    return;
  }
  if (rid && !is_rid(*rid)) {
    done.reject(TypeError("not a rid: " + *rid));
    return;
  }
  TransformCore::KeyFrameWait wait{.rids = {}, .done = done};
  const bool live = core->sender_track && core->sender_track->readyState() == MediaStreamTrackState::Live;
  for (const jsep::SendEncoding& encoding : core->state.sender.encodings)
    if (live && encoding.active && (!rid || encoding.rid == rid)) wait.rids.insert(encoding.rid.value_or(""));
  if (wait.rids.empty()) {
    done.reject(NotFoundError("no encoding that is sent has the rid"));
    return;
  }
  const auto& source = core->sender_track->core()->source;
  for (const std::string& one : wait.rids) source->request_key_frame(one);
  transform.waits.push_back(std::move(wait));
}

}  // namespace parley::api

namespace parley {
namespace {

template <class Act>
void on_loop(const std::shared_ptr<api::TransformCore>& core, Act act) {
  if (core->loop->is_current()) {
    act();
  } else {
    core->loop->post(std::move(act));
  }
}

std::shared_ptr<api::Peer> peer_of(const api::TransformCore& core) {
  const auto transceiver = core.transceiver.lock();
  return transceiver ? transceiver->peer.lock() : nullptr;
}

void write_to(const std::shared_ptr<api::TransformCore>& core, jsep::MediaKind kind, api::EncodedFrame&& frame) {
  if (core->kind != kind) throw TypeError("the frame is of the other kind");
  on_loop(core, [core, frame = std::move(frame)]() mutable {
    if (const auto peer = peer_of(*core)) peer->take_transformed(*core, std::move(frame));
  });
}

}  // namespace

RTCRtpScriptTransformer::RTCRtpScriptTransformer(std::shared_ptr<api::TransformCore> core) : core_(std::move(core)) {}

void RTCRtpScriptTransformer::write(RTCEncodedVideoFrame frame) const {
  write_to(core_, jsep::MediaKind::Video, std::move(frame));
}
void RTCRtpScriptTransformer::write(RTCEncodedAudioFrame frame) const {
  write_to(core_, jsep::MediaKind::Audio, std::move(frame));
}

Promise<void> RTCRtpScriptTransformer::generateKeyFrame(std::optional<std::string> rid) const {
  PromiseResolver<void> done(core_->loop.get());
  on_loop(core_, [core = core_, rid = std::move(rid), done] {
    if (const auto peer = peer_of(*core)) {
      peer->generate_key_frame(*core, rid, done);
    } else {
      done.reject(InvalidStateError("the connection is closed"));
    }
  });
  return done.promise();
}

Promise<void> RTCRtpScriptTransformer::sendKeyFrameRequest() const {
  PromiseResolver<void> done(core_->loop.get());
  on_loop(core_, [core = core_, done] {
    const auto transceiver = core->transceiver.lock();
    const auto peer = peer_of(*core);
    if (!peer || transceiver->receiver_transform != core || core->kind != jsep::MediaKind::Video) {
      done.reject(InvalidStateError("key frames are asked for by a receiver of video"));
      return;
    }
    peer->request_key_frame(transceiver->state.id, "");
    done.resolve();
  });
  return done.promise();
}

std::shared_ptr<api::TransformCore> RTCRtpScriptTransform::make_core(
    detail::TransformFunction<RTCEncodedVideoFrame> video, detail::TransformFunction<RTCEncodedAudioFrame> audio) {
  auto core = std::make_shared<api::TransformCore>();
  if (video) core->video = std::make_shared<detail::TransformFunction<RTCEncodedVideoFrame>>(std::move(video));
  if (audio) core->audio = std::make_shared<detail::TransformFunction<RTCEncodedAudioFrame>>(std::move(audio));
  return core;
}

}  // namespace parley
