#include <openssl/crypto.h>

#include "srtp/counter_mode.hpp"
#include "srtp/numbers.hpp"
#include "srtp/session.hpp"
#include "srtp/streams.hpp"
#include "srtp/transform.hpp"

namespace parley::srtp {
namespace {

constexpr std::size_t kNumber = 4;  // SRTCP's index; the rollover counter, which is authenticated with a packet of RTP
constexpr std::uint32_t kEncrypted = 0x80000000;
using Number = std::array<std::uint8_t, kNumber>;

Number big_endian(std::uint32_t value) {
  Number bytes{};
  for (unsigned i = 0; i < kNumber; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return bytes;
}
Number rollover_counter(std::uint64_t index) { return big_endian(static_cast<std::uint32_t>(index >> 16)); }
std::uint16_t sequence_number(ByteView rtp) { return *ByteReader(rtp.subspan(2)).number<std::uint16_t>(); }

/// What one master key is turned into for packets of one kind.
class SessionKeys {
 public:
  static std::optional<SessionKeys> derive(const MasterKey& master, Kind kind, std::size_t tag_length) {
    const std::uint8_t label = kind == Kind::Rtp ? 0 : 3;  // encryption, authentication, salt
    std::array<std::uint8_t, 16> encryption{};
    std::array<std::uint8_t, 20> authentication{};
    std::array<std::uint8_t, 14> salt{};
    const bool derived = derive_key(master.bytes(), label, encryption) &&
                         derive_key(master.bytes(), label + 1, authentication) &&
                         derive_key(master.bytes(), label + 2, salt);
    auto cipher = CounterMode::create(encryption);
    auto mac = HmacSha1::create(authentication);
    wipe(encryption);
    wipe(authentication);
    if (!derived || !cipher || !mac) return std::nullopt;
    return SessionKeys(std::move(*cipher), std::move(*mac), salt, tag_length);
  }

  [[nodiscard]] std::size_t tag_length() const { return tag_length_; }
  bool crypt(Kind kind, std::span<std::uint8_t> packet, std::uint64_t index) {
    const std::size_t header = *header_length(kind, packet);
    return cipher_.apply(packet_counter(salt_, ssrc(kind, packet), index), packet.subspan(header));
  }
  /// Writes the tag behind the message.
  bool sign(std::span<std::uint8_t> message_and_tag, ByteView more) {
    const std::size_t length = message_and_tag.size() - tag_length_;
    const auto tag = mac_.compute(message_and_tag.first(length), more);
    if (tag) std::copy_n(tag->begin(), tag_length_, message_and_tag.subspan(length).begin());
    return tag.has_value();
  }
  bool verify(ByteView message_and_tag, ByteView more) {
    const std::size_t length = message_and_tag.size() - tag_length_;
    const auto tag = mac_.compute(message_and_tag.first(length), more);
    return tag && CRYPTO_memcmp(tag->data(), message_and_tag.data() + length, tag_length_) == 0;
  }

 private:
  SessionKeys(CounterMode cipher, HmacSha1 mac, const std::array<std::uint8_t, 14>& salt, std::size_t tag_length)
      : cipher_(std::move(cipher)), mac_(std::move(mac)), salt_(salt), tag_length_(tag_length) {}

  CounterMode cipher_;
  HmacSha1 mac_;
  std::array<std::uint8_t, 14> salt_;
  std::size_t tag_length_;
};

struct IncomingNumbers {
  ReplayWindow<Session::kReplayWindow> packets;
  ReplayWindow<128> reports;
};

template <class State>
struct Way {
  static std::optional<Way> create(Profile profile, const MasterKey& master) {
    auto rtp = SessionKeys::derive(master, Kind::Rtp, sizes(profile).rtp_tag);
    auto rtcp = SessionKeys::derive(master, Kind::Rtcp, sizes(profile).rtcp_tag);
    if (!rtp || !rtcp) return std::nullopt;
    return Way{std::move(*rtp), std::move(*rtcp), {}};
  }
  SessionKeys rtp, rtcp;
  Streams<State> streams;
};

class CounterModeTransform final : public Transform {
 public:
  CounterModeTransform(Way<OutgoingNumbers> outgoing, Way<IncomingNumbers> incoming)
      : outgoing_(std::move(outgoing)), incoming_(std::move(incoming)) {}

  Outcome protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length) override {
    const Ssrc source = ssrc(kind, buffer);
    OutgoingNumbers* numbers = outgoing_.streams.find(source);
    if (numbers == nullptr) {
      if (outgoing_.streams.full()) return Unexpected(Refusal::TooManyStreams);
      numbers = &outgoing_.streams.add(source);
    }
    return kind == Kind::Rtp ? protect_rtp(*numbers, buffer, length) : protect_rtcp(*numbers, buffer, length);
  }
  Outcome unprotect(Kind kind, std::span<std::uint8_t> packet) override {
    const Ssrc source = ssrc(kind, packet);
    IncomingNumbers* const known = incoming_.streams.find(source);
    if (known == nullptr && incoming_.streams.full()) return Unexpected(Refusal::TooManyStreams);
    // A source is remembered from its first authentic packet on: only the peer can make us keep something.
    IncomingNumbers first;
    IncomingNumbers& numbers = known != nullptr ? *known : first;
    const Outcome outcome = kind == Kind::Rtp ? unprotect_rtp(numbers, packet) : unprotect_rtcp(numbers, packet);
    if (outcome && known == nullptr) incoming_.streams.add(source) = first;
    return outcome;
  }
  bool forget(Direction direction, Ssrc ssrc) override {
    return direction == Direction::Outgoing ? outgoing_.streams.remove(ssrc) : incoming_.streams.remove(ssrc);
  }

 private:
  Outcome protect_rtp(OutgoingNumbers& numbers, std::span<std::uint8_t> buffer, std::size_t length);
  Outcome protect_rtcp(OutgoingNumbers& numbers, std::span<std::uint8_t> buffer, std::size_t length);
  Outcome unprotect_rtp(IncomingNumbers& numbers, std::span<std::uint8_t> packet);
  Outcome unprotect_rtcp(IncomingNumbers& numbers, std::span<std::uint8_t> packet);

  Way<OutgoingNumbers> outgoing_;
  Way<IncomingNumbers> incoming_;
};

// RFC 3711 section 3.3.
Outcome CounterModeTransform::protect_rtp(OutgoingNumbers& numbers, std::span<std::uint8_t> buffer,
                                          std::size_t length) {
  SessionKeys& keys = outgoing_.rtp;
  const auto index = numbers.packet(sequence_number(buffer), Session::kReplayWindow);
  if (!index) return Unexpected(index.error());
  const auto whole = buffer.first(length + keys.tag_length());
  if (!keys.crypt(Kind::Rtp, buffer.first(length), *index) || !keys.sign(whole, rollover_counter(*index)))
    return Unexpected(Refusal::Failed);
  return whole;
}

Outcome CounterModeTransform::unprotect_rtp(IncomingNumbers& numbers, std::span<std::uint8_t> packet) {
  SessionKeys& keys = incoming_.rtp;
  const std::uint64_t index = nearest_index(numbers.packets.highest(), sequence_number(packet));
  if (const auto refusal = numbers.packets.check(index)) return Unexpected(*refusal);
  if (!keys.verify(packet, rollover_counter(index))) return Unexpected(Refusal::Forged);
  const auto plain = packet.first(packet.size() - keys.tag_length());
  if (!keys.crypt(Kind::Rtp, plain, index)) return Unexpected(Refusal::Failed);
  numbers.packets.take(index);
  return plain;
}

// RFC 3711 section 3.4: the index travels with the packet and is authenticated as a part of it.
Outcome CounterModeTransform::protect_rtcp(OutgoingNumbers& numbers, std::span<std::uint8_t> buffer,
                                           std::size_t length) {
  SessionKeys& keys = outgoing_.rtcp;
  const auto index = numbers.report();
  if (!index) return Unexpected(index.error());
  std::ranges::copy(big_endian(*index | kEncrypted), buffer.subspan(length).begin());
  const auto whole = buffer.first(length + kNumber + keys.tag_length());
  if (!keys.crypt(Kind::Rtcp, buffer.first(length), *index) || !keys.sign(whole, {}))
    return Unexpected(Refusal::Failed);
  return whole;
}

Outcome CounterModeTransform::unprotect_rtcp(IncomingNumbers& numbers, std::span<std::uint8_t> packet) {
  SessionKeys& keys = incoming_.rtcp;
  const auto plain = packet.first(packet.size() - keys.tag_length() - kNumber);
  const auto number = *ByteReader(packet.subspan(plain.size())).number<std::uint32_t>();
  const std::uint32_t index = number & ~kEncrypted;
  if (const auto refusal = numbers.reports.check(index)) return Unexpected(*refusal);
  if (!keys.verify(packet, {})) return Unexpected(Refusal::Forged);
  if (!keys.crypt(Kind::Rtcp, plain, index)) return Unexpected(Refusal::Failed);
  numbers.reports.take(index);
  return plain;
}

}  // namespace

Result<std::unique_ptr<Transform>> make_counter_mode_transform(Profile profile, const MasterKey& local,
                                                               const MasterKey& remote) {
  auto outgoing = Way<OutgoingNumbers>::create(profile, local);
  auto incoming = Way<IncomingNumbers>::create(profile, remote);
  if (!outgoing || !incoming) return fail(ErrorKind::OperationError, "SRTP: OpenSSL has no AES or no HMAC-SHA1");
  return std::unique_ptr<Transform>(std::make_unique<CounterModeTransform>(std::move(*outgoing), std::move(*incoming)));
}

}  // namespace parley::srtp
