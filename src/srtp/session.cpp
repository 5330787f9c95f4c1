#include "srtp/session.hpp"

namespace parley::srtp {
namespace {

constexpr std::size_t kIndex = 4;  // the E flag and SRTCP's index
/// UDP's largest payload, and less than what libsrtp2 counts with.
constexpr std::size_t kMaxPacket = 65535;

bool known(Profile profile) { return sizes(profile).key > 0; }

}  // namespace

Result<Session> Session::create(Profile profile, const MasterKey& local, const MasterKey& remote, Engine engine) {
  const std::size_t length = sizes(profile).key + sizes(profile).salt;
  if (!known(profile)) return fail(ErrorKind::NotSupportedError, "SRTP: unknown protection profile");
  if (local.bytes().size() != length || remote.bytes().size() != length)
    return fail(ErrorKind::OperationError, "SRTP: a master key of the wrong length");
  auto transform =
      (engine == Engine::OpenSsl ? make_openssl_transform : make_libsrtp_transform)(profile, local, remote);
  if (!transform) return Unexpected(std::move(transform).error());
  return Session(profile, std::move(transform).value());
}

Outcome Session::protect_rtp(std::span<std::uint8_t> buffer, std::size_t length) {
  return protect(Kind::Rtp, buffer, length);
}
Outcome Session::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t length) {
  return protect(Kind::Rtcp, buffer, length);
}
Outcome Session::unprotect_rtp(std::span<std::uint8_t> packet) { return unprotect(Kind::Rtp, packet); }
Outcome Session::unprotect_rtcp(std::span<std::uint8_t> packet) { return unprotect(Kind::Rtcp, packet); }

Outcome Session::protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length) {
  if (length > kMaxPacket || buffer.size() < length + kMaxTrailer || !header_length(kind, buffer.first(length)))
    return Unexpected(Refusal::Malformed);
  // What announces encrypted header extensions announces nothing else.
  if (kind == Kind::Rtp && has_encrypted_headers(buffer.first(length))) return Unexpected(Refusal::Malformed);
  return transform_->protect(kind, buffer, length);
}

Outcome Session::unprotect(Kind kind, std::span<std::uint8_t> packet) {
  Outcome outcome = has_trailer(kind, packet) ? transform_->unprotect(kind, packet) : Unexpected(Refusal::Malformed);
  if (!outcome) ++refused_[static_cast<std::size_t>(outcome.error())];
  return outcome;
}

bool Session::has_trailer(Kind kind, ByteView packet) const {
  const auto header = header_length(kind, packet);
  const auto [key, salt, rtp_tag, rtcp_tag] = sizes(profile_);
  const std::size_t trailer = kind == Kind::Rtp ? rtp_tag : rtcp_tag + kIndex;
  if (!header || packet.size() > kMaxPacket || packet.size() < *header + trailer) return false;
  if (kind == Kind::Rtp) return true;
  // RFC 8827 section 6.5 rules out packets without encryption, whose E flag is 0. RFC 7714 section 9.1 puts flag and
  // index behind the tag, RFC 3711 section 3.4 before it.
  return (packet[packet.size() - (is_aead(profile_) ? kIndex : trailer)] & 0x80u) != 0;
}

}  // namespace parley::srtp
