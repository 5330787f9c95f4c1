#pragma once

#include <memory>

#include "jsep/snapshot.hpp"

namespace parley::api {

/// What connections that are made now can send and receive: the library's own codecs and the program's. Any thread.
std::shared_ptr<const jsep::MediaCapabilities> current_capabilities();

}  // namespace parley::api
