#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "dtls/certificate.hpp"
#include "dtls/fingerprint.hpp"
#include "dtls/srtp_profile.hpp"

namespace parley::dtls {

enum class Role { Client, Server };
/// RTCDtlsTransportState. Closed and Failed are final.
enum class State { New, Connecting, Connected, Closed, Failed };

struct Config {
  /// The largest datagram of the handshake, 256 to 4096. Application data is never split: its size is the caller's
  /// business.
  std::size_t mtu = 1200;
  /// In order of preference (the server's decides). Empty: no use_srtp extension.
  std::vector<SrtpProfile> srtp_profiles = {};
  /// A lost handshake flight is repeated after this time, then after twice that, up to the longest.
  Duration first_timeout = 100ms;
  Duration longest_timeout = 3200ms;
  /// A handshake fails this long after start(), or after the twelfth repetition of one flight.
  Duration give_up = 30s;
};

/// One DTLS association: datagrams in, datagrams out, time as an argument, no thread, no socket, no clock of its own.
/// Version 1.2 or later, no renegotiation, no resumption. The peer must show a certificate with one of the given
/// fingerprints.
class Transport {
 public:
  /// What the transport says to its owner, from inside any of its methods. Every method but on_dtls_packet may call
  /// back: send(), close(), even destroy the transport. on_dtls_packet runs inside OpenSSL: there send() returns false,
  /// close() takes effect when the running method ends, and the transport must not be destroyed. Handlers do not throw.
  class Handler {
   public:
    virtual ~Handler() = default;
    /// A datagram to be sent; it is a view into OpenSSL's buffer.
    virtual void on_dtls_packet(ByteView datagram) = 0;
    /// The handshake is complete and the peer's certificate has been verified.
    virtual void on_dtls_connected() = 0;
    /// The content of one record, at most 16 KiB. Never before on_dtls_connected.
    virtual void on_dtls_data(ByteView data) = 0;
    /// The peer has closed the association (close_notify).
    virtual void on_dtls_closed() = 0;
    /// RTCError: FingerprintFailure for a certificate that does not match, else DtlsFailure with the alert sent or
    /// received.
    virtual void on_dtls_failed(const Error& error) = 0;
  };

  /// The largest piece of application data, RFC 6347 section 4.1.
  static constexpr std::size_t kMaxData = 16384;
  /// What is kept of packets that arrive before start(); later ones are dropped (the peer repeats them).
  static constexpr std::size_t kMaxEarlyPackets = 8;
  static constexpr std::size_t kMaxEarlyBytes = 16384;

  Transport(std::shared_ptr<const Certificate> certificate, Handler& handler, const Config& config = {});
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Once, in state New (else ignored). The client sends its ClientHello at once. Fails at once when no fingerprint of
  /// the list is of a known algorithm.
  void start(Role role, std::vector<Fingerprint> remote, TimePoint now);
  /// A datagram from the peer. Before start() a few are kept; what is not a valid record is ignored.
  void receive(ByteView datagram, TimePoint now);
  /// Seals and sends one record. False, and nothing is sent, when not connected, empty or above kMaxData.
  bool send(ByteView data);
  /// Tells the peer if connected, and ends in state Closed without calling on_dtls_closed.
  void close();

  /// When advance() wants to be called next. Need not be asked again after send().
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  void advance(TimePoint now);

  [[nodiscard]] State state() const;
  /// Nothing before start().
  [[nodiscard]] std::optional<Role> role() const;
  /// The peer's certificates as DER, its own first; empty until connected.
  [[nodiscard]] const std::vector<Bytes>& remote_certificates() const;
  /// The version as on the wire (0xFEFD is DTLS 1.2), 0 until connected.
  [[nodiscard]] std::uint16_t version() const;
  /// The cipher suite's IANA name, empty until connected.
  [[nodiscard]] std::string_view cipher() const;
  /// Nothing until connected, and when the peer wants no SRTP.
  [[nodiscard]] std::optional<SrtpProfile> srtp_profile() const;
  /// RFC 5705, without context: the same bytes at both ends. The caller wipes them (base/wipe.hpp). Error:
  /// InvalidStateError unless connected.
  [[nodiscard]] Result<Bytes> export_keying_material(std::string_view label, std::size_t length) const;

 private:
  class Association;
  struct Retire {
    void operator()(Association* association) const;
  };
  std::unique_ptr<Association, Retire> association_;
};

}  // namespace parley::dtls
