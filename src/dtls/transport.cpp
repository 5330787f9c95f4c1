#include "dtls/transport.hpp"

#include "dtls/association.hpp"

namespace parley::dtls {

void Transport::Retire::operator()(Association* association) const { association->retire(); }

Transport::Transport(std::shared_ptr<const Certificate> certificate, Handler& handler, const Config& config)
    : association_(new Association(std::move(certificate), handler, config)) {}
Transport::~Transport() = default;

void Transport::start(Role role, std::vector<Fingerprint> remote, TimePoint now) {
  association_->start(role, std::move(remote), now);
}
void Transport::receive(ByteView datagram, TimePoint now) { association_->receive(datagram, now); }
bool Transport::send(ByteView data) { return association_->send(data); }
void Transport::close() { association_->close(); }
std::optional<TimePoint> Transport::next_deadline() const { return association_->next_deadline(); }
void Transport::advance(TimePoint now) { association_->advance(now); }

State Transport::state() const { return association_->state(); }
std::optional<Role> Transport::role() const { return association_->role(); }
const std::vector<Bytes>& Transport::remote_certificates() const { return association_->facts().remote_certificates; }
std::uint16_t Transport::version() const { return association_->facts().version; }
std::string_view Transport::cipher() const { return association_->facts().cipher; }
std::optional<SrtpProfile> Transport::srtp_profile() const { return association_->facts().srtp; }

Result<Bytes> Transport::export_keying_material(std::string_view label, std::size_t length) const {
  if (state() != State::Connected) return fail(ErrorKind::InvalidStateError, "the DTLS transport is not connected");
  Bytes out(length);
  ERR_clear_error();
  if (SSL_export_keying_material(association_->ssl(), out.data(), length, label.data(), label.size(), nullptr, 0, 0) !=
      1)
    return fail(ErrorKind::OperationError, "keying material: " + last_openssl_error());
  return out;
}

}  // namespace parley::dtls
