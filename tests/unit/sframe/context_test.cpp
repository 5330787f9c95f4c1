#include "sframe/context.hpp"

#include <gtest/gtest.h>

#include <set>

namespace parley::sframe {
namespace {

constexpr CipherSuite kSuites[] = {CipherSuite::Aes128CtrHmacSha256_80, CipherSuite::Aes128CtrHmacSha256_64,
                                   CipherSuite::Aes128CtrHmacSha256_32, CipherSuite::Aes128GcmSha256_128,
                                   CipherSuite::Aes256GcmSha512_128};
const Bytes kKey(32, 7), kOther(32, 8);

Bytes text(std::string_view text) { return {text.begin(), text.end()}; }

class SFrame : public testing::TestWithParam<CipherSuite> {
 protected:
  SFrame() {
    EXPECT_TRUE(sender_.set_key(1, kKey));
    EXPECT_TRUE(receiver_.set_key(1, kKey));
  }
  [[nodiscard]] std::optional<Bytes> opened(ByteView metadata, ByteView ciphertext) {
    auto result = receiver_.decrypt(metadata, ciphertext);
    const Bytes* plain = std::get_if<Bytes>(&result);
    return plain ? std::optional(*plain) : std::nullopt;
  }
  [[nodiscard]] Failure failure(ByteView metadata, ByteView ciphertext) {
    const auto result = receiver_.decrypt(metadata, ciphertext);
    const Failure* failure = std::get_if<Failure>(&result);
    return failure ? *failure : Failure{.kind = Failure::Kind::Syntax, .key_id = 999};
  }
  Context sender_{GetParam()}, receiver_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Suites, SFrame, testing::ValuesIn(kSuites));

TEST_P(SFrame, BringsFramesOver) {
  for (const Bytes& plain : {text(""), text("a"), Bytes(5000, 9)}) {
    const auto sealed = sender_.encrypt(text("head"), plain);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(opened(text("head"), *sealed), plain);
  }
}

TEST_P(SFrame, NoFrameLooksLikeAnother) {
  std::set<Bytes> all;
  for (int i = 0; i < 300; ++i) all.insert(*sender_.encrypt({}, text("the same")));
  EXPECT_EQ(all.size(), 300U);
  for (const Bytes& one : all) EXPECT_EQ(opened({}, one), text("the same"));
}

TEST_P(SFrame, NoticesEveryChange) {
  const Bytes sealed = *sender_.encrypt(text("head"), text("something"));
  for (std::size_t i = 0; i < sealed.size(); ++i)
    for (const int bit : {1, 128}) {
      Bytes changed = sealed;
      changed[i] ^= static_cast<std::uint8_t>(bit);
      EXPECT_FALSE(opened(text("head"), changed)) << i;
    }
  EXPECT_EQ(failure(text("feet"), sealed).kind, Failure::Kind::Authentication);
  Bytes longer = sealed;
  longer.push_back(0);
  EXPECT_EQ(failure(text("head"), longer).kind, Failure::Kind::Authentication);
  EXPECT_EQ(opened(text("head"), sealed), text("something"));
}

TEST_P(SFrame, SaysWhyItDoesNotDecrypt) {
  EXPECT_EQ(failure({}, {}).kind, Failure::Kind::Syntax);
  EXPECT_EQ(failure({}, Bytes{0xFF, 1, 2}).kind, Failure::Kind::Syntax);
  EXPECT_EQ(failure({}, Bytes{0x10, 1, 2, 3}).kind, Failure::Kind::Syntax);  // no room for the tag
  EXPECT_EQ(failure({}, Bytes(50, 0x10)).kind, Failure::Kind::Authentication);
  Bytes huge(50, 0xFF);
  EXPECT_EQ(failure({}, huge).kind, Failure::Kind::UnknownKey);
  EXPECT_EQ(failure({}, huge).key_id, UINT64_MAX);
  std::fill(huge.begin() + 1, huge.begin() + 9, std::uint8_t{0});
  huge[8] = 1;  // our key, and the highest counter there is
  EXPECT_EQ(failure({}, huge).kind, Failure::Kind::Authentication);
}

TEST_P(SFrame, KnowsThatAnotherKeyHasTheSameId) {
  const Bytes sealed = *sender_.encrypt({}, text("a"));
  ASSERT_TRUE(receiver_.set_key(1, kOther));
  EXPECT_EQ(failure({}, sealed).kind, Failure::Kind::Authentication);
  EXPECT_EQ(failure({}, sealed).key_id, 1U);
}

TEST_P(SFrame, GoesOverToAnotherKeyAndStillReadsWhatIsOnItsWay) {
  const Bytes before = *sender_.encrypt({}, text("before"));
  ASSERT_TRUE(receiver_.set_key(1000, kOther));
  ASSERT_TRUE(sender_.set_key(1000, kOther));
  const Bytes after = *sender_.encrypt({}, text("after"));
  EXPECT_EQ(opened({}, after), text("after"));
  EXPECT_EQ(opened({}, before), text("before"));
}

/// Or two frames could have one nonce.
TEST_P(SFrame, DoesNotBeginToCountAgainWhenAKeyComesBack) {
  const Bytes first = *sender_.encrypt({}, text("same"));
  ASSERT_TRUE(sender_.set_key(1, kOther));
  ASSERT_TRUE(sender_.set_key(1, kKey));
  const Bytes second = *sender_.encrypt({}, text("same"));
  EXPECT_NE(first, second);
  EXPECT_EQ(opened({}, second), text("same"));
}

TEST_P(SFrame, KeepsTheKeysSetLast) {
  const Bytes sealed = *sender_.encrypt({}, text("a"));
  for (std::uint64_t id = 0; id + 1 < Context::kMostKeys; ++id) ASSERT_TRUE(receiver_.set_key(100 + id, kOther));
  EXPECT_TRUE(opened({}, sealed));
  ASSERT_TRUE(receiver_.set_key(99, kOther));
  EXPECT_EQ(failure({}, sealed).kind, Failure::Kind::UnknownKey);
}

TEST_P(SFrame, NeedsAKey) {
  Context none(GetParam());
  EXPECT_FALSE(none.set_key(1, {}));
  EXPECT_FALSE(none.encrypt({}, text("a")));
}

}  // namespace
}  // namespace parley::sframe
