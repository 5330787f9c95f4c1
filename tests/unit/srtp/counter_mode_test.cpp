#include "srtp/counter_mode.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

Bytes keystream(const Bytes& key, const CounterMode::Block& counter, std::size_t length) {
  Bytes zeros(length, 0);
  EXPECT_TRUE(CounterMode::create(key)->apply(counter, zeros));
  return zeros;
}

// RFC 3711 appendix B.2.
TEST(SrtpCounterMode, GivesTheKeystreamOfTheSpecification) {
  std::array<std::uint8_t, 14> salt{};
  std::ranges::copy(from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd"), salt.begin());
  const Bytes all = keystream(from_hex("2b7e151628aed2a6abf7158809cf4f3c"), packet_counter(salt, Ssrc(0), 0),
                              std::size_t{0xff02} * 16);
  const auto blocks = [&](std::ptrdiff_t first) {
    return Bytes(all.begin() + 16 * first, all.begin() + 16 * (first + 3));
  };
  EXPECT_EQ(blocks(0), from_hex("e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab"
                                "41e95b3bb0a2e8dd477901e4fca894c0"));
  EXPECT_EQ(blocks(0xfeff), from_hex("ec8cdf7398607cb0f2d21675ea9ea1e4 362b7c3c6773516318a077d7fc5073ae"
                                     "6a2cc3787889374fbeb4c81b17ba6c44"));
}

// RFC 3711 appendix B.3.
TEST(SrtpCounterMode, DerivesTheKeysOfTheSpecification) {
  const Bytes master = from_hex("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
  Bytes encryption(16), authentication(94), salt(14);
  ASSERT_TRUE(derive_key(master, 0, encryption));
  ASSERT_TRUE(derive_key(master, 1, authentication));
  ASSERT_TRUE(derive_key(master, 2, salt));
  EXPECT_EQ(encryption, from_hex("c61e7a93744f39ee10734afe3ff7a087"));
  EXPECT_EQ(salt, from_hex("30cbbc08863d8c85d49db34a9ae1"));
  EXPECT_EQ(authentication, from_hex("cebe321f6ff7716b6fd4ab49af256a15 6d38baa48f0a0acf3c34e2359e6cdbce"
                                     "e049646c43d9327ad175578ef7227098 6371c10c9a369ac2f94a8c5fbcdddc25"
                                     "6d6e919a48b610ef17c2041e47403576 6b68642c59bbfc2f34db60dbdfb2"));
}

// RFC 3711 section 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
TEST(SrtpCounterMode, ACounterHoldsSourceAndIndex) {
  const auto counter = packet_counter({}, Ssrc(0x01020304), 0x0506'0708'090a);
  EXPECT_EQ(Bytes(counter.begin(), counter.end()), from_hex("00000000 01020304 05060708 090a0000"));
  std::array<std::uint8_t, 14> salt{};
  salt.fill(0xff);
  const auto salted = packet_counter(salt, Ssrc(0x01020304), 0x0506'0708'090a);
  EXPECT_EQ(Bytes(salted.begin(), salted.end()), from_hex("ffffffff fefdfcfb faf9f8f7 f6f50000"));
}

// RFC 2202 section 3, cases 1 and 2.
TEST(SrtpCounterMode, TagsAreHmacSha1) {
  auto first = HmacSha1::create(Bytes(20, 0x0b));
  ASSERT_TRUE(first);
  for (int i = 0; i < 2; ++i) {
    const auto tag = first->compute(as_bytes("Hi T"), as_bytes("here"));
    ASSERT_TRUE(tag);
    EXPECT_EQ(Bytes(tag->begin(), tag->end()), from_hex("b617318655057264e28bc0b6fb378c8ef146be00"));
  }
  auto second = HmacSha1::create(as_bytes("Jefe"));
  const auto tag = second->compute(as_bytes("what do ya want for nothing?"), {});
  ASSERT_TRUE(tag);
  EXPECT_EQ(Bytes(tag->begin(), tag->end()), from_hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
}

}  // namespace
}  // namespace parley::srtp::test
