#include "srtp/key_derivation.hpp"

#include <algorithm>
#include <array>

#include "srtp/openssl.hpp"

namespace parley::srtp {

bool derive_key(const MasterKey& master, std::size_t key_length, Kind kind, Purpose purpose,
                std::span<std::uint8_t> out) {
  const ByteView key = master.bytes().first(key_length), salt = master.bytes().subspan(key_length);
  std::array<std::uint8_t, 16> counter{};
  std::ranges::copy(salt, counter.begin());
  counter[7] ^= static_cast<std::uint8_t>((kind == Kind::Rtp ? 0 : 3) + static_cast<int>(purpose));
  std::ranges::fill(out, std::uint8_t{0});
  const OwnedCipher cipher(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* const aes = key_length == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
  int written = 0;
  return cipher && EVP_EncryptInit_ex(cipher.get(), aes, nullptr, key.data(), counter.data()) == 1 &&
         EVP_EncryptUpdate(cipher.get(), out.data(), &written, out.data(), static_cast<int>(out.size())) == 1;
}

}  // namespace parley::srtp
