#pragma once

#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "base/owned.hpp"

namespace parley::sframe {

using OwnedCipher = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using OwnedMac = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using OwnedKdf = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;

}  // namespace parley::sframe
