// Counts what the whole program allocates, C++ and OpenSSL alike.
#include <openssl/crypto.h>

#include <atomic>
#include <cstdlib>

#include "packets.hpp"
#include "support/allocations.hpp"

namespace {

constinit std::atomic<long> openssl_allocations = 0;
bool watching = false;

/// Before OpenSSL's first allocation.
__attribute__((constructor(101))) void watch() {
  watching = CRYPTO_set_mem_functions(
                 [](std::size_t size, const char*, int) {
                   ++openssl_allocations;
                   return std::malloc(size);
                 },
                 [](void* old, std::size_t size, const char*, int) {
                   ++openssl_allocations;
                   return std::realloc(old, size);
                 },
                 [](void* memory, const char*, int) { std::free(memory); }) == 1;
}

}  // namespace

namespace parley::srtp::test {
namespace {

using parley::test::allocations;

class SrtpAllocation : public testing::TestWithParam<Profile>, public Pair {
 protected:
  SrtpAllocation() : Pair(GetParam()) {}
};
INSTANTIATE_TEST_SUITE_P(All, SrtpAllocation, testing::ValuesIn(kProfiles), profile_name);

TEST_P(SrtpAllocation, PacketsOfAKnownSourceCostNoneTakenOrRefused) {
  ASSERT_TRUE(watching);
  const Bytes rtp = rtp_packet(0, 1, 1188), rtcp = rtcp_packet(1);
  Bytes room(1400);
  long before = 0, openssl_before = 0;
  std::size_t taken = 0, refused = 0;
  for (std::uint8_t i = 0; i < 100; ++i) {
    if (i == 1) {
      before = allocations;
      openssl_before = openssl_allocations;
    }
    for (const bool media : {true, false}) {
      std::ranges::copy(media ? rtp : rtcp, room.begin());
      if (media) room[3] = i;
      const Outcome packet = media ? alice.protect_rtp(room, rtp.size()) : alice.protect_rtcp(room, rtcp.size());
      const Outcome back = media ? bob.unprotect_rtp(*packet) : bob.unprotect_rtcp(*packet);
      if (back) ++taken;
      // What lies there is not protected any more.
      if (!(media ? bob.unprotect_rtp(*back) : bob.unprotect_rtcp(*back))) ++refused;
    }
  }
  EXPECT_GT(before, 0);
  EXPECT_EQ(allocations, before);
  // OpenSSL's HMAC makes copies of its states for each message.
  const long hmacs = is_aead(GetParam()) ? 0 : 2 * 99 * 3;
  EXPECT_LE(openssl_allocations, openssl_before + 2 * hmacs);
  EXPECT_EQ(taken, 200u);
  EXPECT_EQ(refused, 200u);
}

}  // namespace
}  // namespace parley::srtp::test
