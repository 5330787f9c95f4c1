#include "srtp/counter_mode.hpp"

#include <openssl/core_names.h>

#include <algorithm>

namespace parley::srtp {
namespace {

constexpr std::size_t kKey = 16, kSalt = 14;

}  // namespace

std::optional<CounterMode> CounterMode::create(ByteView key) {
  Context context(EVP_CIPHER_CTX_new());
  if (!context || EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), nullptr) != 1)
    return std::nullopt;
  return CounterMode(std::move(context));
}

bool CounterMode::apply(const Block& counter, std::span<std::uint8_t> bytes) {
  int written = 0;
  return EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, counter.data()) == 1 &&
         EVP_EncryptUpdate(context_.get(), bytes.data(), &written, bytes.data(), static_cast<int>(bytes.size())) == 1;
}

std::optional<HmacSha1> HmacSha1::create(ByteView key) {
  const std::unique_ptr<EVP_MAC, Freeing<EVP_MAC_free>> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  Context context(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
  std::array<char, 5> digest{"SHA1"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_init(context.get(), key.data(), key.size(), parameters.data()) != 1) return std::nullopt;
  return HmacSha1(std::move(context));
}

std::optional<HmacSha1::Tag> HmacSha1::compute(ByteView message, ByteView more) {
  Tag tag{};
  std::size_t size = 0;
  EVP_MAC_CTX* const context = context_.get();
  const bool done = EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(context, message.data(), message.size()) == 1 &&
                    EVP_MAC_update(context, more.data(), more.size()) == 1 &&
                    EVP_MAC_final(context, tag.data(), &size, tag.size()) == 1;
  return done && size == tag.size() ? std::optional(tag) : std::nullopt;
}

bool derive_key(ByteView master, std::uint8_t label, std::span<std::uint8_t> out) {
  CounterMode::Block counter{};
  std::ranges::copy(master.subspan(kKey, kSalt), counter.begin());
  counter[7] ^= label;
  auto cipher = CounterMode::create(master.first(kKey));
  std::ranges::fill(out, std::uint8_t{0});
  return cipher && cipher->apply(counter, out);
}

CounterMode::Block packet_counter(const std::array<std::uint8_t, 14>& salt, Ssrc ssrc, std::uint64_t index) {
  CounterMode::Block counter{};
  std::ranges::copy(salt, counter.begin());
  for (unsigned i = 0; i < 4; ++i) counter[4 + i] ^= static_cast<std::uint8_t>(ssrc.get() >> (24 - 8 * i));
  for (unsigned i = 0; i < 6; ++i) counter[8 + i] ^= static_cast<std::uint8_t>(index >> (40 - 8 * i));
  return counter;
}

}  // namespace parley::srtp
