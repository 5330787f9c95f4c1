#include "srtp/cryptex.hpp"
#include "srtp/gcm_keys.hpp"
#include "srtp/numbers.hpp"
#include "srtp/sent_tags.hpp"
#include "srtp/session.hpp"
#include "srtp/sha1_keys.hpp"
#include "srtp/streams.hpp"
#include "srtp/transform.hpp"

namespace parley::srtp {
namespace {

constexpr std::uint32_t kEncrypted = 0x80000000;  // the E flag of RFC 3711 section 3.4
using Number = std::array<std::uint8_t, 4>;

Number big_endian(std::uint32_t value) {
  Number bytes{};
  for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return bytes;
}

struct IncomingNumbers {
  IncomingNumbers() = default;
  explicit IncomingNumbers(const Stop& stop) : packets(stop.packet), reports(stop.report) {}
  [[nodiscard]] Stop stop() const {
    return {.report = static_cast<std::uint32_t>(reports.highest() + 1), .packet = packets.highest() + 1};
  }
  ReplayWindow<Session::kReplayWindow> packets;
  ReplayWindow<128> reports;
};

/// One direction.
template <class Keys, class Source>
struct Way {
  static std::optional<Way> create(Profile profile, const MasterKey& master, Direction direction) {
    auto rtp = Keys::derive(profile, master, Kind::Rtp, direction);
    auto rtcp = Keys::derive(profile, master, Kind::Rtcp, direction);
    if (!rtp || !rtcp) return std::nullopt;
    return Way{std::move(*rtp), std::move(*rtcp), {}};
  }
  Keys rtp, rtcp;
  Streams<Source> streams;
};

/// Where the parts of a whole protected packet are.
class Layout {
 public:
  Layout(Profile profile, Kind kind, std::span<std::uint8_t> whole)
      : whole_(whole), header_(*header_length(kind, whole)) {
    const std::size_t number = kind == Kind::Rtp ? 0 : Number{}.size();
    tag_length_ = kind == Kind::Rtp ? sizes(profile).rtp_tag : sizes(profile).rtcp_tag;
    plain_ = whole.size() - tag_length_ - number;
    // RFC 7714 section 9.3 counts the tag to the ciphertext, before the index.
    number_ = is_aead(profile) ? whole.size() - number : plain_;
    tag_ = is_aead(profile) ? plain_ : plain_ + number;
  }

  [[nodiscard]] std::span<std::uint8_t> plain() const { return whole_.first(plain_); }
  /// Of RTCP only.
  [[nodiscard]] std::span<std::uint8_t> number() const { return whole_.subspan(number_, Number{}.size()); }
  [[nodiscard]] Sealing sealing(Kind kind, std::uint64_t index, const Number& number) const {
    const bool split = kind == Kind::Rtp && has_encrypted_headers(whole_);
    const EncryptedHeaders parts =
        split ? split_encrypted_headers(plain())
              : EncryptedHeaders{.readable = {whole_.first(header_)}, .encrypted = {{{}, plain().subspan(header_)}}};
    return {.whole = plain(),
            .readable = parts.readable,
            .encrypted = parts.encrypted,
            .tag = whole_.subspan(tag_, tag_length_),
            .number = number,
            .kind = kind,
            .source = ssrc(kind, whole_),
            .index = index};
  }

 private:
  std::span<std::uint8_t> whole_;
  std::size_t header_, tag_length_{}, plain_{}, number_{}, tag_{};
};

/// RFC 3711 section 3.3.
Sealing media(const Layout& layout, std::uint64_t index) {
  return layout.sealing(Kind::Rtp, index, big_endian(static_cast<std::uint32_t>(index >> 16)));
}
/// RFC 3711 section 3.4: the index travels with the packet.
Sealing report(const Layout& layout, std::uint32_t index) {
  return layout.sealing(Kind::Rtcp, index, big_endian(index | kEncrypted));
}

template <class Keys>
class OpensslTransform final : public Transform {
 public:
  using Outgoing = Way<Keys, OutgoingSource>;
  using Incoming = Way<Keys, IncomingNumbers>;

  OpensslTransform(Profile profile, Outgoing outgoing, Incoming incoming)
      : profile_(profile), outgoing_(std::move(outgoing)), incoming_(std::move(incoming)) {}

