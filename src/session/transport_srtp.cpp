// SRTP over a transport, with the keys of its DTLS association: RFC 5764.
#include <array>

#include "base/log.hpp"
#include "base/wipe.hpp"
#include "rtp/packet.hpp"
#include "session/transport.hpp"

namespace parley::session {
namespace {

static_assert(static_cast<unsigned>(srtp::Profile::AeadAes256Gcm) ==
              static_cast<unsigned>(dtls::SrtpProfile::AeadAes256Gcm));

/// Longer packets than a path carries are nobody's media.
constexpr std::size_t kLongest = 2048;
using Buffer = std::array<std::uint8_t, kLongest + srtp::Session::kMaxTrailer>;

Result<srtp::Session> make_srtp(const dtls::Transport& dtls, dtls::SrtpProfile agreed, srtp::Engine engine) {
  const auto profile = static_cast<srtp::Profile>(agreed);
  auto exported = dtls.export_keying_material(srtp::kExporterLabel, srtp::exported_length(profile));
  if (!exported) return Unexpected(std::move(exported).error());
  const auto keys = srtp::split_keys(profile, *exported);
  wipe(*exported);
  if (!keys) return Unexpected(keys.error());
  const bool client = dtls.role() == dtls::Role::Client;
  return srtp::Session::create(profile, client ? keys->client : keys->server, client ? keys->server : keys->client,
                               engine);
}

}  // namespace

srtp::Session* Transport::srtp() {
  if (srtp_) return &*srtp_;
  if (!has_srtp()) return nullptr;
  srtp_engine_ = fast_path_ || headers_.may_come ? srtp::Engine::OpenSsl : srtp::Engine::Libsrtp2;
  auto made = make_srtp(*dtls_, *dtls_->srtp_profile(), srtp_engine_);
  if (!made) {
    log(LogLevel::Error, "srtp", made.error().message);
    return nullptr;
  }
  srtp_.emplace(*std::move(made));
  apply_header_protection();
  return &*srtp_;
}

void Transport::protect_headers(const HeaderProtection& wanted) {
  headers_ = wanted;
  if (srtp_) apply_header_protection();
}

void Transport::apply_header_protection() {
  if (!srtp_->set_headers(srtp::Direction::Outgoing, headers_.ours) ||
      !srtp_->set_headers(srtp::Direction::Incoming, headers_.theirs))
    log(LogLevel::Error, "srtp", "header extensions cannot be encrypted");
}

bool Transport::send_rtp(ByteView head, ByteView payload, ice::Mark mark) {
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  srtp::Session* const session = srtp();
  const std::size_t size = head.size() + payload.size();
  if (session == nullptr || carrier_ == nullptr || size > kLongest) return false;
  copy_bytes(payload, copy_bytes(head, buffer));
  const auto sealed = session->protect_rtp(buffer, size);
  if (sealed) carrier_->agent.send(*sealed, mark);
  return sealed.has_value();
}

bool Transport::send_rtcp(ByteView packet) {
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  srtp::Session* const session = srtp();
  if (session == nullptr || carrier_ == nullptr || packet.size() > kLongest) return false;
  copy_bytes(packet, buffer);
  const auto sealed = session->protect_rtcp(buffer, packet.size());
  if (sealed) carrier_->agent.send(*sealed);
  return sealed.has_value();
}

void Transport::receive_srtp(ByteView packet) {
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  srtp::Session* const session = srtp();
  if (session == nullptr || packet.size() > kLongest) return;
  copy_bytes(packet, buffer);
  const auto copy = std::span(buffer).first(packet.size());
  if (rtp::is_rtcp(packet)) {
    if (const auto opened = session->unprotect_rtcp(copy)) observer_->on_rtcp(*this, *opened);
  } else {
    if (const auto opened = session->unprotect_rtp(copy)) observer_->on_rtp(*this, *opened);
  }
}

}  // namespace parley::session
