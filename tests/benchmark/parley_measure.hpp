#pragma once

#include <vector>

#include "bench_line.hpp"
#include "parley_pair.hpp"

namespace parley::bench {

/// The ends of a channel that are in this process.
struct Ends {
  Channel sender{};
  Channel receiver{};
};

RTCDataChannelInit channel_init(bool reliable);

/// Options: size, warmup, seconds. The sender keeps between 512 KiB and 1 MiB buffered, the receiver counts.
void flow(const CommandLine& line, const Ends& ends);
/// Options: size, warmup, trips.
void roundtrip(const CommandLine& line, const Ends& ends);
/// Options: pairs, together, warmup, deadline.
void setup(const CommandLine& line);
/// Options: pairs, deadline. Returns what has to be kept to stay connected.
std::shared_ptr<void> idle(const CommandLine& line);

}  // namespace parley::bench
