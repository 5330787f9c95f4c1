#pragma once

#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>

namespace parley::sframe {

/// Owns an OpenSSL object: `Owned<EVP_MAC, EVP_MAC_free>`.
template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freeing<Free>>;

using OwnedCipher = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using OwnedMac = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using OwnedKdf = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;

}  // namespace parley::sframe
