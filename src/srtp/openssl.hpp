#pragma once

#include <openssl/evp.h>

#include "base/owned.hpp"

namespace parley::srtp {

using OwnedCipher = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using OwnedMac = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;

}  // namespace parley::srtp
