#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "ice/address.hpp"

/// STUN messages as values. RFC 8489, and of TURN (RFC 8656) what it takes to ask a server.
namespace parley::ice::stun {

enum class Method : std::uint16_t { Binding = 0x001, Allocate = 0x003, Refresh = 0x004 };
enum class Class : std::uint16_t { Request = 0x000, Indication = 0x010, Success = 0x100, Error = 0x110 };
using TransactionId = std::array<std::uint8_t, 12>;

/// The first four bytes are `tag`, the others random.
TransactionId make_transaction_id(std::uint32_t tag);

struct ErrorCode {
  int code = 0;
  std::string reason;
};

/// What we read of a message.
struct Message {
  std::uint16_t method = 0;
  Class type = Class::Request;
  TransactionId id{};
  std::optional<SocketAddress> mapped;   // XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS
  std::optional<SocketAddress> relayed;  // XOR-RELAYED-ADDRESS
  std::optional<ErrorCode> error;
  std::string username, realm, nonce;
  // Of connectivity checks, RFC 8445 section 7.1.
  std::uint32_t priority = 0;
  bool use_candidate = false, controlling = false, controlled = false;
};

/// Nothing for what is not one whole, well-formed message.
std::optional<Message> parse(ByteView bytes);
/// Whether `message`, which parse() has taken, is signed with `key`.
bool verify(ByteView message, ByteView key);
/// How long the message that begins `bytes` is, for a stream; nothing while that cannot be told, 0 if it is none.
std::optional<std::size_t> frame_length(ByteView bytes);

class Writer {
 public:
  Writer(Method method, Class type, const TransactionId& id);
  Writer& text(std::uint16_t attribute, std::string_view value);
  Writer& number(std::uint16_t attribute, std::uint32_t value);
  Writer& number64(std::uint16_t attribute, std::uint64_t value);
  Writer& flag(std::uint16_t attribute) { return text(attribute, {}); }
  /// Signs what has been written; only fingerprint() may follow.
  Writer& integrity(ByteView key);
  Writer& fingerprint();
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  void header(std::uint16_t attribute, std::size_t length);
  void set_length(std::size_t more);
  Bytes bytes_;
};

inline constexpr std::uint16_t kUsername = 0x0006, kLifetime = 0x000D, kRealm = 0x0014, kNonce = 0x0015,
                               kRequestedTransport = 0x0019, kPriority = 0x0024, kUseCandidate = 0x0025,
                               kIceControlled = 0x8029, kIceControlling = 0x802A;

/// The key of long-term credentials, RFC 8489 section 9.2.2.
Bytes long_term_key(std::string_view username, std::string_view realm, std::string_view password);

}  // namespace parley::ice::stun
