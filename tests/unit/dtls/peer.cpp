#include "peer.hpp"

namespace parley::dtls::test {
namespace {
std::shared_ptr<const Certificate> make(KeySpec::Kind kind) { return Certificate::generate({.kind = kind}).value(); }
}  // namespace

const std::shared_ptr<const Certificate>& ecdsa_certificate() {
  static const auto one = make(KeySpec::Kind::EcdsaP256);
  return one;
}
const std::shared_ptr<const Certificate>& other_ecdsa_certificate() {
  static const auto one = make(KeySpec::Kind::EcdsaP256);
  return one;
}
const std::shared_ptr<const Certificate>& rsa_certificate() {
  static const auto one = make(KeySpec::Kind::Rsa);
  return one;
}

}  // namespace parley::dtls::test
