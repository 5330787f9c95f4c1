// SFrameTransform: frames encrypted by the library.
#include "parley/sframe.hpp"

#include "api/peer.hpp"
#include "formats/cover.hpp"

namespace parley::api {

namespace {

sframe::CipherSuite suite_of(SFrameCipherSuite suite) {
  switch (suite) {
    case SFrameCipherSuite::AES_128_CTR_HMAC_SHA256_80:
      return sframe::CipherSuite::Aes128CtrHmacSha256_80;
    case SFrameCipherSuite::AES_128_CTR_HMAC_SHA256_64:
      return sframe::CipherSuite::Aes128CtrHmacSha256_64;
    case SFrameCipherSuite::AES_128_CTR_HMAC_SHA256_32:
      return sframe::CipherSuite::Aes128CtrHmacSha256_32;
    case SFrameCipherSuite::AES_128_GCM_SHA256_128:
      return sframe::CipherSuite::Aes128GcmSha256_128;
    case SFrameCipherSuite::AES_256_GCM_SHA512_128:
      return sframe::CipherSuite::Aes256GcmSha512_128;
  }
  throw TypeError("not a cipher suite");
}

SFrameTransformErrorEventType type_of(sframe::Failure::Kind kind) {
  switch (kind) {
    case sframe::Failure::Kind::Syntax:
      break;
    case sframe::Failure::Kind::UnknownKey:
      return SFrameTransformErrorEventType::KeyID;
    case sframe::Failure::Kind::Authentication:
      return SFrameTransformErrorEventType::Authentication;
  }
  return SFrameTransformErrorEventType::Syntax;
}

/// "VP8" of "video/VP8".
std::string_view codec_of(std::string_view mime_type) { return mime_type.substr(mime_type.find('/') + 1); }

/// nullopt without a key, and for what is no frame of the codec: such frames are not sent.
std::optional<Bytes> encrypted(SFrameState& state, std::string_view codec, ByteView frame) {
  auto parts = formats::divide(codec, frame);
  if (!parts) return std::nullopt;
  const std::lock_guard lock(state.mutex);
  auto sealed = state.context.encrypt(parts->clear, parts->content);
  if (!sealed) return std::nullopt;
  parts->content = std::move(*sealed);
  return formats::cover(codec, *parts);
}

std::variant<Bytes, sframe::Failure> decrypted(SFrameState& state, std::string_view codec, ByteView frame) {
  auto parts = formats::uncover(codec, frame);
  if (!parts) return sframe::Failure{sframe::Failure::Kind::Syntax};
  const std::lock_guard lock(state.mutex);
  auto opened = state.context.decrypt(parts->clear, parts->content);
  if (auto* plain = std::get_if<Bytes>(&opened)) {
    parts->content = std::move(*plain);
    return formats::restore(std::move(*parts));
  }
  return opened;
}

SFrameTransformErrorEvent event_of(const sframe::Failure& failure, EncodedFrame&& frame) {
  SFrameTransformErrorEvent event{.errorType = type_of(failure.kind), .frame = std::move(frame)};
  if (failure.kind == sframe::Failure::Kind::UnknownKey) event.keyID = failure.key_id;
  return event;
}

}  // namespace

/// The "SFrame transform algorithm".
void Peer::pass_through_sframe(const TransformCore& transform, EncodedFrame&& frame) {
  SFrameState& state = *transform.sframe;
  Bytes& data = std::visit([](auto& one) -> Bytes& { return one.data; }, frame);
  const std::string_view codec = std::visit([](auto& one) { return codec_of(one.metadata.mimeType); }, frame);
  if (transform.side == Side::Sender) {
    auto sealed = encrypted(state, codec, data);
    if (!sealed) return;
    data = std::move(*sealed);
    return take_transformed(transform, std::move(frame));
  }
  auto opened = decrypted(state, codec, data);
  auto* const video = std::get_if<RTCEncodedVideoFrame>(&frame);
  if (auto* plain = std::get_if<Bytes>(&opened)) {
    // Those that need what could not be read are of no use.
    if (video != nullptr && !state.gate.passes(*video)) {
      if (const auto core = transform.transceiver.lock()) request_key_frame(core->state.id, video->metadata.rid);
      return;
    }
    data = std::move(*plain);
    return take_transformed(transform, std::move(frame));
  }
  if (video != nullptr) state.gate.close(video->metadata.rid);
  const auto& list = state.lists->get<"error">();
  if (list->empty()) return;
  queue([list, event = event_of(std::get<sframe::Failure>(opened), std::move(frame))]() mutable {
    list->fire(std::move(event));
  });
}

}  // namespace parley::api

namespace parley {

SFrameKeyManagement::SFrameKeyManagement(std::shared_ptr<api::TransformCore> core)
    : SFrameKeyManagementEvents(core->sframe->lists), core_(std::move(core)) {}
SFrameKeyManagement::~SFrameKeyManagement() = default;

Promise<void> SFrameKeyManagement::setEncryptionKey(std::span<const std::uint8_t> key, std::uint64_t keyID) {
  const std::lock_guard lock(core_->sframe->mutex);
  if (core_->sframe->context.set_key(keyID, key)) return Promise<void>::resolve();
  return Promise<void>::reject(InvalidModificationError("not a key"));
}

namespace {

std::shared_ptr<api::TransformCore> make_core(const SFrameTransformOptions& options) {
  auto core = std::make_shared<api::TransformCore>();
  core->sframe = std::make_shared<api::SFrameState>(api::suite_of(options.cipherSuite));
  return core;
}

}  // namespace

SFrameTransform::SFrameTransform(SFrameTransformOptions options) : SFrameKeyManagement(make_core(options)) {}
SFrameTransform::~SFrameTransform() = default;

}  // namespace parley
