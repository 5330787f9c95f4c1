#pragma once

#include "srtp/transform.hpp"

namespace parley::srtp::test {

/// The same by libsrtp2: what ours is compared with.
Result<std::unique_ptr<Transform>> make_libsrtp_transform(Profile profile, const MasterKey& local,
                                                          const MasterKey& remote);

}  // namespace parley::srtp::test
