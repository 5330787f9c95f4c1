#include "ice/stun_message.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstring>

#include "base/random.hpp"

namespace parley::ice::stun {
namespace {

constexpr std::uint32_t kCookie = 0x2112A442;
constexpr std::size_t kHeader = 20;
constexpr std::size_t kSha1 = 20;
constexpr std::uint16_t kMappedAddress = 0x0001, kMessageIntegrity = 0x0008, kErrorCode = 0x0009,
                        kXorRelayedAddress = 0x0016, kXorMappedAddress = 0x0020, kFingerprint = 0x8028;

/// RFC 8489 section 5: the class's two bits are spread between those of the method.
std::uint16_t to_type(Method method, Class type) {
  const auto m = static_cast<std::uint16_t>(method);
  const auto spread = static_cast<std::uint16_t>((m & 0x00FU) | ((m & 0x070U) << 1) | ((m & 0xF80U) << 2));
  return static_cast<std::uint16_t>(spread | static_cast<std::uint16_t>(type));
}
std::uint16_t method_of(std::uint16_t type) {
  return static_cast<std::uint16_t>((type & 0x000FU) | ((type & 0x00E0U) >> 1) | ((type & 0x3E00U) >> 2));
}

/// RFC 8489 sections 14.1 and 14.2. `mask` is the cookie and the transaction id, or zeros.
std::optional<SocketAddress> read_address(ByteView value, const std::array<std::uint8_t, 16>& mask) {
  if (value.size() != 8 && value.size() != 20) return std::nullopt;
  const bool v6 = value.size() == 20;
  if (value[1] != (v6 ? 2 : 1)) return std::nullopt;
  const auto port = static_cast<std::uint16_t>(((value[2] ^ mask[0]) << 8) | (value[3] ^ mask[1]));
  std::array<std::uint8_t, 16> address{};
  for (std::size_t i = 0; i + 4 < value.size(); ++i) address[i] = static_cast<std::uint8_t>(value[i + 4] ^ mask[i]);
  if (v6) {
    sockaddr_in6 raw{};
    raw.sin6_family = AF_INET6;
    raw.sin6_port = htons(port);
    std::memcpy(&raw.sin6_addr, address.data(), 16);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
  }
  sockaddr_in raw{};
  raw.sin_family = AF_INET;
  raw.sin_port = htons(port);
  std::memcpy(&raw.sin_addr, address.data(), 4);
  return SocketAddress(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
}

void read_attribute(std::uint16_t attribute, ByteView value, Message& out) {
  std::array<std::uint8_t, 16> mask{0x21, 0x12, 0xA4, 0x42};
  std::copy(out.id.begin(), out.id.end(), mask.begin() + 4);
  switch (attribute) {
    case kXorMappedAddress:
      out.mapped = read_address(value, mask);
      break;
    case kXorRelayedAddress:
      out.relayed = read_address(value, mask);
      break;
    case kMappedAddress:
      if (!out.mapped) out.mapped = read_address(value, {});
      break;
    case kErrorCode:
      if (value.size() >= 4)
        out.error = ErrorCode{(value[2] & 7) * 100 + value[3] % 100, std::string(as_text(value.subspan(4)))};
      break;
    case kUsername:
      out.username = as_text(value);
      break;
    case kPriority:
      out.priority = ByteReader(value).number<std::uint32_t>().value_or(0);
      break;
    case kUseCandidate:
      out.use_candidate = true;
      break;
    case kIceControlling:
      out.controlling = true;
      break;
    case kIceControlled:
      out.controlled = true;
      break;
    case kRealm:
      out.realm = as_text(value);
      break;
    case kNonce:
      out.nonce = as_text(value);
      break;
    default:
      break;
  }
}

std::array<std::uint8_t, kSha1> hmac(ByteView key, ByteView bytes) {
  std::uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), mac, &size);
  std::array<std::uint8_t, kSha1> result{};
  std::copy_n(mac, kSha1, result.begin());
  return result;
}

std::uint32_t crc32(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

}  // namespace

TransactionId make_transaction_id(std::uint32_t tag) {
  TransactionId id{};
  system_random().fill(id);
  for (std::size_t i = 0; i < 4; ++i) id[i] = static_cast<std::uint8_t>(tag >> (24 - 8 * i));
  return id;
}

std::optional<std::size_t> frame_length(ByteView bytes) {
  ByteReader reader(bytes);
  const auto type = reader.number<std::uint16_t>();
  const auto length = reader.number<std::uint16_t>();
  const auto cookie = reader.number<std::uint32_t>();
  if (!cookie) return std::nullopt;
  if (*type >= 0x4000 || *length % 4 != 0 || *cookie != kCookie) return 0;
  return kHeader + *length;
}

std::optional<Message> parse(ByteView bytes) {
  const auto length = frame_length(bytes);
  if (!length || *length != bytes.size()) return std::nullopt;
  ByteReader reader(bytes);
  const std::uint16_t type = reader.number<std::uint16_t>().value_or(0);
  reader.take(6);
  Message out;
  out.method = method_of(type);
  out.type = static_cast<Class>(type & 0x0110);
  const auto id = reader.take(out.id.size());
  if (!id) return std::nullopt;
  std::copy(id->begin(), id->end(), out.id.begin());
  while (reader.remaining() > 0) {
    const auto attribute = reader.number<std::uint16_t>();
    const auto size = reader.number<std::uint16_t>();
    const auto value = reader.take(size.value_or(0));
    if (!value || !reader.take((4 - *size % 4) % 4)) return std::nullopt;
    if (*attribute == kMessageIntegrity) break;  // what follows is not covered, and not needed
    read_attribute(*attribute, *value, out);
  }
  return out;
}

bool verify(ByteView message, ByteView key) {
  ByteReader reader(message);
  reader.take(kHeader);
  while (reader.remaining() > 0) {
    const std::size_t start = message.size() - reader.remaining();
    const auto attribute = reader.number<std::uint16_t>();
    const auto size = reader.number<std::uint16_t>();
    const auto value = reader.take(size.value_or(0));
    if (!value || !reader.take((4 - *size % 4) % 4)) return false;
    if (*attribute != kMessageIntegrity) continue;
    if (value->size() != kSha1) return false;
    // RFC 8489 section 14.5: what comes before it, as if it were the last attribute.
    Bytes signed_part(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(start));
    const std::size_t length = start + 4 + kSha1 - kHeader;
    signed_part[2] = static_cast<std::uint8_t>(length >> 8);
    signed_part[3] = static_cast<std::uint8_t>(length);
    return CRYPTO_memcmp(hmac(key, signed_part).data(), value->data(), kSha1) == 0;
  }
  return false;
}

Writer::Writer(Method method, Class type, const TransactionId& id) {
  ByteWriter(bytes_).number(to_type(method, type)).number(std::uint16_t{0}).number(kCookie).bytes(id);
}

void Writer::set_length(std::size_t more) {
  const std::size_t length = bytes_.size() - kHeader + more;
  bytes_[2] = static_cast<std::uint8_t>(length >> 8);
  bytes_[3] = static_cast<std::uint8_t>(length);
}

void Writer::header(std::uint16_t attribute, std::size_t length) {
  ByteWriter(bytes_).number(attribute).number(static_cast<std::uint16_t>(length));
}

Writer& Writer::text(std::uint16_t attribute, std::string_view value) {
  header(attribute, value.size());
  ByteWriter(bytes_).bytes(as_bytes(value));
  bytes_.resize((bytes_.size() + 3) / 4 * 4);
  set_length(0);
  return *this;
}

Writer& Writer::number(std::uint16_t attribute, std::uint32_t value) {
  header(attribute, 4);
  ByteWriter(bytes_).number(value);
  set_length(0);
  return *this;
}

Writer& Writer::number64(std::uint16_t attribute, std::uint64_t value) {
  header(attribute, 8);
  ByteWriter(bytes_).number(value);
  set_length(0);
  return *this;
}

Writer& Writer::integrity(ByteView key) {
  set_length(4 + kSha1);
  const auto mac = hmac(key, bytes_);
  header(kMessageIntegrity, kSha1);
  ByteWriter(bytes_).bytes(mac);
  return *this;
}

Writer& Writer::fingerprint() {
  set_length(8);
  return number(kFingerprint, crc32(bytes_) ^ 0x5354554EU);
}

Bytes long_term_key(std::string_view username, std::string_view realm, std::string_view password) {
  std::string text(username);
  ((text += ':') += realm) += ':';
  text += password;
  Bytes key(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  EVP_Q_digest(nullptr, "MD5", nullptr, text.data(), text.size(), key.data(), &size);
  key.resize(size);
  return key;
}

}  // namespace parley::ice::stun
