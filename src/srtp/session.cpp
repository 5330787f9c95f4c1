#include "srtp/session.hpp"

#include <srtp2/srtp.h>

#include <algorithm>
#include <mutex>

namespace parley::srtp {
namespace {

struct Lengths {
  std::size_t key, salt;
};
Lengths lengths(Profile profile) {
  switch (profile) {
    case Profile::AeadAes128Gcm:
      return {16, 12};
    case Profile::AeadAes256Gcm:
      return {32, 12};
    case Profile::Aes128CmSha1_80:
    case Profile::Aes128CmSha1_32:
      break;
  }
  return {16, 14};
}

/// Once in a process; libsrtp refuses a second time. Never undone, since sessions may outlive everything else.
bool initialize() {
  static std::once_flag once;
  static bool good = false;
  std::call_once(once, [] { good = srtp_init() == srtp_err_status_ok; });
  return good;
}

constexpr std::size_t kMostKeying = 46;
using Keying = std::array<std::uint8_t, kMostKeying>;

void wipe(Keying& keying) {
  std::fill_n(static_cast<volatile std::uint8_t*>(keying.data()), keying.size(), std::uint8_t{0});
}

srtp_t make_context(Profile profile, srtp_ssrc_type_t which, Keying& keying) {
  srtp_policy_t policy{};
  const auto number = static_cast<srtp_profile_t>(profile);
  if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, number) != srtp_err_status_ok ||
      srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, number) != srtp_err_status_ok)
    return nullptr;
  policy.ssrc.type = which;
  policy.key = keying.data();
  policy.window_size = Session::kWindow;
  policy.allow_repeat_tx = 1;
  srtp_t context = nullptr;
  return srtp_create(&context, &policy) == srtp_err_status_ok ? context : nullptr;
}

}  // namespace

struct Session::Contexts {
  srtp_t outbound = nullptr, inbound = nullptr;
  ~Contexts() {
    if (outbound != nullptr) srtp_dealloc(outbound);
    if (inbound != nullptr) srtp_dealloc(inbound);
  }
};

std::size_t exported_length(Profile profile) { return 2 * (lengths(profile).key + lengths(profile).salt); }

Result<std::unique_ptr<Session>> Session::create(Profile profile, Role role, ByteView exported) {
  if (!initialize() || exported.size() != exported_length(profile))
    return fail(ErrorKind::OperationError, "SRTP cannot be set up");
  // RFC 5764 section 4.2: client key, server key, client salt, server salt.
  const auto [key, salt] = lengths(profile);
  const auto keying_of = [&, key = key, salt = salt](Role whose) {
    const std::size_t index = whose == Role::Client ? 0 : 1;
    Keying keying{};
    const auto end = std::ranges::copy(exported.subspan(index * key, key), keying.begin()).out;
    std::ranges::copy(exported.subspan(2 * key + index * salt, salt), end);
    return keying;
  };
  Keying ours = keying_of(role), theirs = keying_of(role == Role::Client ? Role::Server : Role::Client);
  auto contexts = std::make_unique<Contexts>();
  contexts->outbound = make_context(profile, ssrc_any_outbound, ours);
  contexts->inbound = make_context(profile, ssrc_any_inbound, theirs);
  wipe(ours);
  wipe(theirs);
  if (contexts->outbound == nullptr || contexts->inbound == nullptr)
    return fail(ErrorKind::OperationError, "SRTP cannot be set up");
  return std::unique_ptr<Session>(new Session(std::move(contexts)));
}

Session::Session(std::unique_ptr<Contexts> contexts) : contexts_(std::move(contexts)) {}
Session::~Session() = default;

std::optional<std::size_t> Session::protect_rtp(std::span<std::uint8_t> buffer, std::size_t size) {
  int length = static_cast<int>(size);
  if (size + kMostAdded > buffer.size() ||
      srtp_protect(contexts_->outbound, buffer.data(), &length) != srtp_err_status_ok)
    return std::nullopt;
  return static_cast<std::size_t>(length);
}

std::optional<std::size_t> Session::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size) {
  int length = static_cast<int>(size);
  if (size + kMostAdded > buffer.size() ||
      srtp_protect_rtcp(contexts_->outbound, buffer.data(), &length) != srtp_err_status_ok)
    return std::nullopt;
  return static_cast<std::size_t>(length);
}

std::optional<std::size_t> Session::judge(int status, int size) {
  switch (status) {
    case srtp_err_status_ok:
      return static_cast<std::size_t>(size);
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
      ++refused_.replayed;
      break;
    case srtp_err_status_auth_fail:
      ++refused_.authentication;
      break;
    default:
      ++refused_.other;
      break;
  }
  return std::nullopt;
}

std::optional<std::size_t> Session::unprotect_rtp(std::span<std::uint8_t> packet) {
  int length = static_cast<int>(packet.size());
  const int status = srtp_unprotect(contexts_->inbound, packet.data(), &length);
  return judge(status, length);
}

std::optional<std::size_t> Session::unprotect_rtcp(std::span<std::uint8_t> packet) {
  int length = static_cast<int>(packet.size());
  const int status = srtp_unprotect_rtcp(contexts_->inbound, packet.data(), &length);
  return judge(status, length);
}

}  // namespace parley::srtp
