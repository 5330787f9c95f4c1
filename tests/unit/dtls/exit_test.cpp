// What a thread that is still ending relies on while the program ends.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <unistd.h>
#include <cstdlib>

#include "dtls/certificate.hpp"

namespace parley::dtls {
namespace {

bool asked = false;

/// Runs after every handler of std::exit, OpenSSL's included, if there is one.
__attribute__((destructor)) void at_the_very_end() {
  if (!asked) return;
  EVP_MD* hash = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // null once OpenSSL has cleaned up
  EVP_MD_free(hash);
  _exit(hash != nullptr ? 0 : 3);
}

void make_a_certificate_and_exit() {
  asked = Certificate::generate().has_value();
  std::exit(1);
}

TEST(OpenSslDeathTest, IsOfUseUntilTheProgramHasEnded) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(make_a_certificate_and_exit(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace parley::dtls
