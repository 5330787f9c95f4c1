#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/importance.hpp"
#include "base/rtp_numbers.hpp"
#include "base/strong.hpp"
#include "jsep/formats.hpp"
#include "jsep/header_extensions.hpp"
#include "jsep/transport.hpp"
#include "sdp/values.hpp"

/// RTCRtpTransceiver as values: what the program asked for, and what descriptions made of it.
namespace parley::jsep {

/// Names a transceiver for as long as the connection lives; never used twice.
using TransceiverId = Strong<struct TransceiverIdTag, std::uint32_t>;

using sdp::Direction;

/// RTCRtpEncodingParameters, webrtc-pc section 5.2.5.
struct SendEncoding {
  std::optional<std::string> rid = std::nullopt;
  bool active = true;
  std::optional<Codec> codec = std::nullopt;
  /// Bits per second.
  std::optional<std::uint32_t> max_bitrate = std::nullopt;
  /// Frames per second.
  std::optional<double> max_framerate = std::nullopt;
  std::optional<double> scale_resolution_down_by = std::nullopt;
  /// Width and height.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> scale_resolution_down_to = std::nullopt;
  /// Milliseconds.
  std::optional<std::uint32_t> ptime = std::nullopt;
  bool adaptive_ptime = false;
  std::optional<std::string> scalability_mode = std::nullopt;
  Importance importance = Importance::Low;
  /// Of its packets in the network; as `importance` if absent.
  std::optional<Importance> network_importance = std::nullopt;
  bool operator==(const SendEncoding&) const = default;
};

/// The most encodings of one sender: what follows is cut off (webrtc-pc section 5.1, "maxN").
inline constexpr std::size_t kMaxEncodings = 8;

/// The RTP sources of one encoding.
struct SendSource {
  Ssrc media{};
  /// What retransmissions come from (RFC 4588).
  Ssrc retransmission{};
  /// What FlexFEC comes from.
  Ssrc protection{};
  bool operator==(const SendSource&) const = default;
};

/// RTCRtpSender.
struct Sender {
  /// [[SenderTrack]] is not null.
  bool has_track = false;
  /// What a=msid calls the track: random, and the same for ever.
  std::string track_id;
  /// [[AssociatedMediaStreamIds]], each once.
  std::vector<std::string> streams;
  /// [[SendEncodings]]; never empty.
  std::vector<SendEncoding> encodings;
  /// One for each encoding; may be fewer until they have been made.
  std::vector<SendSource> sources;
  bool operator==(const Sender&) const = default;
};

/// Where a transceiver comes from, which decides what may become of it.
enum class Origin { AddTrack, AddTransceiver, RemoteOffer };

/// What the program asked for, and what cannot be taken back. No rollback changes it, but for the encodings that a
/// remote offer proposed.
struct Transceiver {
  TransceiverId id;
  MediaKind kind = MediaKind::Audio;
  Origin origin = Origin::AddTransceiver;
  /// [[Direction]].
  Direction direction = Direction::SendRecv;
  /// [[Stopping]], [[Stopped]].
  bool stopping = false;
  bool stopped = false;
  /// addTrack() has given it a track: then it outlives the rollback of the offer that made it.
  bool had_track_added = false;
  /// [[CurrentDirection]] has been sendrecv or sendonly: then addTrack() takes another one.
  bool has_sent = false;
  Sender sender;
  /// [[PreferredCodecs]].
  std::vector<Codec> preferred_codecs;
  /// [[HeaderExtensionsToNegotiate]] of webrtc-extensions, once the program has set them.
  std::optional<std::vector<HeaderExtension>> wanted_extensions = std::nullopt;
  /// [[JitterBufferTarget]] of webrtc-extensions, in milliseconds.
  std::optional<double> jitter_buffer_target = std::nullopt;
  /// [[LastStableRidlessSendEncodings]].
  std::optional<std::vector<SendEncoding>> ridless_encodings = std::nullopt;
  bool operator==(const Transceiver&) const = default;
};

/// An audio or video section and the transceiver it belongs to: what negotiation has made of it. Rolled back as a
/// whole.
struct MediaSection {
  TransceiverId transceiver;
  /// [[Mid]].
  std::string mid;
  std::size_t index = 0;
  /// [[SenderTransport]] and [[ReceiverTransport]].
  std::optional<TransportId> transport = std::nullopt;
  /// [[CurrentDirection]].
  std::optional<Direction> current = std::nullopt;
  /// [[FiredDirection]].
  std::optional<Direction> fired = std::nullopt;
  /// [[Receptive]].
  bool receptive = false;
  /// The ids of [[AssociatedRemoteMediaStreams]].
  std::vector<std::string> remote_streams;
  /// [[SendCodecs]] and [[ReceiveCodecs]], with the numbers that hold in that direction.
  std::vector<Format> sends;
  std::vector<Format> receives;
  /// Header extensions that may be in packets sent, and in packets received.
  std::vector<sdp::Extmap> send_extensions;
  std::vector<sdp::Extmap> receive_extensions;
  /// RFC 8285 section 6: both sides take both forms of header extensions in one stream.
  bool mixed_extensions = false;
  /// RFC 5506: both sides take reduced-size RTCP.
  bool reduced_size_rtcp = false;
  /// RFC 9335: both sides take packets whose header extensions are encrypted.
  bool encrypted_headers = false;
  /// The layers that the peer sends, by rid; empty without simulcast.
  std::vector<std::string> receive_rids;
  bool operator==(const MediaSection&) const = default;
};

std::optional<MediaKind> to_media_kind(std::string_view kind);

}  // namespace parley::jsep
