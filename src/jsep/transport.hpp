#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/strong.hpp"
#include "sdp/values.hpp"

/// What descriptions say about transports, as values.
namespace parley::jsep {

/// One side's ICE credentials. They name an ICE generation: new ones mean an ICE restart.
struct IceCredentials {
  std::string ufrag;
  std::string pwd;
  bool operator==(const IceCredentials&) const = default;
};

/// The other side of an ICE generation.
struct RemoteIce {
  IceCredentials credentials;
  bool lite = false;
  bool trickle = false;
  bool operator==(const RemoteIce&) const = default;
};

/// RFC 8445 section 6.1.1.
enum class IceRole { Controlling, Controlled };

/// One run of ICE for a transport.
struct IceGeneration {
  IceCredentials local;
  IceRole role = IceRole::Controlling;
  /// Known once both an offer and a (provisional) answer describe this generation.
  std::optional<RemoteIce> remote = std::nullopt;
  bool operator==(const IceGeneration&) const = default;
};

/// RFC 8842 section 5: a=setup:active is the client.
enum class DtlsRole { Client, Server };

/// A DTLS association as both sides agreed on it. Another value means another association, which needs a new handshake.
struct DtlsAgreement {
  DtlsRole role = DtlsRole::Client;
  /// The peer's certificate must match one of them (RFC 8122 section 5).
  std::vector<sdp::Fingerprint> remote_fingerprints;
  std::optional<std::string> local_tls_id = std::nullopt;
  std::optional<std::string> remote_tls_id = std::nullopt;
  bool operator==(const DtlsAgreement&) const = default;
};

/// Names a transport for as long as the connection lives. Never used twice, so that what was rolled back stays gone.
using TransportId = Strong<struct TransportIdTag, std::uint32_t>;

/// An ICE and DTLS transport and what travels over it.
struct Transport {
  TransportId id;
  /// The section that describes it: the one of the BUNDLE tag, or the only one.
  std::string mid;
  std::size_t index = 0;
  /// All sections that travel over it, `mid` first.
  std::vector<std::string> mids;
  /// The negotiated generation first, then the one that an offer or provisional answer wants to put in its place. One
  /// of them may be missing; there is none while only the other side has offered the transport.
  std::vector<IceGeneration> generations;
  std::optional<DtlsAgreement> dtls = std::nullopt;
  bool operator==(const Transport&) const = default;
};

/// RFC 8841 section 6: what a missing a=max-message-size means.
inline constexpr std::uint64_t kDefaultMaxMessageSize = 65536;

/// The SCTP association of the data section, as both sides agreed on it.
struct SctpAgreement {
  std::uint16_t local_port = 5000;
  std::uint16_t remote_port = 5000;
  /// The largest message the peer receives; 0 means any size.
  std::uint64_t remote_max_message_size = kDefaultMaxMessageSize;
  bool operator==(const SctpAgreement&) const = default;
};

/// The data section.
struct DataSection {
  std::string mid;
  std::size_t index = 0;
  /// What carries it.
  std::optional<TransportId> transport = std::nullopt;
  /// Present once answered.
  std::optional<SctpAgreement> sctp = std::nullopt;
  bool operator==(const DataSection&) const = default;
};

/// Candidates gathered for one ICE generation.
struct GatheredCandidates {
  /// Which generation: its own username fragment.
  std::string local_ufrag;
  /// And of which transport: generations of several may have the same credentials.
  std::string tls_id;
  /// Values of a=candidate.
  std::vector<std::string> candidates;
  bool complete = false;
  /// The default destination that m= and c= show (RFC 8839 section 4.2.1.2); none as long as there is no candidate.
  std::optional<sdp::Connection> address = std::nullopt;
  std::uint16_t port = 9;
};

/// What this side brings to descriptions that need a new transport: random, and so an argument.
struct FreshTransport {
  IceCredentials ice;
  /// RFC 8842 section 4: at least 120 bits of randomness.
  std::string tls_id;
  bool operator==(const FreshTransport&) const = default;
};

}  // namespace parley::jsep
