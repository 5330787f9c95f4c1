// A link with delay, loss and a rate limit between two UDP programs; link_options_help() is its manual.
#include <sched.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "support/link_options.hpp"

namespace {

using namespace parley::test;

std::string to_json(const LinkCounters& counters) {
  std::ostringstream out;
  out << R"({"received":)" << counters.received << R"(,"delivered":)" << counters.delivered << R"(,"lost":)"
      << counters.lost << R"(,"overflowed":)" << counters.overflowed << R"(,"duplicated":)" << counters.duplicated
      << '}';
  return std::move(out).str();
}

std::string answer(LinkEmulator& link, const std::string& line) {
  const std::string command = line.substr(0, line.find(' '));
  if (command == "counters") {
    const auto counters = link.counters();
    return R"({"a_to_b":)" + to_json(counters.a_to_b) + R"(,"b_to_a":)" + to_json(counters.b_to_a) +
           R"(,"kernel_drops":)" + std::to_string(counters.kernel_drops) + '}';
  }
  const auto at = Endpoint::parse(line.substr(std::min(command.size() + 1, line.size())));
  if (!at || (command != "a" && command != "b")) return R"({"error":"command not understood"})";
  command == "a" ? link.set_a(*at) : link.set_b(*at);
  return R"({"ok":true})";
}

/// A link is punctual however busy the machine is. Without the right to ask for it, it is as punctual as any program.
void ask_for_real_time() {
  const sched_param lowest{.sched_priority = 1};
  ::sched_setscheduler(0, SCHED_RR, &lowest);
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_link_options({argv + 1, static_cast<std::size_t>(argc - 1)});
  if (!options) {
    std::cerr << options.error().message << '\n' << link_options_help();
    return 2;
  }
  ask_for_real_time();
  auto link = LinkEmulator::start(options->config);
  if (!link) {
    std::cerr << link.error().message << '\n';
    return 1;
  }
  if (options->to) (*link)->set_b(*options->to);
  std::cout << R"({"a":")" << (*link)->face_to_a().to_string() << R"(","b":")" << (*link)->face_to_b().to_string()
            << "\"}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(**link, line) << std::endl;
}
