#pragma once

#include "parley/errors.hpp"

namespace parley::av {

/// Why a file is not played or written any further.
struct FileErrorEvent {
  /// Its type says what kind of error it is.
  DOMException error;
};

}  // namespace parley::av
