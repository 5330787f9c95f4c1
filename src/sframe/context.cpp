#include "sframe/context.hpp"

#include <algorithm>
#include <utility>

#include "base/wipe.hpp"
#include "sframe/cipher.hpp"
#include "sframe/header.hpp"
#include "sframe/key_derivation.hpp"

namespace parley::sframe {

struct Context::Key {
  std::uint64_t id = 0;
  Cipher cipher;
  Nonce salt{};
};

namespace {

/// Section 4.4.3: the counter as a number of as many bytes.
Nonce nonce(const Nonce& salt, std::uint64_t counter) {
  Nonce nonce = salt;
  for (std::size_t i = 0; i < 8; ++i) nonce[kNonce - 1 - i] ^= static_cast<std::uint8_t>(counter >> (8 * i));
  return nonce;
}

Bytes joined(ByteView header, ByteView metadata) {
  Bytes both(header.begin(), header.end());
  both.insert(both.end(), metadata.begin(), metadata.end());
  return both;
}

}  // namespace

Context::Context(CipherSuite suite) : suite_(suite) {}
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;
Context::~Context() = default;

bool Context::set_key(std::uint64_t key_id, ByteView base_key) {
  auto derived = derive(suite_, key_id, base_key);
  if (!derived) return false;
  auto cipher = Cipher::create(suite_, derived->key);
  wipe(derived->key);
  if (!cipher) return false;
  std::erase_if(keys_, [key_id](const auto& key) { return key->id == key_id; });
  if (keys_.size() == kMostKeys) keys_.erase(keys_.begin());
  keys_.push_back(std::make_unique<Key>(Key{key_id, std::move(*cipher), derived->salt}));
  return true;
}

std::optional<Bytes> Context::encrypt(ByteView metadata, ByteView plain) {
  if (keys_.empty() || next_counter_ == UINT64_MAX) return std::nullopt;
  Key& key = *keys_.back();
  const std::uint64_t counter = next_counter_++;
  Bytes out;
  out.reserve(17 + plain.size() + key.cipher.tag_size());
  append(out, {key.id, counter});
  const Bytes associated = joined(out, metadata);
  const std::size_t header = out.size();
  out.insert(out.end(), plain.begin(), plain.end());
  out.resize(out.size() + key.cipher.tag_size());
  const auto body = std::span(out).subspan(header, plain.size());
  const auto tag = std::span(out).subspan(header + plain.size());
  return key.cipher.seal(nonce(key.salt, counter), associated, body, tag) ? std::optional(std::move(out))
                                                                          : std::nullopt;
}

std::variant<Bytes, Failure> Context::decrypt(ByteView metadata, ByteView ciphertext) {
  ByteReader reader(ciphertext);
  const auto header = read_header(reader);
  if (!header || reader.remaining() < primitives(suite_).tag) return Failure{Failure::Kind::Syntax};
  Key* const key = find(header->key_id);
  if (key == nullptr) return Failure{Failure::Kind::UnknownKey, header->key_id};
  const ByteView bytes_of_header = ciphertext.first(ciphertext.size() - reader.remaining());
  const ByteView sealed = ciphertext.subspan(bytes_of_header.size());
  const std::size_t size = sealed.size() - key->cipher.tag_size();
  Bytes body(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size));
  if (!key->cipher.open(nonce(key->salt, header->counter), joined(bytes_of_header, metadata), body,
                        sealed.subspan(size))) {
    wipe(body);  // AES-GCM has decrypted it before it knows
    return Failure{Failure::Kind::Authentication, header->key_id};
  }
  return body;
}

Context::Key* Context::find(std::uint64_t id) const {
  const auto found = std::ranges::find_if(keys_, [id](const auto& key) { return key->id == id; });
  return found == keys_.end() ? nullptr : found->get();
}

}  // namespace parley::sframe
