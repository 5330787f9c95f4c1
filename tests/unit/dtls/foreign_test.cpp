// Against another program: OpenSSL's command line, over a UDP socket on loopback and in real time.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "peer.hpp"

extern char** environ;

namespace parley::dtls::test {
namespace {

/// A UDP socket on loopback with a port of its own.
class UdpSocket {
 public:
  UdpSocket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    bind(fd_, reinterpret_cast<sockaddr*>(&own_), sizeof own_);
    socklen_t size = sizeof own_;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own_), &size);
  }
  ~UdpSocket() { close(fd_); }
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  std::uint16_t port() const { return ntohs(own_.sin_port); }
  int fd() const { return fd_; }
  void send_to(std::uint16_t port) { peer_ = loopback(port); }
  void send(ByteView datagram) {
    sendto(fd_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&peer_), sizeof peer_);
  }
  /// One datagram, whose sender becomes the peer.
  std::optional<Bytes> receive() {
    Bytes buffer(65536);
    socklen_t size = sizeof peer_;
    const ssize_t got = recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&peer_), &size);
    if (got < 0) return std::nullopt;
    buffer.resize(static_cast<std::size_t>(got));
    return buffer;
  }

 private:
  int fd_;
  sockaddr_in own_ = loopback(0), peer_ = loopback(0);
};

/// A child process with pipes to its standard input and from its standard output.
class Program {
 public:
  explicit Program(std::vector<std::string> words) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    output_ = out[0];
    fcntl(output_, F_SETFL, O_NONBLOCK);
  }
  ~Program() {
    close(input_);
    close(output_);
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  int output() const { return output_; }
  void type(std::string_view text) {
    EXPECT_EQ(write(input_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void read_output() {
    char buffer[4096];
    for (ssize_t size; (size = read(output_, buffer, sizeof buffer)) > 0;)
      said.append(buffer, static_cast<std::size_t>(size));
  }
  bool has_said(std::string_view text) const { return said.find(text) != std::string::npos; }

  std::string said;

 private:
  pid_t pid_ = -1;
  int input_ = -1, output_ = -1;
};

/// A certificate in a file, for the command line.
class PemFile {
 public:
  explicit PemFile(const Certificate& certificate) {
    const int fd = mkstemp(path_);
    const std::string text = certificate.to_pem();
    EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(fd);
  }
  ~PemFile() { unlink(path_); }
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;
  std::string path() const { return path_; }

 private:
  char path_[64] = "/tmp/parley-dtls-XXXXXX";
};

/// A transport on a socket, beside a program.
class Rig {
 public:
  explicit Rig(const Config& config = {}) : ours(ecdsa_certificate(), config) {
    ours.output = [this](ByteView datagram) { socket.send(datagram); };
  }
  /// Moves bytes and time until `done`; false after ten seconds.
  bool run_until(Program& program, const std::function<bool()>& done) {
    const TimePoint end = Clock::now() + 10s;
    while (!done()) {
      const TimePoint wake = earlier(ours.next_deadline(), end).value();
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(wake - Clock::now()).count();
      pollfd fds[] = {{socket.fd(), POLLIN, 0}, {program.output(), POLLIN, 0}};
      poll(fds, 2, static_cast<int>(std::max<long>(wait, 0)));
      while (const auto datagram = socket.receive()) ours.receive(*datagram, Clock::now());
      program.read_output();
      ours.advance(Clock::now());
      if (Clock::now() >= end) return done();
    }
    return true;
  }
  /// A line each way.
  void exchange_lines(Program& program) {
    program.type("from the program\n");
    EXPECT_TRUE(run_until(program, [&] { return !ours.received.empty(); })) << program.said;
    EXPECT_EQ(ours.received, std::vector<std::string>{"from the program\n"});
    EXPECT_TRUE(send(ours, "echo: " + ours.received.at(0)));
    EXPECT_TRUE(run_until(program, [&] { return program.has_said("echo: from the program"); })) << program.said;
  }

  UdpSocket socket;
  Peer ours;
};

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    out.emplace_back(line.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

void server_against(const std::shared_ptr<const Certificate>& theirs) {
  Rig rig({.srtp_profiles = {SrtpProfile::AeadAes128Gcm, SrtpProfile::Aes128CmSha1_80}});
  const PemFile pem(*theirs);
  rig.ours.transport->start(Role::Server, {theirs->fingerprint()}, Clock::now());
  Program client(words("openssl s_client -dtls1_2 -connect 127.0.0.1:" + std::to_string(rig.socket.port()) + " -cert " +
                       pem.path() + " -key " + pem.path() + " -use_srtp SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM"));
  ASSERT_TRUE(rig.run_until(client, [&] { return rig.ours.is_connected(); }))
      << client.said << rig.ours.failure->message;
  EXPECT_EQ(rig.ours.transport->srtp_profile(), SrtpProfile::AeadAes128Gcm);
  rig.exchange_lines(client);
  rig.ours.transport->close();
  EXPECT_TRUE(rig.run_until(client, [&] { return client.has_said("closed"); })) << client.said;
}

TEST(DtlsForeign, ServesOpensslsClientWithAnEcdsaKey) { server_against(other_ecdsa_certificate()); }
TEST(DtlsForeign, ServesOpensslsClientWithAnRsaKey) { server_against(rsa_certificate()); }

void client_against(const std::shared_ptr<const Certificate>& theirs) {
  Rig rig;
  const PemFile pem(*theirs);
  std::uint16_t port = 0;
  {
    const UdpSocket lent;  // a port that was free a moment ago
    port = lent.port();
  }
  Program server(words("openssl s_server -dtls1_2 -4 -accept 127.0.0.1:" + std::to_string(port) + " -cert " +
                       pem.path() + " -key " + pem.path() + " -Verify 1"));
  ASSERT_TRUE(rig.run_until(server, [&] { return server.has_said("ACCEPT"); })) << server.said;
  rig.socket.send_to(port);
  rig.ours.transport->start(Role::Client, {theirs->fingerprint(Hash::Sha512)}, Clock::now());
  ASSERT_TRUE(rig.run_until(server, [&] { return rig.ours.is_connected(); })) << server.said;
  EXPECT_TRUE(rig.run_until(server, [&] { return server.has_said("CIPHER is"); })) << server.said;
  rig.exchange_lines(server);
  rig.ours.transport->close();
  EXPECT_TRUE(rig.run_until(server, [&] { return server.has_said("DONE"); })) << server.said;
}

TEST(DtlsForeign, IsServedByOpensslsServerWithAnEcdsaKey) { client_against(other_ecdsa_certificate()); }
TEST(DtlsForeign, IsServedByOpensslsServerWithAnRsaKey) { client_against(rsa_certificate()); }

}  // namespace
}  // namespace parley::dtls::test
