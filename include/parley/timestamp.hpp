#pragma once

namespace parley {

/// A moment in milliseconds since 1970, with a fraction: what `performance.timeOrigin + performance.now()` is in a
/// browser.
using DOMHighResTimeStamp = double;

}  // namespace parley
