#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sdp/model.hpp"

/// RTP header extensions in descriptions: a=extmap, RFC 8285 sections 5 to 8.
namespace parley::jsep {

namespace extension {
inline constexpr std::string_view kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr std::string_view kRid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
inline constexpr std::string_view kRepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
inline constexpr std::string_view kAudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
inline constexpr std::string_view kMixerAudioLevel = "urn:ietf:params:rtp-hdrext:csrc-audio-level";
inline constexpr std::string_view kSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr std::string_view kCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
inline constexpr std::string_view kTransportSequenceNumber =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::string_view kVideoOrientation = "urn:3gpp:video-orientation";
inline constexpr std::string_view kPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
inline constexpr std::string_view kColorSpace = "http://www.webrtc.org/experiments/rtp-hdrext/color-space";
inline constexpr std::string_view kVideoTiming = "http://www.webrtc.org/experiments/rtp-hdrext/video-timing";
inline constexpr std::string_view kContentType = "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type";
inline constexpr std::string_view kDependencyDescriptor =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
inline constexpr std::string_view kVideoLayersAllocation =
    "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00";
}  // namespace extension

/// An extension that this side knows.
struct HeaderExtension {
  std::string uri;
  sdp::Direction direction = sdp::Direction::SendRecv;
  /// Whether an offer has it without being asked. An answer takes all that are offered.
  bool offered = true;
  bool operator==(const HeaderExtension&) const = default;
};

/// The ids of a session and what they mean, as PayloadTypes is for numbers: bind every a=extmap of every section of
/// both sides' descriptions before new ids are given. Then one extension has one id in all sections, as a BUNDLE group
/// needs it, and an id never gets a second meaning (RFC 8285 section 5).
class ExtensionIds {
 public:
  /// An id that gets two meanings this way is neither given nor found any more.
  void bind(const sdp::Extmap& extmap);
  void bind(const std::vector<sdp::Extmap>& extmaps);
  /// The id of an extension: the one it has, or else the smallest free one, which is bound: 1 to 14, and if `two_byte`
  /// 16 to 255. nullopt if there is none left.
  std::optional<std::uint16_t> id(std::string_view uri, bool two_byte);
  /// Binds the ids of `earlier` that have no meaning here.
  void remember(const ExtensionIds& earlier);
  bool operator==(const ExtensionIds&) const = default;

 private:
  struct Binding {
    std::uint16_t id;
    std::string uri;
    bool ambiguous = false;
    bool operator==(const Binding&) const = default;
  };
  [[nodiscard]] bool is_bound(std::uint16_t id) const;
  std::vector<Binding> bindings_;
};

/// The a=extmap lines of an offered section: every extension with `offered`, as long as there are ids. `allow_mixed`:
/// whether the offer says a=extmap-allow-mixed.
std::vector<sdp::Extmap> number_extensions(const std::vector<HeaderExtension>& extensions, ExtensionIds& in_use,
                                           bool allow_mixed);

/// The a=extmap lines of an answered section: those offered that `local` knows, with the offer's ids and in its order,
/// in the directions that both want. `allow_mixed`: whether offer and answer say a=extmap-allow-mixed; without it, what
/// has an id above 14 is not taken. `offered` are the effective ones (sdp/effective.hpp).
std::vector<sdp::Extmap> answer_extensions(const std::vector<sdp::Extmap>& offered,
                                           const std::vector<HeaderExtension>& local, bool allow_mixed);

/// What a sender may add to packets, and what a receiver has to expect: the extensions that both sides' descriptions
/// have for that direction, with the remote side's ids for sending and ours for receiving (they are the same, unless
/// the peer answers with other ids).
std::vector<sdp::Extmap> send_extensions(const std::vector<sdp::Extmap>& local, const std::vector<sdp::Extmap>& remote);
std::vector<sdp::Extmap> receive_extensions(const std::vector<sdp::Extmap>& local,
                                            const std::vector<sdp::Extmap>& remote);

/// A remote description by itself: ids are 1 to 255 or, as mere candidates, 4096 to 4351, and within a section each
/// means one extension (RFC 8285 section 5). Within a BUNDLE group, which is one RTP session, the same is checked for
/// the MID alone, which tells what section a packet belongs to: some endpoints number every section anew. So read a
/// packet's MID first, and everything else by its section's ids. InvalidAccessError if not.
Result<void> check_extensions(const sdp::Description& description);

}  // namespace parley::jsep
