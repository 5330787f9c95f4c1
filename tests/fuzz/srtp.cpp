// The first byte chooses the profile, whether header extensions are encrypted, and what the rest is: packets as they
// arrive, or a packet to protect, which is then read as it is and damaged. Fails if a packet comes through that the
// peer has not sent, or one does not that it has.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "srtp/session.hpp"

namespace {

using namespace parley;
using namespace parley::srtp;

constexpr Profile kProfiles[] = {Profile::Aes128CmSha1_80, Profile::Aes128CmSha1_32, Profile::AeadAes128Gcm,
                                 Profile::AeadAes256Gcm};

void require(bool condition) {
  if (!condition) std::abort();
}

Session session(Profile profile) {
  const MasterKey key(Bytes(sizes(profile).key + sizes(profile).salt, 7));
  return Session::create(profile, key, key).value();
}

Outcome unprotect(Session& session, Kind kind, std::span<std::uint8_t> packet) {
  return kind == Kind::Rtp ? session.unprotect_rtp(packet) : session.unprotect_rtcp(packet);
}

/// Two bytes of length and so many of a packet, and so on. In a buffer of just that size, whose end the sanitizer sees.
void receive(Session& session, Kind kind, ByteReader input) {
  while (const auto length = input.number<std::uint16_t>()) {
    const auto bytes = input.take(std::min<std::size_t>(*length, input.remaining()));
    Bytes packet(bytes->begin(), bytes->end());
    packet.shrink_to_fit();
    require(!unprotect(session, kind, packet));
  }
}

/// Contributing sources alone come back with an empty block of extensions (RFC 9335 section 5.1).
Bytes as_read(ByteView plain, Headers headers) {
  Bytes read(plain.begin(), plain.end());
  if (headers == Headers::Readable || (read[0] & 0x10) != 0 || (read[0] & 0x0f) == 0) return read;
  constexpr std::array<std::uint8_t, 4> kEmpty{0xbe, 0xde, 0, 0};
  read.insert(read.begin() + 12 + 4 * (read[0] & 0x0f), kEmpty.begin(), kEmpty.end());
  read[0] |= 0x10;
  return read;
}

/// Two bytes that say where to damage, one how, and the packet.
void exchange(Session& session, Kind kind, Headers headers, ByteReader input) {
  const auto place = input.number<std::uint16_t>();
  const auto change = input.number<std::uint8_t>();
  const auto plain = input.take(input.remaining());
  if (!change) return;
  Bytes buffer(plain->begin(), plain->end());
  buffer.resize(plain->size() + Session::kMaxTrailer);
  const Outcome sealed =
      kind == Kind::Rtp ? session.protect_rtp(buffer, plain->size()) : session.protect_rtcp(buffer, plain->size());
  const bool is_packet = header_length(kind, *plain).has_value();
  require(sealed.has_value() == (is_packet && (kind == Kind::Rtcp || !has_encrypted_headers(*plain))));
  if (!sealed) return;
  Bytes damaged(sealed->begin(), sealed->end());
  damaged[*place % damaged.size()] ^= *change;
  if (*change != 0) require(!unprotect(session, kind, damaged));
  Bytes whole(sealed->begin(), sealed->end());
  Bytes again = whole;
  const Outcome back = unprotect(session, kind, whole);
  require(back && std::ranges::equal(
                      *back, kind == Kind::Rtp ? as_read(*plain, headers) : Bytes(plain->begin(), plain->end())));
  require(!unprotect(session, kind, again));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Session one = session(kProfiles[data[0] % 4]);
  const Kind kind = (data[0] & 4) != 0 ? Kind::Rtcp : Kind::Rtp;
  const ByteReader input(ByteView(data, size).subspan(1));
  if ((data[0] & 8) != 0) {
    receive(one, kind, input);
  } else {
    const Headers headers = (data[0] & 16) != 0 ? Headers::Encrypted : Headers::Readable;
    require(one.set_headers(Direction::Outgoing, headers));
    exchange(one, kind, headers, input);
  }
  return 0;
}
