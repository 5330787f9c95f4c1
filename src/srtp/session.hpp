#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// SRTP and SRTCP for one DTLS association: RFC 3711, RFC 7714, keys by RFC 5764.
namespace parley::srtp {

/// By the number in the use_srtp extension.
enum class Profile : std::uint16_t {
  Aes128CmSha1_80 = 0x0001,
  Aes128CmSha1_32 = 0x0002,
  AeadAes128Gcm = 0x0007,
  AeadAes256Gcm = 0x0008,
};

/// How many bytes the association has to export (label "EXTRACTOR-dtls_srtp").
std::size_t exported_length(Profile profile);

enum class Role { Client, Server };

/// Which packets were refused.
struct Refused {
  std::uint64_t replayed = 0;        ///< seen before, or too old to tell
  std::uint64_t authentication = 0;  ///< not from the peer, or changed on the way
  std::uint64_t other = 0;
};

/// Protects what is sent and checks what arrives, of any source. Both happen in place. Not for several threads at once.
class Session {
 public:
  /// What protection adds at most.
  static constexpr std::size_t kMostAdded = 32;
  /// How far packets may be out of order.
  static constexpr unsigned long kWindow = 1024;

  /// `exported`: exported_length() bytes, which the caller wipes. `role`: of this side, in DTLS.
  static Result<std::unique_ptr<Session>> create(Profile profile, Role role, ByteView exported);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// `buffer` begins with a packet of `size` bytes and has kMostAdded behind it. The protected packet's size; nullopt
  /// if it is not RTP.
  std::optional<std::size_t> protect_rtp(std::span<std::uint8_t> buffer, std::size_t size);
  std::optional<std::size_t> protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size);
  /// The size of what was in the packet; nullopt if it is refused.
  std::optional<std::size_t> unprotect_rtp(std::span<std::uint8_t> packet);
  std::optional<std::size_t> unprotect_rtcp(std::span<std::uint8_t> packet);

  [[nodiscard]] const Refused& refused() const { return refused_; }

 private:
  struct Contexts;
  explicit Session(std::unique_ptr<Contexts> contexts);
  std::optional<std::size_t> judge(int status, int size);

  std::unique_ptr<Contexts> contexts_;
  Refused refused_;
};

}  // namespace parley::srtp
