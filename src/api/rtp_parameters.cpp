#include "api/rtp_parameters.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "jsep/codec_preferences.hpp"
#include "jsep/parameters.hpp"
#include "jsep/scalability_mode.hpp"

namespace parley {

std::string_view to_string(RTCRtpTransceiverDirection direction) {
  constexpr std::array<std::string_view, 5> kNames = {"sendrecv", "sendonly", "recvonly", "inactive", "stopped"};
  const auto index = static_cast<std::size_t>(direction);
  return index < kNames.size() ? kNames[index] : std::string_view{};
}

namespace api {

// Both enumerations are in the specification's order.
RTCRtpTransceiverDirection to_w3c(jsep::Direction direction) {
  return static_cast<RTCRtpTransceiverDirection>(direction);
}
jsep::Direction to_jsep(RTCRtpTransceiverDirection direction) { return static_cast<jsep::Direction>(direction); }
RTCPriorityType to_w3c(Importance importance) { return static_cast<RTCPriorityType>(importance); }
Importance importance_of(RTCPriorityType priority) { return static_cast<Importance>(priority); }

RTCRtpCodec to_w3c(const jsep::Codec& codec) {
  RTCRtpCodec shown{.mimeType = jsep::mime_type(codec), .clockRate = codec.clock_rate};
  if (codec.channels > 0) shown.channels = static_cast<std::uint16_t>(codec.channels);
  if (!codec.fmtp.empty()) shown.sdpFmtpLine = codec.fmtp;
  return shown;
}

jsep::Codec to_jsep(const RTCRtpCodec& codec) {
  return {.name = codec.mimeType.substr(codec.mimeType.find('/') + 1),
          .clock_rate = codec.clockRate,
          .channels = codec.channels.value_or(0),
          .fmtp = codec.sdpFmtpLine.value_or("")};
}

std::vector<RTCRtpCodecParameters> to_w3c(const std::vector<jsep::Format>& formats) {
  std::vector<RTCRtpCodecParameters> shown;
  for (const jsep::Format& format : formats) {
    RTCRtpCodecParameters& codec = shown.emplace_back();
    static_cast<RTCRtpCodec&>(codec) = to_w3c(format.codec);
    codec.payloadType = format.payload_type.get();
    if (format.associated) codec.sdpFmtpLine = "apt=" + std::to_string(format.associated->get());
  }
  return shown;
}

std::vector<RTCRtpHeaderExtensionParameters> to_w3c(const std::vector<sdp::Extmap>& extensions) {
  std::vector<RTCRtpHeaderExtensionParameters> shown;
  shown.reserve(extensions.size());
  for (const sdp::Extmap& extension : extensions) shown.push_back({.uri = extension.uri, .id = extension.id});
  return shown;
}

namespace {

using Resolution = std::optional<std::pair<std::uint32_t, std::uint32_t>>;

std::optional<RTCResolutionRestriction> restriction_of(const Resolution& most) {
  if (!most) return std::nullopt;
  return RTCResolutionRestriction{.maxWidth = most->first, .maxHeight = most->second};
}
Resolution resolution_of(const std::optional<RTCResolutionRestriction>& most) {
  if (!most) return std::nullopt;
  return std::pair(most->maxWidth, most->maxHeight);
}

}  // namespace

RTCRtpEncodingParameters to_w3c(const jsep::SendEncoding& encoding) {
  return {.rid = encoding.rid,
          .active = encoding.active,
          .codec = encoding.codec ? std::optional(to_w3c(*encoding.codec)) : std::nullopt,
          .maxBitrate = encoding.max_bitrate,
          .maxFramerate = encoding.max_framerate,
          .scaleResolutionDownBy = encoding.scale_resolution_down_by,
          .scaleResolutionDownTo = restriction_of(encoding.scale_resolution_down_to),
          .ptime = encoding.ptime,
          .adaptivePtime = encoding.adaptive_ptime,
          .scalabilityMode = encoding.scalability_mode,
          .priority = to_w3c(encoding.importance),
          .networkPriority =
              encoding.network_importance ? std::optional(to_w3c(*encoding.network_importance)) : std::nullopt};
}

jsep::SendEncoding to_jsep(const RTCRtpEncodingParameters& encoding) {
  return {.rid = encoding.rid,
          .active = encoding.active,
          .codec = encoding.codec ? std::optional(to_jsep(*encoding.codec)) : std::nullopt,
          .max_bitrate = encoding.maxBitrate,
          .max_framerate = encoding.maxFramerate,
          .scale_resolution_down_by = encoding.scaleResolutionDownBy,
          .scale_resolution_down_to = resolution_of(encoding.scaleResolutionDownTo),
          .ptime = encoding.ptime,
          .adaptive_ptime = encoding.adaptivePtime,
          .scalability_mode = encoding.scalabilityMode,
          .importance = importance_of(encoding.priority),
          .network_importance =
              encoding.networkPriority ? std::optional(importance_of(*encoding.networkPriority)) : std::nullopt};
}

bool is_of_kind(const RTCRtpCodec& codec, jsep::MediaKind kind) {
  const std::size_t slash = codec.mimeType.find('/');
  return slash != std::string::npos && equal_ignoring_case(codec.mimeType.substr(0, slash), jsep::to_string(kind));
}

bool is_rid(const std::string& rid) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return !rid.empty() && rid.size() <= 255 && std::ranges::all_of(rid, allowed);
}

std::optional<RTCRtpCapabilities> capabilities(const jsep::MediaCapabilities& known, std::string_view kind) {
  const auto of_kind = jsep::to_media_kind(kind);
  if (!of_kind) return std::nullopt;
  RTCRtpCapabilities shown;
  for (const jsep::Codec& codec : known.codecs(*of_kind)) shown.codecs.push_back(to_w3c(codec));
  for (const jsep::HeaderExtension& extension : known.extensions(*of_kind))
    shown.headerExtensions.push_back(to_w3c(extension));
  return shown;
}

RTCRtpHeaderExtensionCapability to_w3c(const jsep::HeaderExtension& extension) {
  return {.uri = extension.uri,
          .direction = extension.offered ? to_w3c(extension.direction) : RTCRtpTransceiverDirection::Stopped};
}

namespace {

Result<void> check_rids(const std::vector<RTCRtpEncodingParameters>& encodings) {
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    const auto& rid = encodings[i].rid;
    if (rid.has_value() != encodings.front().rid.has_value())
      return fail(ErrorKind::TypeError, "either all encodings have a rid or none has");
    if (!rid) continue;
    if (!is_rid(*rid)) return fail(ErrorKind::TypeError, "not a rid: " + *rid);
    for (std::size_t other = 0; other < i; ++other)
      if (encodings[other].rid == rid) return fail(ErrorKind::TypeError, "two encodings have the rid " + *rid);
  }
  if (encodings.size() > 1 && !encodings.front().rid) return fail(ErrorKind::TypeError, "several encodings need rids");
  return {};
}

struct Choice {
  jsep::MediaKind kind;
  const std::vector<jsep::Codec>& codecs;
  jsep::Asymmetrical parameters;
};

bool is_among(const Choice& choice, const RTCRtpCodec& codec) {
  return is_of_kind(codec, choice.kind) && std::ranges::any_of(choice.codecs, [&](const jsep::Codec& one) {
           return codec_dictionary_match(to_jsep(codec), one, choice.parameters);
         });
}

/// webrtc-svc section 4.2. `refusal`: as in check_extended.
Result<void> check_layers(const std::vector<RTCRtpEncodingParameters>& encodings,
                          const std::vector<jsep::Codec>& codecs, ErrorKind refusal) {
  for (const RTCRtpEncodingParameters& encoding : encodings) {
    if (!encoding.scalabilityMode) continue;
    const std::string& mode = *encoding.scalabilityMode;
    const bool possible =
        encoding.codec
            ? jsep::can_have_layers(to_jsep(*encoding.codec), mode)
            : std::ranges::any_of(codecs, [&](const jsep::Codec& codec) { return jsep::can_have_layers(codec, mode); });
    if (!possible) return fail(refusal, "no codec has the scalabilityMode " + mode);
    const auto active = std::ranges::count_if(encodings, [](const auto& one) { return one.active; });
    if (encoding.active && active > 1 && mode.starts_with('S'))
      return fail(refusal, "simulcast in one stream is for a single encoding");
  }
  return {};
}

/// What means something for the other kind only.
void normalize(std::vector<RTCRtpEncodingParameters>& encodings, jsep::MediaKind kind) {
  for (RTCRtpEncodingParameters& encoding : encodings) {
    if (kind == jsep::MediaKind::Video) {
      encoding.ptime.reset();
      encoding.adaptivePtime = false;
    } else {
      encoding.scaleResolutionDownBy.reset();
      encoding.scaleResolutionDownTo.reset();
      encoding.maxFramerate.reset();
      encoding.scalabilityMode.reset();
    }
  }
}

/// webrtc-extensions, "RTCRtpEncodingParameters extensions". `refusal`: addTransceiver and setParameters refuse in
/// different ways.
Result<void> check_extended(const std::vector<RTCRtpEncodingParameters>& encodings, ErrorKind refusal) {
  const auto restricted = [](const RTCRtpEncodingParameters& one) { return one.scaleResolutionDownTo.has_value(); };
  const bool some = std::ranges::any_of(encodings, restricted);
  for (const RTCRtpEncodingParameters& encoding : encodings) {
    if (some && encoding.active && !restricted(encoding))
      return fail(refusal, "scaleResolutionDownTo is said of all active encodings or of none");
    if (restricted(encoding) &&
        (encoding.scaleResolutionDownTo->maxWidth == 0 || encoding.scaleResolutionDownTo->maxHeight == 0))
      return fail(refusal, "scaleResolutionDownTo is at least one pixel each way");
    if (encoding.adaptivePtime && encoding.ptime)
      return fail(ErrorKind::InvalidModificationError, "ptime is either said or adaptive");
  }
  return {};
}

Result<void> check_ranges(const std::vector<RTCRtpEncodingParameters>& encodings) {
  for (const RTCRtpEncodingParameters& encoding : encodings) {
    if (encoding.scaleResolutionDownBy && !(*encoding.scaleResolutionDownBy >= 1.0))
      return fail(ErrorKind::RangeError, "scaleResolutionDownBy is at least 1");
    if (encoding.maxFramerate && !(*encoding.maxFramerate >= 0.0))
      return fail(ErrorKind::RangeError, "maxFramerate is not negative");
  }
  return {};
}

/// addTransceiver, the last steps of its validation: the largest picture comes last. A scale counts even if its
/// encoding is cut off.
void trim_and_fill_scales(std::vector<RTCRtpEncodingParameters>& encodings, jsep::MediaKind kind) {
  const bool some = std::ranges::any_of(encodings, [](const auto& e) { return e.scaleResolutionDownBy.has_value(); });
  const std::size_t most = kind == jsep::MediaKind::Video ? jsep::kMaxEncodings : 1;
  if (encodings.size() > most) encodings.resize(most);
  for (std::size_t i = 0; i < encodings.size() && kind == jsep::MediaKind::Video; ++i) {
    auto& scale = encodings[i].scaleResolutionDownBy;
    if (!scale) scale = some ? 1.0 : static_cast<double>(std::size_t{1} << (encodings.size() - i - 1));
  }
}

std::vector<jsep::SendEncoding> to_jsep(const std::vector<RTCRtpEncodingParameters>& encodings) {
  std::vector<jsep::SendEncoding> values;
  values.reserve(encodings.size());
  for (const RTCRtpEncodingParameters& encoding : encodings) values.push_back(api::to_jsep(encoding));
  return values;
}

bool has_read_only_changes(const RTCRtpSendParameters& now, const RTCRtpSendParameters& before) {
  if (now.transactionId != before.transactionId || now.encodings.size() != before.encodings.size()) return true;
  if (static_cast<const RTCRtpParameters&>(now) != before) return true;
  for (std::size_t i = 0; i < now.encodings.size(); ++i)
    if (now.encodings[i].rid != before.encodings[i].rid) return true;
  return false;
}

}  // namespace

