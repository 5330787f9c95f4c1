#include "srtp/profile.hpp"

namespace parley::srtp {
namespace {

MasterKey joined(ByteView key, ByteView salt) {
  Bytes both(key.size() + salt.size());
  std::copy(salt.begin(), salt.end(), std::copy(key.begin(), key.end(), both.begin()));
  return MasterKey(std::move(both));
}

}  // namespace

Result<Keys> split_keys(Profile profile, ByteView exported) {
  const auto [key, salt, rtp_tag, rtcp_tag] = sizes(profile);
  if (exported.empty() || exported.size() != exported_length(profile))
    return fail(ErrorKind::OperationError, "SRTP: keying material of the wrong length");
  const ByteView salts = exported.subspan(2 * key);
  return Keys{.client = joined(exported.first(key), salts.first(salt)),
              .server = joined(exported.subspan(key, key), salts.subspan(salt))};
}

}  // namespace parley::srtp
