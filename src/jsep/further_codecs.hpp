#pragma once

#include "base/result.hpp"
#include "jsep/snapshot.hpp"

/// Codecs that an application adds to those of jsep/codec_table.hpp.
namespace parley::jsep {

/// The most that can be added: there are 64 payload types for all, and most codecs need two.
inline constexpr std::size_t kMostFurtherCodecs = 8;

/// `known` with the codec behind those that carry media, with the feedback of its kind. The same if it is there
/// already. TypeError for what no description can say, or what says something else of a known name; NotSupportedError
/// for what is not media; OperationError for too many.
Result<MediaCapabilities> with_codec(MediaCapabilities known, MediaKind kind, Codec codec);

}  // namespace parley::jsep