Result<std::vector<jsep::SendEncoding>> check_send_encodings(std::vector<RTCRtpEncodingParameters> encodings,
                                                             jsep::MediaKind kind,
                                                             const jsep::MediaCapabilities& known) {
  if (auto checked = check_rids(encodings); !checked) return Unexpected(std::move(checked).error());
  const Choice choice{.kind = kind, .codecs = known.codecs(kind), .parameters = jsep::Asymmetrical::Compare};
  for (const RTCRtpEncodingParameters& encoding : encodings)
    if (encoding.codec && !is_among(choice, *encoding.codec))
      return fail(ErrorKind::OperationError, "a codec that cannot be sent: " + encoding.codec->mimeType);
  normalize(encodings, kind);
  if (auto checked = check_layers(encodings, known.codecs(kind), ErrorKind::OperationError); !checked)
    return Unexpected(std::move(checked).error());
  if (auto checked = check_extended(encodings, ErrorKind::OperationError); !checked)
    return Unexpected(std::move(checked).error());
  if (auto checked = check_ranges(encodings); !checked) return Unexpected(std::move(checked).error());
  if (std::ranges::any_of(encodings, [](const auto& e) { return e.maxFramerate && *e.maxFramerate <= 0.0; }))
    return fail(ErrorKind::RangeError, "maxFramerate is above 0");
  trim_and_fill_scales(encodings, kind);
  if (encodings.size() == 1) encodings.front().rid.reset();
  return to_jsep(encodings);
}

