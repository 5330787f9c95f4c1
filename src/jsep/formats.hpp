#pragma once

#include <optional>
#include <vector>

#include "base/result.hpp"
#include "base/rtp_numbers.hpp"
#include "jsep/codec.hpp"
#include "sdp/model.hpp"

/// Codecs with their numbers: the formats of m= lines.
namespace parley::jsep {

struct Format {
  PayloadType payload_type{};
  Codec codec;
  /// RTX: what it repairs (apt, RFC 4588 section 8.1).
  std::optional<PayloadType> associated = std::nullopt;
  /// RED: the encodings of its blocks, the primary one first (RFC 2198 section 5). Empty in video, as a rule.
  std::vector<PayloadType> blocks = {};
  bool operator==(const Format&) const = default;
};

const Format* find_format(const std::vector<Format>& formats, PayloadType payload_type);
std::vector<Codec> codecs_of(const std::vector<Format>& formats);

/// The formats of a section in the order of its m= line. Left out is what cannot be used: numbers without a meaning,
/// repeated, or between 64 and 95, which RTCP needs (RFC 5761 section 4); parameters beyond measure; RTX and RED of
/// formats that are not there. Static payload types (RFC 3551 section 6) need no a=rtpmap.
std::vector<Format> formats_of(const sdp::MediaDescription& media);

/// Replaces the section's formats, a=rtpmap, a=fmtp and a=rtcp-fb. The section's a=extmap is there already: packets are
/// told of by transport-wide numbers where those are wanted, and else by source (RFC 8888 section 6), never both ways.
void put_formats(sdp::MediaDescription& media, const std::vector<Format>& formats);

/// The numbers of a session and what they mean. Bind every format of every section of both sides' descriptions, current
/// and pending, before new numbers are given: then a number never gets a second meaning, and a codec that has a number
/// keeps it (RFC 3264 section 8.3.2, RFC 9429 section 5.2.2).
class PayloadTypes {
 public:
  /// A number that gets two meanings this way is neither given nor found any more.
  void bind(const Format& format);
  void bind(const std::vector<Format>& formats);
  /// The number of this format, whatever format.payload_type says: the one it has, or else the static one, or else a
  /// new one, which is bound: 96 to 127, then 35 to 63. None of `except`. nullopt if there is none left.
  std::optional<PayloadType> number(const Format& format, const std::vector<Format>& except = {});

 private:
  struct Binding {
    Format format;
    bool ambiguous = false;
  };
  [[nodiscard]] std::optional<PayloadType> existing(const Format& format, const std::vector<Format>& except) const;
  [[nodiscard]] bool is_free(PayloadType payload_type) const;
  std::vector<Binding> bindings_;
};

/// The formats of an offered section, in the order of `codecs`. RTX follows every codec that it can repair (media and
/// RED) if `codecs` has it with that clock rate; RED of audio repeats the first media codec with its clock rate. Codecs
/// for which no number is left are left out.
std::vector<Format> number_codecs(const std::vector<Codec>& codecs, PayloadTypes& in_use);

/// In which order an answer lists its formats: the offer's, unless the answerer has preferences of its own (RFC 9429
/// section 5.3.1).
enum class PreferenceOrder { Offered, Local };

/// The formats of an answered section: those offered that `local` has as well, with the offer's numbers. RTX, RED, FEC
/// and comfort noise only along with what they serve. Empty if there is no media codec in common: reject the section.
std::vector<Format> answer_formats(const std::vector<Format>& offered, const std::vector<Codec>& local,
                                   PreferenceOrder order);

/// What a sender may send once an offer is answered: the formats of the peer's description that ours has as well, with
/// the peer's numbers, parameters and order; feedback that both want.
std::vector<Format> send_formats(const std::vector<Format>& remote, const std::vector<Format>& local);
/// What a receiver has to expect: the formats of our description that the peer's has as well, with our numbers and
/// parameters. Before the answer it is all of our offer.
std::vector<Format> receive_formats(const std::vector<Format>& local, const std::vector<Format>& remote);

/// A remote description by itself: within a BUNDLE group, which is one RTP session, a number means one codec (RFC 9143
/// section 9.1.1). InvalidAccessError if it is two that do not match; parameters that are only declared may differ.
Result<void> check_payload_types(const sdp::Description& description);

}  // namespace parley::jsep
