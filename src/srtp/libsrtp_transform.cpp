#include <srtp2/srtp.h>

#include <bit>

#include "srtp/sent_tags.hpp"
#include "srtp/session.hpp"
#include "srtp/streams.hpp"
#include "srtp/transform.hpp"

namespace parley::srtp {
namespace {

struct Free {
  void operator()(srtp_t context) const { srtp_dealloc(context); }
};
using Context = std::unique_ptr<srtp_ctx_t, Free>;

/// Once in a process, and never srtp_shutdown: the program may use the library, too. If it was first, the answer is
/// bad_param.
bool started() {
  static const srtp_err_status_t status = srtp_init();
  return status == srtp_err_status_ok || status == srtp_err_status_bad_param;
}

Context make_context(Profile profile, srtp_ssrc_type_t ssrcs, const MasterKey& key) {
  srtp_policy_t policy{};
  const auto number = static_cast<srtp_profile_t>(profile);
  if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, number) != srtp_err_status_ok ||
      srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, number) != srtp_err_status_ok)
    return nullptr;
  policy.ssrc.type = ssrcs;
  policy.key = const_cast<unsigned char*>(key.bytes().data());  // is only read
  policy.window_size = Session::kReplayWindow;
  policy.allow_repeat_tx = 1;
  srtp_t context = nullptr;
  return srtp_create(&context, &policy) == srtp_err_status_ok ? Context(context) : nullptr;
}

Refusal refusal(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:
      return Refusal::Forged;
    case srtp_err_status_replay_fail:
      return Refusal::Replayed;
    case srtp_err_status_replay_old:
      return Refusal::TooOld;
    case srtp_err_status_key_expired:
      return Refusal::Exhausted;
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
      return Refusal::Malformed;
    default:
      return Refusal::Failed;
  }
}

/// The library knows the rest.
struct IncomingSource {
  [[nodiscard]] static Stop stop() { return {}; }
};

/// One direction. The library makes a stream for an SSRC at its first packet, and for a received one after it has
/// authenticated it: only the peer can make it keep something, and `streams` is the limit for that. The library cannot
/// go on where a source has stopped, so one that has made room for another is refused from then on.
template <class Source>
struct Flow {
  using Call = srtp_err_status_t(srtp_t, void*, int*);

  /// In place; `length` bytes before, the result's after.
  Outcome run(Call* call, Ssrc ssrc, std::span<std::uint8_t> buffer, std::size_t length) {
    auto* const known = streams.find(ssrc);
    if (known == nullptr && (!streams.takes(ssrc) || streams.stop(ssrc))) return Unexpected(Refusal::TooManyStreams);
    int size = static_cast<int>(length);
    const auto status = call(context.get(), buffer.data(), &size);
    if (status != srtp_err_status_ok) return Unexpected(refusal(status));
    if (known != nullptr) {
      streams.use(*known);
    } else {
      if (const auto silent = streams.next_to_go()) remove(*silent);
      streams.add(ssrc);
    }
    return buffer.first(static_cast<std::size_t>(size));
  }
  bool forget(Ssrc ssrc) {
    remove(ssrc);
    return streams.remove(ssrc);
  }
  void remove(Ssrc ssrc) {
    const auto id = ssrc.get();
    const std::uint32_t swapped = id << 24 | (id & 0xff00) << 8 | (id >> 8 & 0xff00) | id >> 24;
    // In network byte order, unlike the library's other functions.
    srtp_remove_stream(context.get(), std::endian::native == std::endian::little ? swapped : id);
  }

  Context context;
  Streams<Source> streams{};
};

class LibsrtpTransform final : public Transform {
 public:
  LibsrtpTransform(Profile profile, Context outgoing, Context incoming)
      : profile_(profile), outgoing_{std::move(outgoing)}, incoming_{std::move(incoming)} {}

  Outcome protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length) override {
    const Ssrc source = ssrc(kind, buffer);
    const Outcome sealed = outgoing_.run(kind == Kind::Rtp ? srtp_protect : srtp_protect_rtcp, source, buffer, length);
    return sealed && kind == Kind::Rtp ? checked(outgoing_.streams.find(source)->state, *sealed) : sealed;
  }
  Outcome unprotect(Kind kind, std::span<std::uint8_t> packet) override {
    return incoming_.run(kind == Kind::Rtp ? srtp_unprotect : srtp_unprotect_rtcp, ssrc(kind, packet), packet,
                         packet.size());
  }
  bool forget(Direction direction, Ssrc ssrc) override {
    return direction == Direction::Outgoing ? outgoing_.forget(ssrc) : incoming_.forget(ssrc);
  }
  bool set_headers(Direction /*direction*/, Headers headers) override { return headers == Headers::Readable; }

 private:
  /// The library lets a number be used again, whatever the packet is.
  [[nodiscard]] Outcome checked(OutgoingSource& sent, std::span<std::uint8_t> sealed) const {
    const auto index = sent.numbers.packet(sequence_number(sealed), Session::kReplayWindow);
    if (!index) return Unexpected(index.error());
    if (!sent.tags.take(*index, sealed.last(sizes(profile_).rtp_tag))) return Unexpected(Refusal::Reused);
    return sealed;
  }

  Profile profile_;
  Flow<OutgoingSource> outgoing_;
  Flow<IncomingSource> incoming_;
};

}  // namespace

Result<std::unique_ptr<Transform>> make_libsrtp_transform(Profile profile, const MasterKey& local,
                                                          const MasterKey& remote) {
  if (!started()) return fail(ErrorKind::OperationError, "SRTP: libsrtp2 does not start");
  Context outgoing = make_context(profile, ssrc_any_outbound, local);
  Context incoming = make_context(profile, ssrc_any_inbound, remote);
  if (!outgoing || !incoming) return fail(ErrorKind::OperationError, "SRTP: libsrtp2 does not take the keys");
  return std::unique_ptr<Transform>(
      std::make_unique<LibsrtpTransform>(profile, std::move(outgoing), std::move(incoming)));
}

}  // namespace parley::srtp
