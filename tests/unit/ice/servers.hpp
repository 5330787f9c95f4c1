#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <vector>

#include "ice/address.hpp"
#include "ice/agent.hpp"
#include "unit/ice/peer.hpp"

namespace parley::ice::testing {

/// A socket on 127.0.0.1 with a port of the system's choice.
class LoopbackSocket {
 public:
  explicit LoopbackSocket(int type) : fd_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    const SocketAddress any = *SocketAddress::parse("127.0.0.1", 0);
    bind(fd_, any.data(), any.size());
    if (type == SOCK_STREAM) listen(fd_, 16);
  }
  ~LoopbackSocket() { close(fd_); }
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint16_t port() const { return local_address(fd_).port(); }

 private:
  int fd_;
};

/// A port that was free a moment ago.
inline std::uint16_t free_port(int type) { return LoopbackSocket(type).port(); }

/// Answers every STUN request on a port of 127.0.0.1 as a server beyond a NAT would: with another address.
class FarStunServer {
 public:
  explicit FarStunServer(LoopPtr loop) : loop_(std::move(loop)), socket_(SOCK_DGRAM) {
    loop_->run([this] { watch_ = loop_->reactor().watch(socket_.fd(), POLLIN, [this](short) { answer(); }); });
  }
  ~FarStunServer() {
    loop_->run([this] { watch_.stop(); });
  }
  FarStunServer(const FarStunServer&) = delete;
  FarStunServer& operator=(const FarStunServer&) = delete;
  [[nodiscard]] std::string url() const { return "stun:127.0.0.1:" + std::to_string(socket_.port()); }
  std::atomic<int> requests{0}, indications{0};

 private:
  void answer() {
    std::uint8_t bytes[1500];
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    auto* to = reinterpret_cast<sockaddr*>(&from);
    const auto length = recvfrom(socket_.fd(), bytes, sizeof bytes, MSG_DONTWAIT, to, &size);
    if (length < 20) return;
    if (bytes[1] == 0x11) ++indications;
    if (bytes[0] != 0 || bytes[1] != 1) return;
    ++requests;
    // MAPPED-ADDRESS: 203.0.113.7 and the port as it is.
    const std::uint16_t port = SocketAddress(to, size).port();
    Bytes out(bytes, bytes + 20);
    out[0] = out[1] = 1;
    out[2] = 0;
    out[3] = 12;
    const std::uint8_t high = static_cast<std::uint8_t>(port >> 8), low = static_cast<std::uint8_t>(port);
    for (const int byte : {0, 1, 0, 8, 0, 1, int{high}, int{low}, 203, 0, 113, 7})
      out.push_back(static_cast<std::uint8_t>(byte));
    sendto(socket_.fd(), out.data(), out.size(), 0, to, size);
  }

  LoopPtr loop_;
  LoopbackSocket socket_;
  Watch watch_;
};

/// A TURN and STUN server (coturn) on 127.0.0.1, user alice with the password secret.
class TurnServer {
 public:
  TurnServer() {
    port_ = free_port(SOCK_STREAM);
    // Away from the ports that the system gives out.
    const int first = 10000 + static_cast<int>(getpid() % 200) * 100;
    std::vector<std::string> arguments = {"turnserver",
                                          "-n",
                                          "--no-cli",
                                          "--no-tls",
                                          "--no-dtls",
                                          "-L",
                                          "127.0.0.1",
                                          "-E",
                                          "127.0.0.1",
                                          "-p",
                                          std::to_string(port_),
                                          "--lt-cred-mech",
                                          "--realm",
                                          "test.local",
                                          "--user",
                                          "alice:secret",
                                          "--allow-loopback-peers",
                                          "--min-port",
                                          std::to_string(first),
                                          "--max-port",
                                          std::to_string(first + 99),
                                          "--log-file",
                                          "/dev/null",
                                          "--pidfile",
                                          "/dev/null"};
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const int fd : {0, 1, 2}) posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    if (posix_spawnp(&pid_, "turnserver", &files, nullptr, argv.data(), environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&files);
    wait_until_it_listens();
  }
  ~TurnServer() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  TurnServer(const TurnServer&) = delete;
  TurnServer& operator=(const TurnServer&) = delete;

  [[nodiscard]] bool running() const { return listening_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Server stun() const { return {*parse_server_url("stun:127.0.0.1:" + std::to_string(port_))}; }
  [[nodiscard]] Server turn(const std::string& transport = "udp", const std::string& password = "secret") const {
    return {*parse_server_url("turn:127.0.0.1:" + std::to_string(port_) + "?transport=" + transport), "alice",
            password};
  }

 private:
  void wait_until_it_listens() {
    const SocketAddress address = *SocketAddress::parse("127.0.0.1", port_);
    for (int attempt = 0; attempt < 500 && !listening_ && pid_ > 0; ++attempt) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      listening_ = connect(fd, address.data(), address.size()) == 0;
      close(fd);
      if (!listening_) poll(nullptr, 0, 20);  // another process: nothing tells us
    }
  }

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  bool listening_ = false;
};

}  // namespace parley::ice::testing
