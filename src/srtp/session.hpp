#pragma once

#include <array>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "base/rtp_numbers.hpp"
#include "srtp/profile.hpp"
#include "srtp/transform.hpp"

namespace parley::srtp {

/// Who does the arithmetic: we with OpenSSL's ciphers, or libsrtp2, which takes two to four times as long and has been
/// in use everywhere for decades.
enum class Engine { OpenSsl, Libsrtp2 };

/// SRTP and SRTCP (RFC 3711, RFC 7714) of one DTLS association: any number of sources each way under one master
/// key each way, of which those that have been silent longest make room (Streams). Packets change in place. No thread;
/// no allocation of ours for a packet, except for the first of a source.
class Session {
 public:
  /// What protection adds to a packet, at most.
  static constexpr std::size_t kMaxTrailer = 20;
  /// A packet of RTP that is this far behind the newest of its source is too old. Of RTCP it is 128.
  static constexpr std::size_t kReplayWindow = 1024;

  /// `local` is the key of this side's role in the handshake, `remote` the other.
  static Result<Session> create(Profile profile, const MasterKey& local, const MasterKey& remote,
                                Engine engine = Engine::OpenSsl);

  /// The packet is the first `length` bytes of `buffer`, which has room for kMaxTrailer bytes more. A packet may be
  /// sent again if it is the same, byte by byte.
  Outcome protect_rtp(std::span<std::uint8_t> buffer, std::size_t length);
  /// A compound packet (or a reduced-size one).
  Outcome protect_rtcp(std::span<std::uint8_t> buffer, std::size_t length);

  /// Whatever the peer or anybody else has sent. What is refused is counted, and may have been overwritten.
  Outcome unprotect_rtp(std::span<std::uint8_t> packet);
  Outcome unprotect_rtcp(std::span<std::uint8_t> packet);

  /// Nothing stays of a source. False if it is unknown. Received packets of a forgotten source would be taken
  /// again, and a forgotten outgoing one must not go on: its packets would be numbered as before.
  bool forget(Direction direction, Ssrc ssrc) { return transform_->forget(direction, ssrc); }

  /// RFC 9335, from now on. Outgoing: whether header extensions and contributing sources are encrypted; the peer has to
  /// have said that it takes that. Incoming: both are read, unless they have to be encrypted. False if the engine
  /// cannot: libsrtp2 reads no packet whose headers are encrypted.
  [[nodiscard]] bool set_headers(Direction direction, Headers headers) {
    return transform_->set_headers(direction, headers);
  }

  /// How many received packets were refused for that reason.
  [[nodiscard]] std::uint64_t refused(Refusal reason) const { return refused_[static_cast<std::size_t>(reason)]; }

 private:
  Session(Profile profile, std::unique_ptr<Transform> transform)
      : profile_(profile), transform_(std::move(transform)) {}
  Outcome protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length);
  Outcome unprotect(Kind kind, std::span<std::uint8_t> packet);
  [[nodiscard]] bool has_trailer(Kind kind, ByteView packet) const;

  Profile profile_;
  std::unique_ptr<Transform> transform_;
  std::array<std::uint64_t, kRefusals> refused_{};
};

}  // namespace parley::srtp
