#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "sframe/cipher_suite.hpp"

/// SFrame (RFC 9605): frames encrypted end to end, whatever carries them.
namespace parley::sframe {

/// Why a ciphertext was not decrypted.
struct Failure {
  enum class Kind { Syntax, UnknownKey, Authentication };
  Kind kind = Kind::Syntax;
  std::uint64_t key_id = 0;  // that it names
};

/// The keys of one sender, or those by which a receiver reads it. Whether a ciphertext came before is not looked at:
/// RFC 9605 section 9.3 leaves that to what carries it, which is SRTP here.
class Context {
 public:
  /// The keys set last that are kept: of so many epochs nobody sends any more.
  static constexpr std::size_t kMostKeys = 256;

  explicit Context(CipherSuite suite);
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;
  ~Context();

  /// From now on `base_key` is the key of that id, and the one that encrypts. False, and nothing has changed, if it is
  /// no key.
  bool set_key(std::uint64_t key_id, ByteView base_key);
  /// Header, encrypted bytes and tag. `metadata` is authenticated with them and not part of them. nullopt without a
  /// key.
  std::optional<Bytes> encrypt(ByteView metadata, ByteView plain);
  std::variant<Bytes, Failure> decrypt(ByteView metadata, ByteView ciphertext);

 private:
  struct Key;
  [[nodiscard]] Key* find(std::uint64_t id) const;

  CipherSuite suite_;
  std::vector<std::unique_ptr<Key>> keys_;  // the latest is the last
  /// Of all keys together: a key that is set again, the same or under another id, never meets a counter twice.
  std::uint64_t next_counter_ = 0;
};

}  // namespace parley::sframe
