#pragma once

#include "bench_line.hpp"

namespace parley::bench {

/// One video track to many receivers, whose connections live in a process of their own: what forwarding costs the
/// sender, all of whose connections are on one loop. Options: receivers, rate (kbit/s), size (of a packet), fast,
/// feedback (0: without congestion control), warmup, seconds. To be called while the process has one thread.
void fanout(const CommandLine& line);

}  // namespace parley::bench
