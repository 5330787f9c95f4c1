#pragma once

#include <openssl/core_dispatch.h>

#include <memory>
#include <optional>

#include "srtp/openssl.hpp"
#include "srtp/sealing.hpp"

namespace parley::srtp {

/// An authenticating cipher of OpenSSL with its key, for one direction, by the functions of the provider that
/// implements it (provider-cipher(7)). EVP's functions, which stand in front of these, ask for the length of the IV by
/// name with every packet: a tenth of what a packet of RTP takes on its whole way.
class AeadCipher {
 public:
  AeadCipher(AeadCipher&&) = default;
  AeadCipher& operator=(AeadCipher&&) = delete;  // it would let go of the provider before the context
  /// Nothing if OpenSSL does not offer it. `name` as in EVP_CIPHER-AES(7).
  static std::optional<AeadCipher> create(const char* name, ByteView key, Direction direction);

  // In this order: one begin(), then what is authenticated only, then what is encrypted as well, in place, then the
  // tag.
  bool begin(ByteView iv);
  bool associate(ByteView bytes);
  bool change(std::span<std::uint8_t> bytes);
  bool make_tag(std::span<std::uint8_t> tag);
  /// Whether it is the tag.
  bool verify(std::span<std::uint8_t> tag);

 private:
  struct Functions {
    OSSL_FUNC_cipher_newctx_fn* make = nullptr;
    OSSL_FUNC_cipher_freectx_fn* free = nullptr;
    OSSL_FUNC_cipher_encrypt_init_fn* init = nullptr;  // the one for decryption has the same type
    OSSL_FUNC_cipher_update_fn* update = nullptr;
    OSSL_FUNC_cipher_final_fn* finish = nullptr;
    OSSL_FUNC_cipher_get_ctx_params_fn* get = nullptr;
    OSSL_FUNC_cipher_set_ctx_params_fn* set = nullptr;
    [[nodiscard]] bool complete() const { return make && free && init && update && finish && get && set; }
  };
  using Context = std::unique_ptr<void, OSSL_FUNC_cipher_freectx_fn*>;

  AeadCipher(Owned<EVP_CIPHER, EVP_CIPHER_free> cipher, const Functions& functions, Context context)
      : cipher_(std::move(cipher)), functions_(functions), context_(std::move(context)) {}
  static Functions functions_of(const OSSL_DISPATCH* table, Direction direction);
  bool finish();

  Owned<EVP_CIPHER, EVP_CIPHER_free> cipher_;  // keeps the provider where it is
  Functions functions_;
  Context context_;
};

}  // namespace parley::srtp
