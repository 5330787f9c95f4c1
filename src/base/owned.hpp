#pragma once

#include <memory>

namespace parley {

/// Owns an object of a C library: `Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>`.
template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freeing<Free>>;

}  // namespace parley
