#pragma once

#include <memory>
#include <span>

#include "base/result.hpp"
#include "srtp/cryptex.hpp"
#include "srtp/packet.hpp"
#include "srtp/profile.hpp"
#include "srtp/sealing.hpp"

namespace parley::srtp {

/// Why a packet has not been protected or unprotected.
enum class Refusal {
  /// Not a packet of that kind, or no room behind it.
  Malformed,
  /// Not from the peer, damaged, of the other kind, or from more than 32768 packets away.
  Forged,
  Replayed,
  /// Behind the replay window; an outgoing one would have needed a number that was used before.
  TooOld,
  /// Another packet was sent under this number.
  Reused,
  /// Its header extensions are not encrypted, and would have to be.
  Readable,
  TooManyStreams,
  /// The key has protected as many packets as it may (RFC 3711 section 9.2): 2^48 of RTP, 2^31 of RTCP.
  Exhausted,
  /// The cryptographic library did not do it.
  Failed,
};
inline constexpr std::size_t kRefusals = 9;

/// The packet as it is now, at the place where it was.
using Outcome = Result<std::span<std::uint8_t>, Refusal>;

/// How packets of one association are protected: the state of both directions and its arithmetic. Gets packets whose
/// form has been checked: they have a header, and room for the trailer or a trailer.
class Transform {
 public:
  virtual ~Transform() = default;
  /// The first `length` bytes of `buffer`, which has room for the trailer.
  virtual Outcome protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length) = 0;
  virtual Outcome unprotect(Kind kind, std::span<std::uint8_t> packet) = 0;
  virtual bool forget(Direction direction, Ssrc ssrc) = 0;
  /// False if it cannot.
  virtual bool set_headers(Direction direction, Headers headers) = 0;
};

/// Ours, on OpenSSL. It takes a quarter to a half of the time that libsrtp2 takes (tests/benchmark/README.md).
Result<std::unique_ptr<Transform>> make_openssl_transform(Profile profile, const MasterKey& local,
                                                          const MasterKey& remote);

Result<std::unique_ptr<Transform>> make_libsrtp_transform(Profile profile, const MasterKey& local,
                                                          const MasterKey& remote);

}  // namespace parley::srtp
