// Codecs of the program's own.
#include "parley/codecs.hpp"

#include <mutex>

#include "api/codecs.hpp"
#include "api/rtp_parameters.hpp"
#include "base/error.hpp"
#include "jsep/further_codecs.hpp"

namespace parley {
namespace api {
namespace {

/// Replaced as a whole, so that connections keep what they began with.
struct Registry {
  std::mutex mutex;
  std::shared_ptr<const jsep::MediaCapabilities> capabilities = jsep::default_capabilities();
};

Registry& registry() {
  static Registry& one = *new Registry;  // never destroyed: as loops
  return one;
}

}  // namespace

std::shared_ptr<const jsep::MediaCapabilities> current_capabilities() {
  const std::lock_guard lock(registry().mutex);
  return registry().capabilities;
}

}  // namespace api

void register_codec(const RTCRtpCodec& codec) {
  const std::string_view type = std::string_view(codec.mimeType).substr(0, codec.mimeType.find('/'));
  const auto kind = jsep::to_media_kind(type);
  if (!kind || type.size() == codec.mimeType.size()) throw TypeError("a codec is of the type audio/… or video/…");
  jsep::Codec wanted = api::to_jsep(codec);
  if (*kind == jsep::MediaKind::Audio && !codec.channels) wanted.channels = 1;
  if (*kind == jsep::MediaKind::Video && codec.channels) throw TypeError("a codec of video has no channels");
  auto& registry = api::registry();
  const std::lock_guard lock(registry.mutex);
  auto further = jsep::with_codec(*registry.capabilities, *kind, std::move(wanted));
  if (!further) throw_exception(further.error());
  registry.capabilities = std::make_shared<const jsep::MediaCapabilities>(*std::move(further));
}

}  // namespace parley