Result<std::vector<jsep::SendEncoding>> check_send_parameters(RTCRtpSendParameters parameters,
                                                              const RTCRtpSendParameters& last_returned,
                                                              jsep::MediaKind kind,
                                                              const jsep::MediaCapabilities& known) {
  if (has_read_only_changes(parameters, last_returned))
    return fail(ErrorKind::InvalidModificationError, "a read-only parameter is another than getParameters() returned");
  std::vector<jsep::Codec> choosable;
  for (const RTCRtpCodecParameters& codec : parameters.codecs) choosable.push_back(api::to_jsep(codec));
  if (choosable.empty()) choosable = known.codecs(kind);
  const Choice choice{.kind = kind, .codecs = choosable, .parameters = jsep::Asymmetrical::Ignore};
  for (const RTCRtpEncodingParameters& encoding : parameters.encodings)
    if (encoding.codec && !is_among(choice, *encoding.codec))
      return fail(ErrorKind::InvalidModificationError, "a codec that was not negotiated: " + encoding.codec->mimeType);
  normalize(parameters.encodings, kind);
  if (auto checked = check_layers(parameters.encodings, choosable, ErrorKind::InvalidModificationError); !checked)
    return Unexpected(std::move(checked).error());
  if (auto checked = check_extended(parameters.encodings, ErrorKind::InvalidModificationError); !checked)
    return Unexpected(std::move(checked).error());
  if (kind == jsep::MediaKind::Video)
    for (RTCRtpEncodingParameters& encoding : parameters.encodings)
      if (!encoding.scaleResolutionDownBy) encoding.scaleResolutionDownBy = 1.0;
  if (auto checked = check_ranges(parameters.encodings); !checked) return Unexpected(std::move(checked).error());
  return to_jsep(parameters.encodings);
}

}  // namespace api
}  // namespace parley
