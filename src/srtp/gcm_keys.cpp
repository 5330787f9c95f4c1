#include "srtp/gcm_keys.hpp"

#include <algorithm>

#include "srtp/key_derivation.hpp"

namespace parley::srtp {
namespace {

constexpr int kTag = 16;

}  // namespace

std::optional<GcmKeys> GcmKeys::derive(Profile profile, const MasterKey& master, Kind kind, Direction direction) {
  const std::size_t length = sizes(profile).key;
  std::array<std::uint8_t, 32> key{};
  GcmKeys keys{OwnedCipher(EVP_CIPHER_CTX_new())};
  const EVP_CIPHER* const aes = length == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  const bool ready =
      keys.cipher_ && derive_key(master, length, kind, Purpose::Encryption, std::span(key).first(length)) &&
      derive_key(master, length, kind, Purpose::Salt, keys.salt_) &&
      EVP_CipherInit_ex(keys.cipher_.get(), aes, nullptr, key.data(), nullptr, direction == Direction::Outgoing) == 1;
  wipe(key);
  return ready ? std::optional(std::move(keys)) : std::nullopt;
}

bool GcmKeys::seal(const Sealing& packet) {
  return crypt(packet) && finish() &&
         EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, kTag, packet.tag.data()) == 1;
}

bool GcmKeys::open(const Sealing& packet) {
  return crypt(packet) && EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_SET_TAG, kTag, packet.tag.data()) == 1 &&
         finish();
}

// RFC 7714 sections 8.1 and 9.1: rollover counter and sequence number are the 48 bits of RFC 3711's index, and SRTCP's
// 31 bits lie in the same place.
GcmKeys::Iv GcmKeys::iv(const std::array<std::uint8_t, kSalt>& salt, Ssrc source, std::uint64_t index) {
  Iv iv = salt;
  for (unsigned i = 0; i < 4; ++i) iv[2 + i] ^= static_cast<std::uint8_t>(source.get() >> (24 - 8 * i));
  for (unsigned i = 0; i < 6; ++i) iv[6 + i] ^= static_cast<std::uint8_t>(index >> (40 - 8 * i));
  return iv;
}

bool GcmKeys::crypt(const Sealing& packet) {
  EVP_CIPHER_CTX* const cipher = cipher_.get();
  const Iv first = iv(salt_, packet.source, packet.index);
  const auto associate = [&](ByteView bytes) {
    int length = 0;
    return EVP_CipherUpdate(cipher, nullptr, &length, bytes.data(), static_cast<int>(bytes.size())) == 1;
  };
  const auto change = [&](std::span<std::uint8_t> bytes) {
    int written = 0;
    return EVP_CipherUpdate(cipher, bytes.data(), &written, bytes.data(), static_cast<int>(bytes.size())) == 1;
  };
  const auto& [header, block] = packet.readable;
  const auto& [sources, body] = packet.encrypted;
  return EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, first.data(), -1) == 1 && associate(header) &&
         (block.empty() || associate(block)) && (packet.kind == Kind::Rtp || associate(packet.number)) &&
         (sources.empty() || change(sources)) && change(body);
}

bool GcmKeys::finish() {
  std::array<std::uint8_t, 16> none{};
  int rest = 0;
  return EVP_CipherFinal_ex(cipher_.get(), none.data(), &rest) == 1;
}

}  // namespace parley::srtp
