// The floor of a round trip on this machine: two threads, blocking recv, no protocol.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

#include "bench_line.hpp"

namespace {

using parley::bench::print_line;

/// A loopback socket on a free port.
int make_socket() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0 || ::bind(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
    std::perror("bind");
    std::exit(1);
  }
  return socket;
}

void connect_to(int socket, int peer) {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  if (::getsockname(peer, reinterpret_cast<sockaddr*>(&at), &size) != 0 ||
      ::connect(socket, reinterpret_cast<sockaddr*>(&at), size) != 0) {
    std::perror("connect");
    std::exit(1);
  }
}

void exchange(int socket, std::vector<char>& message) {
  if (::send(socket, message.data(), message.size(), 0) < 0 || ::recv(socket, message.data(), message.size(), 0) < 0) {
    std::perror("exchange");
    std::exit(1);
  }
}

void roundtrip(const parley::bench::CommandLine& line) {
  const int near = make_socket();
  const int far = make_socket();
  connect_to(near, far);
  connect_to(far, near);
  std::vector<char> message(line.count("size"), 7);
  std::thread echo([far, size = message.size()] {
    std::vector<char> buffer(size);
    while (::recv(far, buffer.data(), buffer.size(), 0) > 0)
      if (::send(far, buffer.data(), buffer.size(), 0) < 0) return;
  });
  for (std::size_t i = 0; i < line.count("warmup"); ++i) exchange(near, message);
  std::vector<double> micros;
  const std::size_t trips = line.count("trips");
  print_line("mark", "start");
  for (std::size_t i = 0; i < trips; ++i) {
    const auto before = std::chrono::steady_clock::now();
    exchange(near, message);
    micros.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count());
  }
  print_line("mark", "end");
  print_line("result", {{"micros", micros}});
  // An empty datagram is the end.
  [[maybe_unused]] const auto sent = ::send(near, "", 0, 0);
  echo.join();
  ::close(near);
  ::close(far);
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = parley::bench::parse_command_line(argc, argv);
  if (line.measurement != "roundtrip") {
    print_line("result", {{"unsupported", "only roundtrip"}});
    return 0;
  }
  roundtrip(line);
  std::string end;
  std::getline(std::cin, end);
}
