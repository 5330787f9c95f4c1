#include "support/libsrtp_transform.hpp"

#include <srtp2/srtp.h>

#include <bit>

#include "srtp/session.hpp"
#include "srtp/streams.hpp"

namespace parley::srtp::test {
namespace {

struct Free {
  void operator()(srtp_t context) const { srtp_dealloc(context); }
};
using Context = std::unique_ptr<srtp_ctx_t, Free>;

/// Once in a process: a second srtp_init is refused.
bool started() {
  static const bool done = srtp_init() == srtp_err_status_ok;
  return done;
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

struct Way {
  using Call = srtp_err_status_t(srtp_t, void*, int*);

  /// In place; `length` bytes before, the result's after.
  Outcome run(Call* call, Ssrc ssrc, std::span<std::uint8_t> buffer, std::size_t length) {
    const bool known = streams.find(ssrc) != nullptr;
    if (!known && streams.full()) return Unexpected(Refusal::TooManyStreams);
    int size = static_cast<int>(length);
    const auto status = call(context.get(), buffer.data(), &size);
    if (status != srtp_err_status_ok) return Unexpected(refusal(status));
    if (!known) streams.add(ssrc);
    return buffer.first(static_cast<std::size_t>(size));
  }
  bool forget(Ssrc ssrc) {
    const auto id = ssrc.get();
    const std::uint32_t swapped = id << 24 | (id & 0xff00) << 8 | (id >> 8 & 0xff00) | id >> 24;
    // In network byte order, unlike the library's other functions.
    srtp_remove_stream(context.get(), std::endian::native == std::endian::little ? swapped : id);
    return streams.remove(ssrc);
  }

  Context context;
  Streams<std::monostate> streams{};
};

class LibsrtpTransform final : public Transform {
 public:
  LibsrtpTransform(Context outgoing, Context incoming)
      : outgoing_{std::move(outgoing)}, incoming_{std::move(incoming)} {}

  Outcome protect(Kind kind, std::span<std::uint8_t> buffer, std::size_t length) override {
    return outgoing_.run(kind == Kind::Rtp ? srtp_protect : srtp_protect_rtcp, ssrc(kind, buffer), buffer, length);
  }
  Outcome unprotect(Kind kind, std::span<std::uint8_t> packet) override {
    return incoming_.run(kind == Kind::Rtp ? srtp_unprotect : srtp_unprotect_rtcp, ssrc(kind, packet), packet,
                         packet.size());
  }
  bool forget(Direction direction, Ssrc ssrc) override {
    return (direction == Direction::Outgoing ? outgoing_ : incoming_).forget(ssrc);
  }

 private:
  Way outgoing_, incoming_;
};

}  // namespace

Result<std::unique_ptr<Transform>> make_libsrtp_transform(Profile profile, const MasterKey& local,
                                                          const MasterKey& remote) {
  if (!started()) return fail(ErrorKind::OperationError, "SRTP: libsrtp2 does not start");
  Context outgoing = make_context(profile, ssrc_any_outbound, local);
  Context incoming = make_context(profile, ssrc_any_inbound, remote);
  if (!outgoing || !incoming) return fail(ErrorKind::OperationError, "SRTP: libsrtp2 does not take the keys");
  return std::unique_ptr<Transform>(std::make_unique<LibsrtpTransform>(std::move(outgoing), std::move(incoming)));
}

}  // namespace parley::srtp::test