  Outcome protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length) override {
    const Ssrc source = ssrc(kind, buffer);
    auto* sent = outgoing_.streams.find(source);
    if (sent == nullptr) {
      if (!outgoing_.streams.takes(source)) return Unexpected(Refusal::TooManyStreams);
      sent = &outgoing_.streams.add(source, begin_or_go_on(outgoing_.streams, source));
    }
    outgoing_.streams.use(*sent);
    if (kind == Kind::Rtcp)
      return protect_rtcp(sent->state.numbers, buffer.first(length + sizes(profile_).rtcp_tag + Number{}.size()));
    const std::size_t size = outgoing_headers_ == Headers::Encrypted ? announce_encrypted(buffer, length) : length;
    return protect_rtp(sent->state, buffer.first(size + sizes(profile_).rtp_tag));
  }
  Outcome unprotect(Kind kind, std::span<std::uint8_t> packet) override {
    if (kind == Kind::Rtp && incoming_headers_ == Headers::Encrypted && has_readable_headers(packet))
      return Unexpected(Refusal::Readable);
    const Ssrc source = ssrc(kind, packet);
    if (auto* const known = incoming_.streams.find(source)) {
      const Outcome outcome = unprotect(known->state, kind, packet);
      if (outcome) incoming_.streams.use(*known);
      return outcome;
    }
    if (!incoming_.streams.takes(source)) return Unexpected(Refusal::TooManyStreams);
    // A source is remembered from its first authentic packet on: only the peer can make us keep something.
    auto numbers = begin_or_go_on(incoming_.streams, source);
    const Outcome outcome = unprotect(numbers, kind, packet);
    if (outcome) incoming_.streams.add(source, numbers);
    return outcome;
  }
  bool forget(Direction direction, Ssrc ssrc) override {
    return direction == Direction::Outgoing ? outgoing_.streams.remove(ssrc) : incoming_.streams.remove(ssrc);
  }
  bool set_headers(Direction direction, Headers headers) override {
    (direction == Direction::Outgoing ? outgoing_headers_ : incoming_headers_) = headers;
    return true;
  }

 private:
  template <class Source>
  static Source begin_or_go_on(Streams<Source>& streams, Ssrc source) {
    const auto stop = streams.stop(source);
    return stop ? Source(*stop) : Source();
  }
  Outcome unprotect(IncomingNumbers& numbers, Kind kind, std::span<std::uint8_t> packet) {
    return kind == Kind::Rtp ? unprotect_rtp(numbers, packet) : unprotect_rtcp(numbers, packet);
  }
  Outcome protect_rtp(OutgoingSource& sent, std::span<std::uint8_t> whole) {
    const auto index = sent.numbers.packet(sequence_number(whole), Session::kReplayWindow);
    if (!index) return Unexpected(index.error());
    const Sealing packet = media(Layout(profile_, Kind::Rtp, whole), *index);
    if (!outgoing_.rtp.seal(packet)) return Unexpected(Refusal::Failed);
    if (!sent.tags.take(*index, packet.tag)) return Unexpected(Refusal::Reused);
    return whole;
  }
  Outcome protect_rtcp(OutgoingNumbers& numbers, std::span<std::uint8_t> whole) {
    const auto index = numbers.report();
    if (!index) return Unexpected(index.error());
    const Layout layout(profile_, Kind::Rtcp, whole);
    const Sealing packet = report(layout, *index);
    copy_bytes(packet.number, layout.number());
    if (!outgoing_.rtcp.seal(packet)) return Unexpected(Refusal::Failed);
    return whole;
  }
  Outcome unprotect_rtp(IncomingNumbers& numbers, std::span<std::uint8_t> whole) {
    const std::uint64_t index = nearest_index(numbers.packets.highest(), sequence_number(whole));
    if (const auto refusal = numbers.packets.check(index)) return Unexpected(*refusal);
    const Layout layout(profile_, Kind::Rtp, whole);
    if (!incoming_.rtp.open(media(layout, index))) return Unexpected(Refusal::Forged);
    numbers.packets.take(index);
    if (has_encrypted_headers(whole)) announce_readable(whole);
    return layout.plain();
  }
  Outcome unprotect_rtcp(IncomingNumbers& numbers, std::span<std::uint8_t> whole) {
    const Layout layout(profile_, Kind::Rtcp, whole);
    const std::uint32_t index = *ByteReader(layout.number()).number<std::uint32_t>() & ~kEncrypted;
    if (const auto refusal = numbers.reports.check(index)) return Unexpected(*refusal);
    if (!incoming_.rtcp.open(report(layout, index))) return Unexpected(Refusal::Forged);
    numbers.reports.take(index);
    return layout.plain();
  }

  Profile profile_;
  Outgoing outgoing_;
  Incoming incoming_;
  Headers outgoing_headers_ = Headers::Readable, incoming_headers_ = Headers::Readable;
};

template <class Keys>
std::unique_ptr<Transform> make(Profile profile, const MasterKey& local, const MasterKey& remote) {
  using Made = OpensslTransform<Keys>;
  auto outgoing = Made::Outgoing::create(profile, local, Direction::Outgoing);
  auto incoming = Made::Incoming::create(profile, remote, Direction::Incoming);
  if (!outgoing || !incoming) return nullptr;
  return std::make_unique<Made>(profile, std::move(*outgoing), std::move(*incoming));
}

}  // namespace

Result<std::unique_ptr<Transform>> make_openssl_transform(Profile profile, const MasterKey& local,
                                                          const MasterKey& remote) {
  auto made = (is_aead(profile) ? make<GcmKeys> : make<Sha1Keys>)(profile, local, remote);
  if (!made) return fail(ErrorKind::OperationError, "SRTP: OpenSSL does not offer what the profile needs");
  return made;
}

}  // namespace parley::srtp
