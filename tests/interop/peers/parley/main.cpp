// parley as an interop peer: commands come in as lines of JSON, what happens goes out as lines of JSON.
#include <cstdlib>
#include <iostream>

#include "peer.hpp"

int main() {
  if (std::getenv("PARLEY_INTEROP_DEBUG") != nullptr) parley::set_log_level(parley::LogLevel::Debug);
  const auto loop = parley::EventLoop::shared();
  auto peer = std::make_unique<interop::Peer>();
  loop->run([] { interop::emit("ready", {{"version", "parley"}}); });
  for (std::string line; std::getline(std::cin, line);)
    loop->post([&peer, line] { (void)peer->execute(nlohmann::json::parse(line)); });
  loop->run([&peer] { peer.reset(); });
}
