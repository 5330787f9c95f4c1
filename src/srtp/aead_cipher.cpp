#include "srtp/aead_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/ascii.hpp"

namespace parley::srtp {
namespace {

/// Whether it is one of "AES-128-GCM:id-aes128-GCM:…".
bool has_name(std::string_view names, std::string_view name) {
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find(':', begin), names.size());
    if (equal_ignoring_case(names.substr(begin, end - begin), name)) return true;
    begin = end + 1;
  }
  return false;
}

const OSSL_DISPATCH* find(const OSSL_ALGORITHM* list, std::string_view name) {
  for (; list != nullptr && list->algorithm_names != nullptr; ++list)
    if (has_name(list->algorithm_names, name)) return list->implementation;
  return nullptr;
}

std::array<OSSL_PARAM, 2> parameter(std::span<std::uint8_t> tag) {
  return {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
          OSSL_PARAM_construct_end()};
}

}  // namespace

AeadCipher::Functions AeadCipher::functions_of(const OSSL_DISPATCH* table, Direction direction) {
  Functions all;
  const int init = direction == Direction::Outgoing ? OSSL_FUNC_CIPHER_ENCRYPT_INIT : OSSL_FUNC_CIPHER_DECRYPT_INIT;
  for (; table != nullptr && table->function_id != 0; ++table) {
    if (table->function_id == OSSL_FUNC_CIPHER_NEWCTX) all.make = OSSL_FUNC_cipher_newctx(table);
    if (table->function_id == OSSL_FUNC_CIPHER_FREECTX) all.free = OSSL_FUNC_cipher_freectx(table);
    if (table->function_id == init) all.init = OSSL_FUNC_cipher_encrypt_init(table);
    if (table->function_id == OSSL_FUNC_CIPHER_UPDATE) all.update = OSSL_FUNC_cipher_update(table);
    if (table->function_id == OSSL_FUNC_CIPHER_FINAL) all.finish = OSSL_FUNC_cipher_final(table);
    if (table->function_id == OSSL_FUNC_CIPHER_GET_CTX_PARAMS) all.get = OSSL_FUNC_cipher_get_ctx_params(table);
    if (table->function_id == OSSL_FUNC_CIPHER_SET_CTX_PARAMS) all.set = OSSL_FUNC_cipher_set_ctx_params(table);
  }
  return all;
}

std::optional<AeadCipher> AeadCipher::create(const char* name, ByteView key, Direction direction) {
  Owned<EVP_CIPHER, EVP_CIPHER_free> cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
  const OSSL_PROVIDER* const provider = cipher ? EVP_CIPHER_get0_provider(cipher.get()) : nullptr;
  if (provider == nullptr) return std::nullopt;
  int may_change = 0;
  const OSSL_ALGORITHM* const offered = OSSL_PROVIDER_query_operation(provider, OSSL_OP_CIPHER, &may_change);
  const Functions functions = functions_of(find(offered, name), direction);
  OSSL_PROVIDER_unquery_operation(provider, OSSL_OP_CIPHER, offered);
  if (!functions.complete()) return std::nullopt;
  Context context(functions.make(OSSL_PROVIDER_get0_provider_ctx(provider)), functions.free);
  if (!context || functions.init(context.get(), key.data(), key.size(), nullptr, 0, nullptr) != 1) return std::nullopt;
  return AeadCipher(std::move(cipher), functions, std::move(context));
}

bool AeadCipher::begin(ByteView iv) {
  return functions_.init(context_.get(), nullptr, 0, iv.data(), iv.size(), nullptr) == 1;
}

bool AeadCipher::associate(ByteView bytes) {
  std::size_t written = 0;
  return functions_.update(context_.get(), nullptr, &written, bytes.size(), bytes.data(), bytes.size()) == 1;
}

bool AeadCipher::change(std::span<std::uint8_t> bytes) {
  std::size_t written = 0;
  return functions_.update(context_.get(), bytes.data(), &written, bytes.size(), bytes.data(), bytes.size()) == 1;
}

bool AeadCipher::make_tag(std::span<std::uint8_t> tag) {
  auto made = parameter(tag);
  return finish() && functions_.get(context_.get(), made.data()) == 1;
}

bool AeadCipher::verify(std::span<std::uint8_t> tag) {
  return functions_.set(context_.get(), parameter(tag).data()) == 1 && finish();
}

bool AeadCipher::finish() {
  std::array<std::uint8_t, 16> none{};  // such a cipher keeps nothing back
  std::size_t written = 0;
  return functions_.finish(context_.get(), none.data(), &written, none.size()) == 1;
}

}  // namespace parley::srtp
