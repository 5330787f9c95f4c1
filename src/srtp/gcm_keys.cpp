#include "srtp/gcm_keys.hpp"

#include "srtp/key_derivation.hpp"

namespace parley::srtp {

std::optional<GcmKeys> GcmKeys::derive(Profile profile, const MasterKey& master, Kind kind, Direction direction) {
  const std::size_t length = sizes(profile).key;
  std::array<std::uint8_t, 32> key{};
  Salt salt{};
  const bool ready = derive_key(master, length, kind, Purpose::Encryption, std::span(key).first(length)) &&
                     derive_key(master, length, kind, Purpose::Salt, salt);
  auto cipher =
      ready ? AeadCipher::create(length == 16 ? "AES-128-GCM" : "AES-256-GCM", std::span(key).first(length), direction)
            : std::nullopt;
  wipe(key);
  return cipher ? std::optional(GcmKeys(*std::move(cipher), salt)) : std::nullopt;
}

bool GcmKeys::seal(const Sealing& packet) { return crypt(packet) && cipher_.make_tag(packet.tag); }

bool GcmKeys::open(const Sealing& packet) { return crypt(packet) && cipher_.verify(packet.tag); }

// RFC 7714 sections 8.1 and 9.1: rollover counter and sequence number are the 48 bits of RFC 3711's index, and SRTCP's
// 31 bits lie in the same place.
GcmKeys::Iv GcmKeys::iv(const Salt& salt, Ssrc source, std::uint64_t index) {
  Iv iv = salt;
  for (unsigned i = 0; i < 4; ++i) iv[2 + i] ^= static_cast<std::uint8_t>(source.get() >> (24 - 8 * i));
  for (unsigned i = 0; i < 6; ++i) iv[6 + i] ^= static_cast<std::uint8_t>(index >> (40 - 8 * i));
  return iv;
}

bool GcmKeys::crypt(const Sealing& packet) {
  const auto& [header, block] = packet.readable;
  const auto& [sources, body] = packet.encrypted;
  return cipher_.begin(iv(salt_, packet.source, packet.index)) && cipher_.associate(header) &&
         (block.empty() || cipher_.associate(block)) &&
         (packet.kind == Kind::Rtp || cipher_.associate(packet.number)) &&
         (sources.empty() || cipher_.change(sources)) && cipher_.change(body);
}

}  // namespace parley::srtp
