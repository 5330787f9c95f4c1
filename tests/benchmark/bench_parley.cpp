// The measurements of README.md with parley.
#include <iostream>
#include <string>
#include <thread>

#include "bench_line.hpp"
#include "parley_fanout.hpp"
#include "parley_measure.hpp"
#include "parley_rtp.hpp"

namespace {

using namespace parley::bench;

/// What the other process says, until standard input ends.
void read_signals(const EndPtr& end) {
  for (std::string text; std::getline(std::cin, text);) {
    const auto message = nlohmann::json::parse(text);
    take(end, signal_from_json(message["signal"])).then([] {}, [](const std::exception_ptr&) {});
  }
}

void wait_for_end_of_input() {
  for (std::string text; std::getline(std::cin, text);) {
  }
}

/// Measurements between two ends: both here, or one here and one behind standard input and output.
void measure_channel(const CommandLine& line, void (*measure)(const CommandLine&, const Ends&)) {
  const Rig rig(line);
  const parley::RTCDataChannelInit init = channel_init(line.number_or("reliable", 1) != 0);
  if (line.mode == "local") {
    const Pair pair = connect_pair(rig, init).get();
    measure(line, {pair.sender, pair.receiver});
    wait_for_end_of_input();
    return;
  }
  const EndPtr end = make_end(rig.offerer, [](const Signal& signal) { print_line("signal", to_json(signal)); });
  std::thread reader(read_signals, end);
  if (line.mode == "offer") {
    const auto channel = opened(end->connection.createDataChannel("bench", init));
    offer(end).get();
    measure(line, {.sender = channel.get()});
  } else {
    measure(line, {.receiver = incoming(end).get()});
  }
  reader.join();
}

}  // namespace

int main(int argc, char** argv) try {
  const CommandLine line = parse_command_line(argc, argv);
  if (line.measurement == "flow") {
    measure_channel(line, flow);
  } else if (line.measurement == "roundtrip") {
    measure_channel(line, roundtrip);
  } else if (line.measurement == "setup") {
    setup(line);
    wait_for_end_of_input();
  } else if (line.measurement == "idle") {
    const auto kept = idle(line);
    wait_for_end_of_input();
  } else if (line.measurement == "fanout") {
    fanout(line);
  } else if (line.measurement == "rtp") {
    rtp(line);
    wait_for_end_of_input();
  } else {
    print_line("result", {{"unsupported", line.measurement}});
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
