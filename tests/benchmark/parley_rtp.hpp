#pragma once

#include "bench_line.hpp"

namespace parley::bench {

/// Packets of one video track from one end to the other, both in this process, without congestion control: what the
/// path through the library can carry. Options: size (of a packet), window (how many are on their way at most), warmup,
/// seconds; rate (packets per second) instead of window.
void rtp(const CommandLine& line);

}  // namespace parley::bench
