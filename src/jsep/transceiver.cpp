#include "jsep/transceiver.hpp"

namespace parley::jsep {

std::optional<MediaKind> to_media_kind(std::string_view kind) {
  if (kind == "audio") return MediaKind::Audio;
  if (kind == "video") return MediaKind::Video;
  return std::nullopt;
}

}  // namespace parley::jsep
