#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sdp/values.hpp"

namespace parley::sdp {

/// What a session and each of its media sections may both say. A media section that says nothing inherits what the
/// session says: ask sdp/effective.hpp.
struct Section {
  std::optional<Connection> connection;
  std::vector<Bandwidth> bandwidths;
  std::optional<Direction> direction;
  bool extmap_allow_mixed = false;
  std::vector<Extmap> extmaps;
  /// RFC 9335: header extensions may come encrypted.
  bool cryptex = false;

  std::optional<std::string> ice_ufrag;
  std::optional<std::string> ice_pwd;
  std::vector<std::string> ice_options;
  std::vector<Fingerprint> fingerprints;
  std::optional<Setup> setup;
  std::optional<std::string> tls_id;

  /// Every a= line without a field of its own, in order; printed after all others.
  std::vector<Attribute> attributes;
  /// Every other line without a field of its own; printed where RFC 8866 section 5 wants its type, those of one place
  /// in order.
  std::vector<Line> lines;

  bool operator==(const Section&) const = default;
};

/// One m= line and what belongs to it.
struct MediaDescription : Section {
  /// "audio", "video", "application", or anything else.
  std::string kind;
  std::uint16_t port = 9;
  std::uint16_t port_count = 1;
  std::string protocol;
  /// At least one. Payload types if is_rtp(media) (sdp/lookup.hpp).
  std::vector<std::string> formats;

  std::optional<std::string> mid;
  bool bundle_only = false;

  std::vector<Rtpmap> rtpmaps;
  std::vector<Fmtp> fmtps;
  std::vector<RtcpFeedback> rtcp_feedback;
  /// Milliseconds. A fractional or otherwise odd value stays in `attributes`.
  std::optional<std::uint32_t> ptime;
  std::optional<std::uint32_t> maxptime;
  std::vector<Msid> msids;
  std::vector<SsrcAttribute> ssrcs;
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<Rid> rids;
  std::optional<Simulcast> simulcast;

  std::optional<std::uint16_t> sctp_port;
  std::optional<std::uint64_t> max_message_size;
  std::optional<Sctpmap> sctpmap;

  std::optional<Rtcp> rtcp;
  bool rtcp_mux = false;
  bool rtcp_mux_only = false;
  bool rtcp_rsize = false;

  /// The attribute's value, without "candidate:" before it, e.g. "1 1 UDP 2113929471 203.0.113.100 10100 typ host".
  std::vector<std::string> candidates;
  bool end_of_candidates = false;

  bool operator==(const MediaDescription&) const = default;
};

/// A session description, RFC 8866, as a value. The version is always 0.
struct Description : Section {
  Origin origin;
  /// Never empty: what has no name is called "-".
  std::string name = "-";
  Timing timing;

  std::vector<Group> groups;
  /// Kept as it was written: nothing depends on it any more (RFC 9429 appendix B).
  std::optional<std::string> msid_semantic;
  bool ice_lite = false;
  std::optional<std::string> identity;

  std::vector<MediaDescription> media;

  bool operator==(const Description&) const = default;
};

}  // namespace parley::sdp
