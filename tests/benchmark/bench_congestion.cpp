// Plays what the tests of congestion control play and writes what happened as CSV: bench_congestion [scenario…]
// In virtual time, so the numbers are the same on every machine. plot_congestion.py draws them.
#include <cstdio>
#include <string_view>

#include "unit/media/scenarios.hpp"

namespace {

using namespace parley;
using namespace parley::media::test;

bool is_wanted(const Scenario& scenario, int count, char** names) {
  for (int i = 1; i < count; ++i)
    if (scenario.name == names[i]) return true;
  return count < 2;
}

void print(const Scenario& scenario) {
  const auto flows = play(scenario);
  for (std::size_t flow = 0; flow < flows.size(); ++flow)
    for (const Sample& one : flows[flow])
      std::printf("%.*s,\"%.*s\",%zu,%.3f,%.0f,%.0f,%.1f,%zu,%zu,%zu\n", static_cast<int>(scenario.name.size()),
                  scenario.name.data(), static_cast<int>(scenario.title.size()), scenario.title.data(), flow,
                  cc::seconds(one.at), one.target, one.capacity, cc::seconds(one.queueing) * 1000, one.sent, one.lost,
                  one.greedy);
}

}  // namespace

int main(int count, char** names) {
  std::puts("scenario,title,flow,seconds,target,capacity,queueing_ms,sent,lost,greedy_bytes");
  bool any = false;
  for (const Scenario* scenario : kScenarios)
    if (is_wanted(*scenario, count, names)) {
      print(*scenario);
      any = true;
    }
  if (any) return 0;
  std::fputs("there is no such scenario; there are:", stderr);
  for (const Scenario* scenario : kScenarios)
    std::fprintf(stderr, " %.*s", static_cast<int>(scenario->name.size()), scenario->name.data());
  std::fputs("\n", stderr);
  return 1;
}
