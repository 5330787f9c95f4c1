// SRTP over a transport, with the keys of its DTLS association: RFC 5764.
#include <array>

#include "base/log.hpp"
#include "rtp/packet.hpp"
#include "session/transport.hpp"

namespace parley::session {
namespace {

static_assert(static_cast<unsigned>(srtp::Profile::AeadAes256Gcm) ==
              static_cast<unsigned>(dtls::SrtpProfile::AeadAes256Gcm));

/// Longer packets than a path carries are nobody's media.
constexpr std::size_t kLongest = 2048;
using Buffer = std::array<std::uint8_t, kLongest + srtp::Session::kMostAdded>;

std::unique_ptr<srtp::Session> make_srtp(const dtls::Transport& dtls) {
  const auto agreed = dtls.srtp_profile();
  const auto role = dtls.role();
  if (!agreed || !role) return nullptr;
  const auto profile = static_cast<srtp::Profile>(*agreed);
  auto exported = dtls.export_keying_material("EXTRACTOR-dtls_srtp", srtp::exported_length(profile));
  if (!exported) return nullptr;
  auto made =
      srtp::Session::create(profile, *role == dtls::Role::Client ? srtp::Role::Client : srtp::Role::Server, *exported);
  dtls::wipe(*exported);
  if (!made) log(LogLevel::Error, "srtp", made.error().message);
  return made ? *std::move(made) : nullptr;
}

}  // namespace

void Transport::on_dtls_connected() {
  srtp_ = make_srtp(*dtls_);
  report_dtls(std::nullopt);
}

bool Transport::send_rtp(ByteView packet) {
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  if (!srtp_ || carrier_ == nullptr || packet.size() > kLongest) return false;
  std::ranges::copy(packet, buffer.begin());
  const auto size = srtp_->protect_rtp(buffer, packet.size());
  if (size) carrier_->agent.send(std::span(buffer).first(*size));
  return size.has_value();
}

bool Transport::send_rtcp(ByteView packet) {
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  if (!srtp_ || carrier_ == nullptr || packet.size() > kLongest) return false;
  std::ranges::copy(packet, buffer.begin());
  const auto size = srtp_->protect_rtcp(buffer, packet.size());
  if (size) carrier_->agent.send(std::span(buffer).first(*size));
  return size.has_value();
}

void Transport::receive_srtp(ByteView packet) {
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  if (!srtp_ || packet.size() > kLongest) return;
  std::ranges::copy(packet, buffer.begin());
  const auto copy = std::span(buffer).first(packet.size());
  if (rtp::is_rtcp(packet)) {
    if (const auto size = srtp_->unprotect_rtcp(copy)) observer_->on_rtcp(*this, copy.first(*size));
  } else {
    if (const auto size = srtp_->unprotect_rtp(copy)) observer_->on_rtp(*this, copy.first(*size));
  }
}

}  // namespace parley::session
