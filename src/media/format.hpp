#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/importance.hpp"
#include "base/rtp_numbers.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "rtp/extension_map.hpp"

/// What was negotiated for a section, as far as packets are concerned.
namespace parley::media {

enum class Kind { Audio, Video };

/// Names a section for as long as the session's owner wants.
using SectionKey = Strong<struct SectionKeyTag, std::uint32_t>;

/// What may be in packets, with its number.
struct Format {
  PayloadType payload_type{};
  std::string name, fmtp;
  std::uint32_t clock_rate = 90000;
  unsigned channels = 0;
  /// Carries media, not what protects or accompanies it: even if the format's name says nothing to us.
  bool is_media = false;
  /// What its retransmissions have (RFC 4588).
  std::optional<PayloadType> retransmission = std::nullopt;
  /// What the receiver may say about it (RFC 4585, RFC 5104, transport-wide-cc).
  bool nack = false, pli = false, fir = false, transport_cc = false;
  /// The same in place of transport-wide-cc: RFC 8888.
  bool congestion_feedback = false;
  /// Whether the receiver says how much may be sent (REMB), where there is neither of these.
  bool remote_limit = false;
  /// Whether the receiver tells its time, so that it learns of round trips, too (RFC 3611 section 4.4).
  bool receiver_time = false;
  /// The peer's answer leaves it out. It may come nevertheless, but tells nobody's section.
  bool offered_only = false;
  bool operator==(const Format&) const = default;
};

/// What protects media by parity (rtp/protection.hpp), with its number. ULPFEC is inside of RED.
struct Protecting {
  std::optional<PayloadType> ulpfec = std::nullopt, flexfec = std::nullopt;
  bool operator==(const Protecting&) const = default;
};

/// A source that the peer announced (a=ssrc), and what its retransmissions (a=ssrc-group:FID) and FlexFEC
/// (a=ssrc-group:FEC-FR) come from.
struct Announced {
  Ssrc source{};
  std::optional<Ssrc> retransmission = std::nullopt, protection = std::nullopt;
  bool operator==(const Announced&) const = default;
};

/// One of a sender's encodings.
struct Encoding {
  Ssrc source{}, retransmission{};
  /// What FlexFEC comes from, if the peer has been told.
  std::optional<Ssrc> protection = std::nullopt;
  std::string rid;
  bool active = true;
  Importance importance = Importance::Low;
  /// Bits per second that the program wants it to have at most.
  std::optional<double> most = std::nullopt;
  /// What networks see of it (RFC 2474), for whoever sends the packets.
  std::uint8_t dscp = 0;
  /// How the program makes layers (webrtc-svc), if it says so.
  std::string scalability_mode = {};
  /// Which of the formats that fit a frame is used; the first one if absent.
  std::optional<PayloadType> format = std::nullopt;
};

struct Section {
  SectionKey key{};
  Kind kind = Kind::Audio;
  std::string mid;
  /// RFC 5506.
  bool reduced_size_rtcp = false;

  bool receives = false;
  std::vector<Format> receive_formats;
  Protecting receive_protecting = {};
  rtp::ExtensionMap receive_extensions;
  std::vector<Announced> announced;
  /// How long frames are held back, so that they are handed over as regularly as they were made.
  Duration target_delay{};

  bool sends = false;
  /// Its sender has been stopped, for good.
  bool has_stopped = false;
  std::vector<Format> send_formats;
  Protecting send_protecting = {};
  rtp::ExtensionMap send_extensions;
  std::vector<Encoding> encodings;

  /// nullptr if there is none with this number.
  [[nodiscard]] const Format* format_received(PayloadType payload_type) const {
    const auto found = std::ranges::find(receive_formats, payload_type, &Format::payload_type);
    return found == receive_formats.end() ? nullptr : &*found;
  }
};

}  // namespace parley::media
