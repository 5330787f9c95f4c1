#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/reactor.hpp"
#include "ice/agent.hpp"
#include "ice/stun_message.hpp"

namespace parley::ice {

/// Asks one server from a socket of its own why libnice got nothing from it: a Binding request (STUN), or an Allocate
/// request, without and then with the credentials (TURN). An allocation that succeeds is given back.
class ServerProbe {
 public:
  struct Verdict {
    /// Nothing: the server does its work.
    std::optional<stun::ErrorCode> error;
  };
  static constexpr Duration kTimeout = 1500ms;

  /// `done` comes once, on the loop, never from inside; not after the probe's end.
  ServerProbe(Reactor& reactor, Server server, const SocketAddress& address, std::function<void(Verdict)> done);
  ~ServerProbe();
  ServerProbe(const ServerProbe&) = delete;
  ServerProbe& operator=(const ServerProbe&) = delete;

 private:
  void on_ready(short ready);
  void on_message(const stun::Message& message);
  void read_datagram();
  void read_stream();
  void ask();
  void ask_with_credentials(const stun::Message& challenge);
  void give_back(const stun::Message& success);
  void transmit();
  void finish(std::optional<stun::ErrorCode> error);
  void unreachable(const char* why) { finish(stun::ErrorCode{701, why}); }

  Reactor& reactor_;
  Server server_;
  SocketAddress address_;
  std::function<void(Verdict)> done_;
  int socket_ = -1;
  bool connected_ = false, authenticated_ = false;
  stun::TransactionId id_{};
  std::string realm_, nonce_;
  Bytes request_, input_;
  Watch watch_;
  Timer repeat_, deadline_, finished_;
};

}  // namespace parley::ice
